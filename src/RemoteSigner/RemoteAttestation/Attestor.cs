using RemoteSigner.RollbackProtection;
using RemoteSigner.Tpm2;

namespace RemoteSigner.RemoteAttestation;

/// <summary>
/// Has the TPM sign what this signer is (RFC 9334's Attester). The attestation key is made of its template each time: the same key always,
/// and nothing to keep. Methods block as long as the TPM takes, a second or two on a slow chip: call them where nothing else waits, one at
/// a time.
/// </summary>
/// <remarks>
/// All methods throw what <see cref="Tpm"/> throws. The endorsement hierarchy must have the empty authorization value, as it has unless
/// somebody set one.
/// </remarks>
public sealed class Attestor(TpmlPcrSelection pcrs, Func<byte[]?> readEventLog)
{
    // TPMS_ID_OBJECT: an HMAC of 32 bytes and an encrypted secret of 1 to 32, each with its size.
    private const int ShortestCredential = 34 + 3,
        LongestCredential = 34 + 34;

    private EndorsementIdentity? _endorsement;

    /// <summary>
    /// Reads the endorsement key and its certificate, the first time; a slow chip may take many seconds to make an RSA key that nobody kept
    /// in it.
    /// </summary>
    public void Prepare(Tpm tpm) => _ = Identify(tpm);

    /// <param name="saltKey">The storage root key, its Name compared.</param>
    /// <param name="fence">Where the fence is in this TPM; null when it is elsewhere.</param>
    /// <param name="claims">What is true now; with a fence in the TPM, its epoch and start count are replaced by what the TPM
    /// holds.</param>
    /// <param name="nonce">16 to 64 bytes of the verifier.</param>
    public Evidence Attest(Tpm tpm, PinnedKey saltKey, FenceIndices? fence, SignerClaims claims, byte[] nonce)
    {
        var endorsement = Identify(tpm).Endorsement;
        using var key = MakeKey(tpm);
        using var held = fence is null ? null : HeldFence.Read(tpm, saltKey, fence);
        claims = held is null ? claims : claims with { Fence = held.Claim };
        var log = readEventLog();
        var digest = ClaimsDigest.Of(nonce, claims, endorsement, log);
        var certified = held?.Certify(key, digest);
        var quote = tpm.Quote(key, TpmPassword.Empty, digest, pcrs);
        return new Evidence(
            Evidence.DocumentType,
            Evidence.DocumentVersion,
            nonce,
            claims,
            key.Public.ToArray(),
            SignedStatement.Of(quote),
            Values(tpm),
            certified,
            endorsement,
            log
        );
    }

    /// <summary>Answers a verifier's challenge.</summary>
    /// <exception cref="RemoteAttestationException">It was made for keys of another TPM.</exception>
    public CredentialAnswer ApiResponse(Tpm tpm, PinnedKey saltKey, CredentialChallenge challenge)
    {
        using var key = MakeKey(tpm);
        using var endorsementKey = Identify(tpm).Open(tpm);
        if (
            !key.Name.Bytes.SequenceEqual(challenge.AttestationKeyName)
            || !endorsementKey.Name.Bytes.SequenceEqual(challenge.EndorsementKeyName)
        )
        {
            throw new RemoteAttestationException(
                "the challenge was made for keys of another TPM",
                "make it anew from evidence of this signer"
            );
        }

        using var policy = tpm.StartPolicySession(saltKey);
        tpm.PolicySecret(policy, TpmEntity.Endorsement, TpmPassword.Empty);
        var secret = Activate(tpm, key, endorsementKey, policy, challenge);
        return new CredentialAnswer(CredentialAnswer.DocumentType, CredentialAnswer.DocumentVersion, key.Name.Bytes.ToArray(), secret);
    }

    private static byte[] Activate(Tpm tpm, TpmObject key, TpmObject endorsementKey, TpmSession policy, CredentialChallenge challenge)
    {
        // What a client sends goes no further to the TPM than it must.
        if (
            challenge.Credential.Length is < ShortestCredential or > LongestCredential
            || challenge.EncryptedSeed.Length != SeedLength(endorsementKey.Public)
        )
        {
            throw new RemoteAttestationException(
                "credential or seed of the challenge have another length than any for this TPM",
                "make it anew from evidence of this signer"
            );
        }

        try
        {
            var secret = new byte[32];
            var length = tpm.ActivateCredential(
                key,
                TpmPassword.Empty,
                endorsementKey,
                policy,
                new TpmCredential(challenge.Credential, challenge.EncryptedSeed),
                secret
            );
            return secret[..length];
        }
        // libtpms says FAILURE when an RSA seed does not decrypt, and works on; a TPM that really failed says so again to the next command.
        catch (TpmException refusal)
            when (refusal.Rc is TpmRc.FAILURE or TpmRc.INTEGRITY or TpmRc.VALUE or TpmRc.SIZE or TpmRc.ECC_POINT or TpmRc.INSUFFICIENT)
        {
            throw new RemoteAttestationException(
                "the TPM does not open the challenge: it was changed on its way, or made for another TPM",
                "make it anew from evidence of this signer",
                refusal
            );
        }
    }

    /// <summary>
    /// RSAES-OAEP gives as many bytes as the modulus has; for ECC it is a point of two coordinates with their sizes, padded to 32 bytes.
    /// </summary>
    private static int SeedLength(TpmtPublic endorsementKey) => endorsementKey is RsaPublic rsa ? rsa.Modulus.Length : 2 * (2 + 32);

    private EndorsementIdentity Identify(Tpm tpm) => _endorsement ??= EndorsementIdentity.Read(tpm);

    private static TpmObject MakeKey(Tpm tpm) => tpm.CreatePrimary(TpmEntity.Endorsement, TpmPassword.Empty, TpmTemplates.AttestationKey);

    private Dictionary<int, byte[]> Values(Tpm tpm)
    {
        var values = tpm.PcrRead(pcrs);
        return pcrs.Indices.ToDictionary(index => index, index => values[index].ToArray());
    }

    /// <summary>
    /// The fence as it was read, and the session that may read it again to certify it. Only this connection's user writes it meanwhile, or
    /// the verifier sees the difference.
    /// </summary>
    private sealed class HeldFence(Tpm tpm, TpmSession session, NvIndex record, NvIndex counter, FenceClaim claim) : IDisposable
    {
        public FenceClaim Claim => claim;

        public static HeldFence Read(Tpm tpm, PinnedKey saltKey, FenceIndices indices)
        {
            var session = tpm.StartHmacSession(saltKey);
            try
            {
                session.SetAuthValue(indices.Authorization.Span);
                var (record, counter) = (tpm.NvReadPublic(indices.Record), tpm.NvReadPublic(indices.Counter));
                var bytes = new byte[record.Public.Size];
                tpm.NvRead(record, session, bytes);
                var epoch = FenceRecord.ReadUnproven(bytes)?.Fence.Value;
                return new HeldFence(
                    tpm,
                    session,
                    record,
                    counter,
                    new FenceClaim(FenceClaim.Tpm, epoch, tpm.NvReadCounter(counter, session))
                );
            }
            catch
            {
                session.Dispose();
                throw;
            }
        }

        public CertifiedFence Certify(TpmObject key, byte[] digest) => new(Certify(record, key, digest), Certify(counter, key, digest));

        public void Dispose() => session.Dispose();

        private CertifiedIndex Certify(NvIndex index, TpmObject key, byte[] digest)
        {
            var certified = tpm.NvCertify(key, TpmPassword.Empty, index, session, digest, index.Public.Size);
            return new CertifiedIndex(index.Public.ToArray(), certified.Attest, certified.Signature);
        }
    }
}
