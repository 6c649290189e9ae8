namespace RemoteSigner.Tpm2;

/// <summary>
/// Something a command can name: its handle, and the Name that the command's authorization covers. Hierarchies and PCRs are named by their
/// handle.
/// </summary>
public class TpmEntity(uint handle, TpmName name)
{
    public uint Handle { get; } = handle;

    public TpmName Name { get; } = name;

    /// <summary>TPM_RH_OWNER: the storage hierarchy.</summary>
    public static TpmEntity Owner { get; } = OfHandle(0x40000001);

    /// <summary>TPM_RH_NULL: no hierarchy, no entity.</summary>
    public static TpmEntity Null { get; } = OfHandle(0x40000007);

    /// <summary>TPM_RH_LOCKOUT: who may reset the dictionary attack lockout.</summary>
    public static TpmEntity Lockout { get; } = OfHandle(0x4000000A);

    /// <summary>TPM_RH_ENDORSEMENT: the privacy hierarchy, where EK and AK are.</summary>
    public static TpmEntity Endorsement { get; } = OfHandle(0x4000000B);

    public static TpmEntity Pcr(int index) => OfHandle((uint)index);

    internal static TpmEntity OfHandle(uint handle) => new(handle, TpmName.OfHandle(handle));
}
