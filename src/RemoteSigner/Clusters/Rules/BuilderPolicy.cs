using System.Collections.Frozen;
using RemoteSigner.Spec;

namespace RemoteSigner.Clusters;

/// <summary>
/// Which of the keys here are builders', and what they may offer. A bid's value is taken from the builder's stake, whether its payload
/// comes or not. Amounts in Gwei.
/// </summary>
public sealed record BuilderPolicy(FrozenSet<BlsPublicKey> Keys, ulong MaxBid, bool AllowsExecutionPayment)
{
    /// <summary>No key is a builder's.</summary>
    public static BuilderPolicy None { get; } = new(FrozenSet<BlsPublicKey>.Empty, 0, AllowsExecutionPayment: false);
}
