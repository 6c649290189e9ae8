using System.Collections.Frozen;
using RemoteSigner.Clusters;
using RemoteSigner.Spec;

namespace RemoteSigner.Host.Configuration;

/// <summary>Keys of builders, and what they may bid.</summary>
internal sealed class BuilderOptions
{
    public List<string> Keys { get; set; } = [];

    public ulong MaxBidGwei { get; set; }

    public bool ExecutionPayment { get; set; }

    /// <summary>The options must have been validated.</summary>
    public BuilderPolicy ToPolicy() => new(Keys.Select(key => BlsPublicKey.Parse(key)).ToFrozenSet(), MaxBidGwei, ExecutionPayment);
}
