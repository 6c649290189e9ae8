namespace RemoteSigner.Tpm2;

/// <summary>How a command is authorized: a <see cref="TpmPassword"/> in the clear, or a <see cref="TpmSession"/>.</summary>
public abstract class TpmAuthorization
{
    private protected TpmAuthorization() { }

    /// <summary>TPMS_AUTH_COMMAND (Part 2 §10.13.2).</summary>
    internal abstract void WriteCommand(ref TpmWriter writer, ReadOnlySpan<byte> cpHash, ReadOnlySpan<byte> otherNonces);

    /// <summary>TPMS_AUTH_RESPONSE (Part 2 §10.13.3).</summary>
    /// <exception cref="TpmIntegrityException">The HMAC is wrong.</exception>
    internal abstract void CheckResponse(ref TpmReader reader, ReadOnlySpan<byte> rpHash, TpmCc command);

    /// <summary>An authorization value as the TPM compares it: trailing zero bytes do not count (Part 1 §19.6.4.3).</summary>
    private protected static ReadOnlySpan<byte> Significant(ReadOnlySpan<byte> authValue) => authValue.TrimEnd((byte)0);
}
