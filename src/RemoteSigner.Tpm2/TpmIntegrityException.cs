using System.Security.Cryptography;

namespace RemoteSigner.Tpm2;

/// <summary>How something that came from the TPM, or claims to, was found not to be genuine.</summary>
public enum TpmIntegrityFault
{
    /// <summary>Bytes that are no well-formed TPM structure.</summary>
    Malformed,

    /// <summary>A response's HMAC is wrong: it was changed on its way, or answers another command.</summary>
    ResponseHmac,

    /// <summary>A key or NV index has another Name than the one expected: another TPM, or re-created.</summary>
    Name,

    /// <summary>An attestation's signature is wrong or by another key.</summary>
    Signature,
}

/// <summary>What was received cannot be trusted; nothing of it was used.</summary>
public sealed class TpmIntegrityException(TpmIntegrityFault fault, string message) : CryptographicException(message)
{
    public TpmIntegrityFault Fault { get; } = fault;
}
