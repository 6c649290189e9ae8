using RemoteSigner.Ledgers;

namespace RemoteSigner.Slashing.Store;

/// <summary>
/// The floors that a validator's exported history stands on: its own, or those of the floor under all keys where they are higher, so that
/// whoever imports the file refuses at least what this ledger refuses. Null: none.
/// </summary>
internal readonly record struct ExportedFloors(long? Slot, long? Source, long? Target)
{
    public static ExportedFloors Of(LedgerTransaction transaction, long validator, ulong slotsPerEpoch)
    {
        var history = HistoryRecords.Load(transaction, validator);
        if (HistoryStore.Of(transaction).Freshness.Floor is not { Fence.Value: > 0 and var fence } floor)
        {
            return new ExportedFloors(history.SlotFloor, history.SourceFloor, history.TargetFloor);
        }

        // A record on a floor refuses what is below it and on it, so it stands right before the first that may be signed.
        var slot = checked((long)Math.Min((fence * slotsPerEpoch) - 1, long.MaxValue));
        return Settle(
            transaction,
            validator,
            new ExportedFloors(
                Math.Max(history.SlotFloor ?? 0, slot),
                Math.Max(history.SourceFloor ?? 0, (long)floor.LowestSource.Value),
                Math.Max(history.TargetFloor ?? 0, (long)fence - 1)
            )
        );
    }

    // As in HistoryFloors: a vote that is left out goes on being covered only if both floors are at or above it.
    private static ExportedFloors Settle(LedgerTransaction transaction, long validator, ExportedFloors floors)
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
                .Bind(2, floors.Source)
                .Bind(3, floors.Target);
            _ = row.Step();
            var next = floors with { Source = row.Number(0), Target = row.Number(1) };
            row.Reset();
            if (next == floors)
            {
                return floors;
            }

            floors = next;
        }
    }
}
