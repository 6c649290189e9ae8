namespace RemoteSigner.Tpm2;

/// <summary>
/// A storage key whose Name was compared with the recorded one; only <see cref="TpmObject.Pin"/> makes it. A salt that is encrypted to a
/// key nobody compared protects nothing, so sessions take no other.
/// </summary>
public sealed class PinnedKey : TpmEntity
{
    internal PinnedKey(uint handle, TpmName name, EccPublic publicArea)
        : base(handle, name) => Public = publicArea;

    internal EccPublic Public { get; }
}
