using RemoteSigner.Spec;

namespace RemoteSigner.Clusters.Charon;

/// <summary>What somebody who verifies a cluster file expects, and what he takes upon himself. By default nothing doubtful passes.</summary>
public sealed record VerificationPolicy
{
    /// <summary>The genesis fork version of our network; null where any known network will do.</summary>
    public ForkVersion? Network { get; init; }

    /// <summary>Bears a threshold of half the operators or fewer: two halves that do not see each other could then sign two conflicting messages.</summary>
    public bool AcceptLowThreshold { get; init; }

    /// <summary>Bears signatures of contract wallets (ERC-1271), which only the chain can judge, without judging them.</summary>
    public bool AcceptContractSignatures { get; init; }
}
