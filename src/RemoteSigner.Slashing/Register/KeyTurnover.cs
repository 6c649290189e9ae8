using RemoteSigner.Spec;

namespace RemoteSigner.Slashing;

/// <summary>Keys that sign from one transaction on, and those that sign no more from the same one on because these took their place.</summary>
public sealed record KeyTurnover(IReadOnlyList<BlsPublicKey> Activated, IReadOnlyList<BlsPublicKey> Retired);
