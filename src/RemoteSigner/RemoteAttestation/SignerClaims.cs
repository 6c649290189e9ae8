namespace RemoteSigner.RemoteAttestation;

/// <summary>
/// What the signer says of itself; the TPM signs its digest (<see cref="ClaimsDigest"/>), and what it is worth is what the measured
/// software is worth.
/// </summary>
/// <param name="Program">Name and version of the signer.</param>
/// <param name="PublicKeys">Of all open shares, 48 bytes each, in ascending order, none twice.</param>
/// <param name="TlsPublicKey">SubjectPublicKeyInfo (DER) of the server certificate: whoever compares it knows that the connection ends in
/// this very signer.</param>
public sealed record SignerClaims(
    string Program,
    Guid VaultId,
    ulong VaultGeneration,
    IReadOnlyList<byte[]> PublicKeys,
    byte[] TlsPublicKey,
    FenceClaim Fence,
    AuditClaim Audit
);

/// <summary>
/// Where the fence is kept (<c>tpm</c>, <c>token</c> or <c>none</c>), the first epoch that nothing was signed at, and the count of starts;
/// null where nobody knows.
/// </summary>
public sealed record FenceClaim(string Anchor, ulong? Epoch, ulong? Start)
{
    public const string Tpm = "tpm",
        Token = "token",
        None = "none";
}

/// <summary>
/// The newest audit entry: its number and hash, 32 bytes. Kept by the verifier it shows later that nothing before it was changed.
/// </summary>
public sealed record AuditClaim(ulong Number, byte[] Hash);
