namespace RemoteSigner.Tpm2;

/// <summary>
/// What TPM2_Create gives back, to be kept on disk: the encrypted private part (TPM2B_PRIVATE without its size) and the public area. Only
/// the TPM that made it can load it.
/// </summary>
public sealed class SealedObject(byte[] privatePart, TpmtPublic publicArea)
{
    public byte[] Private { get; } = privatePart;

    public TpmtPublic Public { get; } = publicArea;
}
