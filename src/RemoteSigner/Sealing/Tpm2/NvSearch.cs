using RemoteSigner.Tpm2;

namespace RemoteSigner.Sealing.Tpm2;

/// <summary>Looks whether an NV index is there.</summary>
internal static class NvSearch
{
    /// <summary>The index as the TPM shows it; null when there is none. Its Name proves nothing until it is compared.</summary>
    public static NvIndex? Find(Tpm tpm, uint handle)
    {
        try
        {
            return tpm.NvReadPublic(handle);
        }
        catch (TpmException fault) when (fault.Rc == TpmRc.HANDLE)
        {
            return null;
        }
    }
}
