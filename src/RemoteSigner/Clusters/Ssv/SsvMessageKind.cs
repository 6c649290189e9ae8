using System.Diagnostics;

namespace RemoteSigner.Clusters.Ssv;

/// <summary>What an operator says to the others.</summary>
public enum SsvMessageKind
{
    /// <summary>A step of QBFT: proposal, prepare, commit or round change.</summary>
    Consensus,

    /// <summary>Partial signatures that its shares made.</summary>
    PartialSignatures,
}

/// <summary>The code of a kind, in metrics: a member may be renamed, its code not.</summary>
public static class SsvMessageKindCodes
{
    public static string Code(this SsvMessageKind kind) =>
        kind switch
        {
            SsvMessageKind.Consensus => "consensus",
            SsvMessageKind.PartialSignatures => "partial_signatures",
            _ => throw new UnreachableException($"the kind {kind} has no code"),
        };
}
