namespace RemoteSigner.Tpm2;

/// <summary>
/// An NV index with the public area that names it. A command about it in an HMAC session fails when the TPM's index is another one, so a
/// pinned Name proves that counter and data were not deleted and re-created with other attributes.
/// </summary>
public sealed class NvIndex(TpmsNvPublic publicArea) : TpmEntity(publicArea.Handle, publicArea.Name)
{
    public TpmsNvPublic Public { get; } = publicArea;

    /// <summary>The index under the Name it has from its first write on.</summary>
    public NvIndex AsWritten() => Public.IsWritten ? this : new NvIndex(Public.AsWritten());

    /// <exception cref="TpmIntegrityException">The Name is not <paramref name="expected"/>.</exception>
    public NvIndex Pinned(TpmName expected) =>
        Name.Equals(expected)
            ? this
            : throw new TpmIntegrityException(
                TpmIntegrityFault.Name,
                $"NV index 0x{Handle:X8} has the name {Name}, not {expected}: it was re-created, or this is another TPM"
            );
}
