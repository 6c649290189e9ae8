using RemoteSigner.Ledgers;

namespace RemoteSigner.Slashing.Store;

/// <summary>
/// Drops the old part of some validators' histories under their low watermarks. What was granted lies by target epoch, those of neighbours
/// side by side: it is read once for all of them, and what is old is dropped where it lies.
/// </summary>
internal sealed class HistoryPruning
{
    private readonly LedgerTransaction _transaction;
    private readonly ulong _keepEpochs;
    private readonly ulong _slotsPerEpoch;
    private readonly ILookup<long, Vote> _recent;

    /// <param name="transaction">The transaction of them all.</param>
    /// <param name="validators">Their numbers, ascending.</param>
    /// <param name="keepEpochs">How many epochs before each one's own newest vote or block stay.</param>
    /// <param name="slotsPerEpoch">Of the chain.</param>
    public HistoryPruning(LedgerTransaction transaction, IReadOnlyList<long> validators, ulong keepEpochs, ulong slotsPerEpoch)
    {
        (_transaction, _keepEpochs, _slotsPerEpoch) = (transaction, keepEpochs, slotsPerEpoch);
        _recent = RecentVotes.Of(transaction, validators[0], validators[^1]);
    }

    /// <summary>How many blocks and votes of this one were dropped.</summary>
    public (long Blocks, long Attestations) Prune(long validator)
    {
        var keepSlots = _keepEpochs > long.MaxValue / _slotsPerEpoch ? long.MaxValue : (long)(_keepEpochs * _slotsPerEpoch);
        var oldestKept = HistoryRecords.Load(_transaction, validator).NewestTarget - (long)Math.Min(_keepEpochs, long.MaxValue);
        var edge = _transaction
            .Statement(
                """
                SELECT
                    (SELECT max(slot) FROM block WHERE validator = ?1 AND slot < (SELECT max(slot) FROM block WHERE validator = ?1) - ?2),
                    max(source), max(target)
                FROM attestation WHERE validator = ?1 AND target < ?3
                """
            )
            .Bind(1, validator)
            .Bind(2, keepSlots)
            .Bind(3, oldestKept);
        _ = edge.Step();
        var (slot, source, target) = (edge.NumberOrNull(0), edge.NumberOrNull(1), edge.NumberOrNull(2));
        edge.Reset();
        IReadOnlyList<Vote> recent = [.. _recent[validator]];
        foreach (var vote in recent.Where(vote => vote.Target < oldestKept))
        {
            (source, target) = (Math.Max(source ?? 0, vote.Source), Math.Max(target ?? 0, vote.Target));
        }

        return HistoryLowWatermarks.Raise(_transaction, validator, slot, source, target, recent);
    }
}
