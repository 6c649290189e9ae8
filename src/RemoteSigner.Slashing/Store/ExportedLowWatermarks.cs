using RemoteSigner.Ledgers;

namespace RemoteSigner.Slashing.Store;

/// <summary>
/// The low watermarks that a validator's exported history stands on: its own, or those of the low watermark under all keys where they are
/// higher, so that whoever imports the file refuses at least what this ledger refuses. Null: none.
/// </summary>
internal readonly record struct ExportedLowWatermarks(long? Slot, long? Source, long? Target)
{
    public static ExportedLowWatermarks Of(LedgerTransaction transaction, long validator, ulong slotsPerEpoch)
    {
        var history = HistoryRecords.Load(transaction, validator);
        if (HistoryStore.Of(transaction).RollbackProtection.LowWatermark is not { Fence.Value: > 0 and var fence } lowWatermark)
        {
            return new ExportedLowWatermarks(history.SlotLowWatermark, history.SourceLowWatermark, history.TargetLowWatermark);
        }

        // A record on a low watermark refuses what is below it and on it, so it stands right before the first that may be signed.
        var slot = checked((long)Math.Min((fence * slotsPerEpoch) - 1, long.MaxValue));
        return Settle(
            transaction,
            validator,
            new ExportedLowWatermarks(
                Math.Max(history.SlotLowWatermark ?? 0, slot),
                Math.Max(history.SourceLowWatermark ?? 0, (long)lowWatermark.LowestSource.Value),
                Math.Max(history.TargetLowWatermark ?? 0, (long)fence - 1)
            )
        );
    }

    // As in HistoryLowWatermarks: a vote that is left out goes on being covered only if both low watermarks are at or above it.
    private static ExportedLowWatermarks Settle(LedgerTransaction transaction, long validator, ExportedLowWatermarks lowWatermarks)
    {
        while (true)
        {
            var row = transaction
                .Statement(
                    """
                    WITH RECURSIVE epoch (target) AS (
                        SELECT min(target) FROM recent_vote
                        UNION ALL
                        SELECT (SELECT min(target) FROM recent_vote r WHERE r.target > epoch.target) FROM epoch
                            WHERE epoch.target IS NOT NULL),
                    vote AS (
                        SELECT source, target FROM attestation WHERE validator = ?1
                        UNION ALL
                        SELECT r.source, r.target FROM epoch CROSS JOIN recent_vote r ON r.target = epoch.target AND r.validator = ?1)
                    SELECT max(?2, coalesce((SELECT max(source) FROM vote WHERE target < ?3), 0)), max(?3,
                        coalesce((SELECT max(target) FROM vote WHERE source < ?2), 0))
                    """
                )
                .Bind(1, validator)
                .Bind(2, lowWatermarks.Source)
                .Bind(3, lowWatermarks.Target);
            _ = row.Step();
            var next = lowWatermarks with { Source = row.Number(0), Target = row.Number(1) };
            row.Reset();
            if (next == lowWatermarks)
            {
                return lowWatermarks;
            }

            lowWatermarks = next;
        }
    }
}
