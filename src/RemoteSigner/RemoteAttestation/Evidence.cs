using RemoteSigner.Tpm2;

namespace RemoteSigner.RemoteAttestation;

/// <summary>
/// What a signer shows of itself and of its machine, signed by an attestation key inside its TPM (RFC 9334's Evidence). One JSON document,
/// described member by member in README.md of this room; all bytes stand in it as <c>0x</c> and lower-case hex. Nothing in it is true
/// before <see cref="EvidenceVerifier"/> says so.
/// </summary>
/// <param name="Nonce">The verifier's own random bytes, 16 to 64.</param>
/// <param name="AttestationKey">TPMT_PUBLIC of the key that signed everything here.</param>
/// <param name="Quote">TPM2_Quote over <paramref name="Pcrs"/>.</param>
/// <param name="Pcrs">Values of the SHA-256 bank by their index, 32 bytes each.</param>
/// <param name="Fence">The indices in NV memory where the fence is; null when it is elsewhere.</param>
/// <param name="EventLog">The firmware's log of what it measured (binary_bios_measurements); null where it cannot be read.</param>
public sealed record Evidence(
    string Type,
    int Version,
    byte[] Nonce,
    SignerClaims Signer,
    byte[] AttestationKey,
    SignedStatement Quote,
    IReadOnlyDictionary<int, byte[]> Pcrs,
    CertifiedFence? Fence,
    Endorsement Endorsement,
    byte[]? EventLog
)
{
    /// <summary>What <see cref="Type"/> must be.</summary>
    public const string DocumentType = "remote-signer-attestation";

    /// <summary>What <see cref="Version"/> must be.</summary>
    public const int DocumentVersion = 1;
}

/// <summary>A TPMS_ATTEST and the ECDSA P-256 signature over its SHA-256 (64 bytes, r then s).</summary>
public sealed record SignedStatement(byte[] Attest, byte[] Signature)
{
    internal static SignedStatement Of(TpmAttestation attestation) => new(attestation.Attest, attestation.Signature);

    internal TpmAttestation ToAttestation() => new(Attest, Signature);
}

/// <summary>
/// The endorsement key (TPMT_PUBLIC), which never changes and signs nothing, and its maker's certificate (DER), where the TPM holds one.
/// </summary>
public sealed record Endorsement(byte[] Key, byte[]? Certificate);

/// <summary>The two NV indices of the fence as TPM2_NV_Certify gave them.</summary>
public sealed record CertifiedFence(CertifiedIndex Record, CertifiedIndex Counter);

/// <summary>TPMS_NV_PUBLIC of an index, and what the attestation key says that it holds.</summary>
public sealed record CertifiedIndex(byte[] PublicArea, byte[] Attest, byte[] Signature)
{
    internal TpmAttestation ToAttestation() => new(Attest, Signature);
}
