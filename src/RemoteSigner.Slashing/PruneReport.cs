using RemoteSigner.Ledgers;
using RemoteSigner.Spec;

namespace RemoteSigner.Slashing;

/// <summary>What pruning did, one line for each validator.</summary>
public sealed record PruneReport(IReadOnlyList<PruneReport.Line> Validators)
{
    /// <summary>One validator by its public keys; with a <paramref name="Failure"/> nothing of it was changed.</summary>
    public sealed record Line(IReadOnlyList<BlsPublicKey> Keys, long BlocksDropped, long AttestationsDropped, LedgerException? Failure);
}
