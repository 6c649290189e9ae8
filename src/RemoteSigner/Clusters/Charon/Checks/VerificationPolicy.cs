using RemoteSigner.Spec;

namespace RemoteSigner.Clusters.Charon;

/// <summary>
/// What somebody who verifies a cluster file expects, and what he takes upon himself. By default nothing doubtful passes.
/// </summary>
public sealed record VerificationPolicy
{
    /// <summary>The genesis fork version of our network; null where any known network will do.</summary>
    public ForkVersion? Network { get; init; }

    /// <summary>
    /// The execution chain of our network, which signatures name; null where only the networks that are built in have one. Matters where
    /// <see cref="Network"/> is not built in.
    /// </summary>
    public ulong? ChainId { get; init; }

    /// <summary>What a cluster of this network must be.</summary>
    public static VerificationPolicy For(Network network) =>
        new() { Network = network.Forks.GenesisVersion, ChainId = network.DepositChainId };

    /// <summary>
    /// Bears a threshold of half the operators or fewer: two halves that do not see each other could then sign two conflicting messages.
    /// </summary>
    public bool AcceptLowThreshold { get; init; }

    /// <summary>Bears signatures of contract wallets (ERC-1271), which only the chain can judge, without judging them.</summary>
    public bool AcceptContractSignatures { get; init; }
}
