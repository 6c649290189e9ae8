using RemoteSigner.Slashing;
using RemoteSigner.Spec;

namespace RemoteSigner.Administration.Keys;

/// <summary>What an import brought.</summary>
/// <param name="Shares">All that were offered.</param>
/// <param name="Bound">Those of them that were here and learnt their cluster.</param>
/// <param name="Replaced">Shares whose place they took.</param>
/// <param name="History">What the history brought that came along; null when none did.</param>
public sealed record ImportedShares(IReadOnlyCollection<BlsPublicKey> Shares, IReadOnlyCollection<BlsPublicKey> Bound, IReadOnlyCollection<BlsPublicKey> Replaced, InterchangeReport? History);
