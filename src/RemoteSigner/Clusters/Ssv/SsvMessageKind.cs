namespace RemoteSigner.Clusters.Ssv;

/// <summary>What an operator says to the others.</summary>
public enum SsvMessageKind
{
    /// <summary>A step of QBFT: proposal, prepare, commit or round change.</summary>
    Consensus,

    /// <summary>Partial signatures that its shares made.</summary>
    PartialSignatures,
}
