using System.Security.Cryptography;
using RemoteSigner.Tpm2;

namespace RemoteSigner.RemoteAttestation;

/// <summary>
/// The verifier's question whether the attestation key lives in the TPM of that endorsement key (TPM 2.0 Library Part 1 §24): a secret of
/// 32 bytes that only this TPM decrypts, and only while it holds a key of that Name.
/// </summary>
public sealed record CredentialChallenge(
    string Type,
    int Version,
    byte[] EndorsementKeyName,
    byte[] AttestationKeyName,
    byte[] Credential,
    byte[] EncryptedSeed
)
{
    public const string DocumentType = "remote-signer-credential-challenge";
    public const int DocumentVersion = 1;

    /// <summary>Asks about the keys of an evidence. The secret itself is kept nowhere: its digest is enough to know it again.</summary>
    /// <exception cref="RemoteAttestationException">A key in the evidence is malformed or of a kind that is not known.</exception>
    public static (CredentialChallenge Challenge, PendingBinding Pending) About(Evidence evidence)
    {
        var secret = GC.AllocateUninitializedArray<byte>(32, pinned: true);
        try
        {
            RandomNumberGenerator.Fill(secret);
            var endorsementKey = TpmtPublic.Parse(evidence.Endorsement.Key);
            var attestationKey = TpmtPublic.Parse(evidence.AttestationKey).Name;
            var credential = TpmCredential.Make(endorsementKey, attestationKey, secret);
            return (
                new CredentialChallenge(
                    DocumentType,
                    DocumentVersion,
                    endorsementKey.Name.Bytes.ToArray(),
                    attestationKey.Bytes.ToArray(),
                    credential.Blob,
                    credential.EncryptedSeed
                ),
                new PendingBinding(
                    PendingBinding.DocumentType,
                    PendingBinding.DocumentVersion,
                    evidence.Endorsement.Key,
                    attestationKey.Bytes.ToArray(),
                    SHA256.HashData(secret)
                )
            );
        }
        catch (TpmIntegrityException exception)
        {
            throw new RemoteAttestationException(
                $"no challenge can be made for these keys: {exception.Message}",
                "the evidence must be of a TPM with a default endorsement key",
                exception
            );
        }
        finally
        {
            CryptographicOperations.ZeroMemory(secret);
        }
    }
}

/// <summary>
/// The signer's answer: what its TPM decrypted. It is worth nothing to anybody else, and nothing at all once it was compared.
/// </summary>
public sealed record CredentialAnswer(string Type, int Version, byte[] AttestationKeyName, byte[] Secret)
{
    public const string DocumentType = "remote-signer-credential-answer";
    public const int DocumentVersion = 1;
}

/// <summary>What the verifier keeps until the answer comes: which keys it asked about, and SHA-256 of the secret.</summary>
public sealed record PendingBinding(string Type, int Version, byte[] EndorsementKey, byte[] AttestationKeyName, byte[] SecretDigest)
{
    public const string DocumentType = "remote-signer-credential-pending";
    public const int DocumentVersion = 1;

    /// <summary>The keys, proven to be in one TPM.</summary>
    /// <exception cref="RemoteAttestationException">The answer belongs to another question, or is wrong.</exception>
    public TrustedKeys Settle(CredentialAnswer answer)
    {
        if (!answer.AttestationKeyName.AsSpan().SequenceEqual(AttestationKeyName))
        {
            throw new RemoteAttestationException(
                "the answer is about another attestation key than the question",
                "give the answer that this signer gave to this challenge"
            );
        }

        return CryptographicOperations.FixedTimeEquals(SHA256.HashData(answer.Secret), SecretDigest)
            ? new TrustedKeys(TrustedKeys.DocumentType, TrustedKeys.DocumentVersion, EndorsementKey, AttestationKeyName)
            : throw new RemoteAttestationException(
                "the answer is wrong: nothing shows that the attestation key lives in the TPM of that endorsement key",
                "was it given to another challenge? Else trust neither the machine nor its evidence"
            );
    }
}

/// <summary>
/// An endorsement key (TPMT_PUBLIC) and the Name of the attestation key that was proven to live in the same TPM: what later evidence must
/// be signed with.
/// </summary>
public sealed record TrustedKeys(string Type, int Version, byte[] EndorsementKey, byte[] AttestationKeyName)
{
    public const string DocumentType = "remote-signer-trusted-keys";
    public const int DocumentVersion = 1;
}
