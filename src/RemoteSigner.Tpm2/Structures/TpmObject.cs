namespace RemoteSigner.Tpm2;

/// <summary>A key or sealed object in the TPM. A transient one is flushed when disposed; a persistent one (0x81…) stays.</summary>
public sealed class TpmObject : TpmEntity, IDisposable
{
    private Tpm? _tpm;

    internal TpmObject(Tpm tpm, uint handle, TpmtPublic publicArea)
        : base(handle, publicArea.Name) => (_tpm, Public) = (IsPersistent(handle) ? null : tpm, publicArea);

    public TpmtPublic Public { get; }

    /// <summary>The key as one to salt sessions with, once its Name is the one recorded when the TPM was provisioned.</summary>
    /// <exception cref="TpmIntegrityException">Another Name (another TPM, or an impostor on the bus), or not an ECC key.</exception>
    public PinnedKey Pin(TpmName expected)
    {
        if (!Name.Equals(expected))
        {
            throw new TpmIntegrityException(
                TpmIntegrityFault.Name,
                $"the key at 0x{Handle:X8} has the name {Name}, not {expected}: this is another TPM, or somebody is on the bus"
            );
        }

        return Public is EccPublic area
            ? new PinnedKey(Handle, Name, area)
            : throw new TpmIntegrityException(TpmIntegrityFault.Name, $"the key at 0x{Handle:X8} is not an ECC key");
    }

    public void Dispose() => Interlocked.Exchange(ref _tpm, null)?.FlushIfReachable(Handle);

    private static bool IsPersistent(uint handle) => handle >> 24 == 0x81;
}
