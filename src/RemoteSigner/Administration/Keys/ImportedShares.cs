using RemoteSigner.Clusters;
using RemoteSigner.Slashing;
using RemoteSigner.Spec;

namespace RemoteSigner.Administration.Keys;

/// <summary>What an import brought.</summary>
/// <param name="Shares">All that were sealed or moved, where they are now.</param>
/// <param name="Bound">Those of them that were here and learnt their cluster, or moved to another document.</param>
/// <param name="Parked">Shares whose place they took.</param>
/// <param name="Returned">Those of them that were parked.</param>
/// <param name="Settled">Shares of the document that were here and need not move.</param>
/// <param name="Left">The documents that some of them have left.</param>
/// <param name="History">What the history brought that came along; null when none did.</param>
public sealed record ImportedShares(
    IReadOnlyList<(BlsPublicKey ShareKey, BlsPublicKey? GroupKey, ClusterMembership? Membership)> Shares,
    IReadOnlyCollection<BlsPublicKey> Bound,
    IReadOnlyCollection<BlsPublicKey> Parked,
    IReadOnlyCollection<BlsPublicKey> Returned,
    IReadOnlyCollection<BlsPublicKey> Settled,
    IReadOnlyCollection<Root> Left,
    InterchangeReport? History
)
{
    /// <summary>
    /// Shares that signed here without a document, and are parked because another share of their validator has its place.
    /// </summary>
    public IReadOnlyCollection<BlsPublicKey> Yielded { get; init; } = [];
}
