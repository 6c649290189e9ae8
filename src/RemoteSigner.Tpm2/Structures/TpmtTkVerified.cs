namespace RemoteSigner.Tpm2;

/// <summary>
/// TPMT_TK_VERIFIED (TPM 2.0 Library Part 2 §10.6.4): the TPM's own note that it verified a signature. Only that TPM reads it, until its
/// next reset.
/// </summary>
public sealed class TpmtTkVerified
{
    private readonly byte[] _bytes;

    internal TpmtTkVerified(ReadOnlySpan<byte> bytes) => _bytes = bytes.ToArray();

    internal ReadOnlySpan<byte> Bytes => _bytes;
}
