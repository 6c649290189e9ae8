using System.Collections.Immutable;
using RemoteSigner.Spec;

namespace RemoteSigner.Clusters.Charon;

/// <summary>One validator of a lock. Keys and signatures have the right length; whether they are points is a check.</summary>
public sealed record ClusterValidator
{
    /// <summary>The validator's public key on chain (<c>distributed_public_key</c>).</summary>
    public required BlsPublicKey GroupKey { get; init; }

    /// <summary>In the order of operators: the first is the share of index 1.</summary>
    public required ImmutableArray<BlsPublicKey> PublicShares { get; init; }

    /// <summary>None before v1.6, one in v1.6 and v1.7.</summary>
    public ImmutableArray<SignedDeposit> Deposits { get; init; } = [];

    /// <summary>Null before v1.7.</summary>
    public SignedRegistration? Registration { get; init; }
}
