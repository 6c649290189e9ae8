using System.Security.Cryptography.X509Certificates;
using RemoteSigner.Spec;

namespace RemoteSigner.RemoteAttestation;

/// <summary>What the verifier knows by other ways, to hold evidence against; what is null is not checked.</summary>
public sealed record Expectations
{
    /// <summary>By whose clock certificates are judged.</summary>
    public required DateTimeOffset Now { get; init; }

    /// <summary>The bytes that were sent with the request; null only for evidence that is looked at without being fresh.</summary>
    public byte[]? Nonce { get; init; }

    public GoldenValues? Golden { get; init; }

    /// <summary>The certificate that the signer's API showed.</summary>
    public X509Certificate2? TlsCertificate { get; init; }

    /// <summary>The signer must have exactly these open.</summary>
    public IReadOnlySet<BlsPublicKey>? Keys { get; init; }

    /// <summary>The TPM makers' authorities, roots and intermediates.</summary>
    public X509Certificate2Collection? EkRoots { get; init; }

    public TrustedKeys? Trust { get; init; }
}
