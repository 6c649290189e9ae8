using RemoteSigner.Tpm2;

namespace RemoteSigner.RemoteAttestation;

/// <summary>
/// An evidence whose quote is signed by its attestation key, and what the other statements say once their signatures were verified too.
/// </summary>
internal sealed class SignedParts
{
    private readonly EccPublic _key;

    /// <exception cref="TpmIntegrityException">The quote's signature is wrong, or no TPM made it.</exception>
    public SignedParts(Evidence evidence, EccPublic key)
    {
        (Evidence, _key) = (evidence, key);
        Quote = evidence.Quote.ToAttestation().Verify(key);
        Digest = ClaimsDigest.Of(evidence.Nonce, evidence.Signer, evidence.Endorsement, evidence.EventLog);
    }

    public Evidence Evidence { get; }

    public TpmsAttest Quote { get; }

    /// <summary>What extraData must be.</summary>
    public byte[] Digest { get; }

    public TpmName KeyName => _key.Name;

    /// <exception cref="TpmIntegrityException">The signature is wrong, or no TPM made it.</exception>
    public TpmsAttest Verify(CertifiedIndex index) => index.ToAttestation().Verify(_key);
}
