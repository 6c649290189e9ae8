using RemoteSigner.Clusters;
using RemoteSigner.Spec;

namespace RemoteSigner.Keys;

/// <summary>What is known of where a share belongs; a closed choice.</summary>
public abstract record SharePlace
{
    private SharePlace() { }

    /// <summary>The validator, and the place in its cluster.</summary>
    public sealed record Known(BlsPublicKey GroupKey, ClusterMembership Membership) : SharePlace;

    /// <summary>Nobody who may be believed lists it.</summary>
    public sealed record Unknown : SharePlace;

    /// <summary>Two who may be believed answer differently, which is no answer: <paramref name="Detail"/> names both.</summary>
    public sealed record Disputed(string Detail) : SharePlace;
}
