using RemoteSigner.Ledgers;

namespace RemoteSigner.Slashing.Store;

/// <summary>Drops the old part of one validator's history under its floors.</summary>
internal static class HistoryPruning
{
    public static (long Blocks, long Attestations) Prune(LedgerTransaction transaction, long validator, ulong keepEpochs, ulong slotsPerEpoch)
    {
        var before = Count(transaction, validator);
        var keepSlots = keepEpochs > long.MaxValue / slotsPerEpoch ? long.MaxValue : (long)(keepEpochs * slotsPerEpoch);
        var edge = transaction.Statement("""
            SELECT
                (SELECT max(slot) FROM block WHERE validator = ?1 AND slot < (SELECT max(slot) FROM block WHERE validator = ?1) - ?2),
                max(source), max(target)
            FROM attestation WHERE validator = ?1 AND target < (SELECT max(target) FROM attestation WHERE validator = ?1) - ?3
            """).Bind(1, validator).Bind(2, keepSlots).Bind(3, (long)Math.Min(keepEpochs, long.MaxValue));
        _ = edge.Step();
        var (slot, source, target) = (edge.NumberOrNull(0), edge.NumberOrNull(1), edge.NumberOrNull(2));
        edge.Reset();
        HistoryFloors.Raise(transaction, validator, slot, source, target);
        var after = Count(transaction, validator);
        return (before.Blocks - after.Blocks, before.Attestations - after.Attestations);
    }

    private static (long Blocks, long Attestations) Count(LedgerTransaction transaction, long validator)
    {
        var row = transaction.Statement("SELECT (SELECT count(*) FROM block WHERE validator = ?1), (SELECT count(*) FROM attestation WHERE validator = ?1)").Bind(1, validator);
        _ = row.Step();
        var counts = (row.Number(0), row.Number(1));
        row.Reset();
        return counts;
    }
}
