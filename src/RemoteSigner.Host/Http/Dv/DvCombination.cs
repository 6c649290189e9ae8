using RemoteSigner.Clusters;
using RemoteSigner.Spec;

namespace RemoteSigner.Host.Http.Dv;

/// <summary>
/// Partial signatures to be combined: of <paramref name="Message"/>, or of a root alone. Nothing is signed here, so a root may be given;
/// beside a message it is compared.
/// </summary>
internal sealed record DvCombination(
    BlsPublicKey GroupKey,
    SignableMessage? Message,
    Root? SigningRoot,
    IReadOnlyList<PartialSignature> Partials
);
