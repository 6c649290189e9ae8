using RemoteSigner.Spec;

namespace RemoteSigner.Slashing;

/// <summary>
/// Keys that sign from one transaction on, and those that are parked from the same one on because these took their place.
/// </summary>
public sealed record KeyTurnover(IReadOnlyList<BlsPublicKey> Activated, IReadOnlyList<BlsPublicKey> Parked)
{
    /// <summary>No key took a turn.</summary>
    public bool IsEmpty => Activated.Count == 0 && Parked.Count == 0;
}
