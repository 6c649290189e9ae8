using RemoteSigner.Ledgers;

namespace RemoteSigner.Slashing.Store;

/// <summary>Drops the old part of some validators' histories under their floors.</summary>
internal static class HistoryPruning
{
    /// <summary>
    /// Gathers what is old of these validators, which come in the order of their numbers, so that each can be pruned: all at once, because their votes of one epoch lie side by side.
    /// </summary>
    public static void Prepare(LedgerTransaction transaction, IReadOnlyList<long> validators, ulong keepEpochs)
    {
        var newest = validators.Max(validator => HistoryRecords.Load(transaction, validator).NewestTarget);
        RecentVotes.Gather(transaction, validators[0], validators[^1], newest - Epochs(keepEpochs));
    }

    /// <summary>After <see cref="Prepare"/>: how many blocks and votes were dropped.</summary>
    public static (long Blocks, long Attestations) Prune(LedgerTransaction transaction, long validator, ulong keepEpochs, ulong slotsPerEpoch)
    {
        var keepSlots = keepEpochs > long.MaxValue / slotsPerEpoch ? long.MaxValue : (long)(keepEpochs * slotsPerEpoch);
        var newest = HistoryRecords.Load(transaction, validator).NewestTarget;
        var edge = transaction.Statement("""
            SELECT
                (SELECT max(slot) FROM block WHERE validator = ?1 AND slot < (SELECT max(slot) FROM block WHERE validator = ?1) - ?2),
                max(source), max(target)
            FROM attestation WHERE validator = ?1 AND target < ?3
            """).Bind(1, validator).Bind(2, keepSlots).Bind(3, newest - Epochs(keepEpochs));
        _ = edge.Step();
        var (slot, source, target) = (edge.NumberOrNull(0), edge.NumberOrNull(1), edge.NumberOrNull(2));
        edge.Reset();
        return HistoryFloors.RaiseGathered(transaction, validator, slot, source, target);
    }

    private static long Epochs(ulong keepEpochs) => (long)Math.Min(keepEpochs, long.MaxValue);
}
