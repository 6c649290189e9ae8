using RemoteSigner.Ledgers;

namespace RemoteSigner.Slashing.Store;

/// <summary>
/// Moves low watermarks, always upwards, and keeps two things true of every validator: a low watermark exists where a record exists, and no
/// record lies below a low watermark. What falls below is dropped, and the low watermarks rise until they refuse everything the dropped
/// records would have refused.
/// </summary>
internal static class HistoryLowWatermarks
{
    /// <summary>The first low watermark of a history: its first block.</summary>
    public static void Set(LedgerTransaction transaction, long validator, long slot) =>
        transaction.Statement("UPDATE validator SET slot_low_watermark = ?2 WHERE id = ?1").Bind(1, validator).Bind(2, slot).Execute();

    /// <summary>The first low watermarks of a history: its first vote.</summary>
    public static void Set(LedgerTransaction transaction, long validator, Vote vote) =>
        transaction
            .Statement("UPDATE validator SET source_low_watermark = ?2, target_low_watermark = ?3 WHERE id = ?1")
            .Bind(1, validator)
            .Bind(2, vote.Source)
            .Bind(3, vote.Target)
            .Execute();

    /// <summary>
    /// Raises the low watermarks to at least these values; null leaves one as it is. How many blocks and votes were dropped.
    /// </summary>
    public static (long Blocks, long Attestations) Raise(
        LedgerTransaction transaction,
        long validator,
        long? slot,
        long? source,
        long? target
    )
    {
        RecentVotes.Gather(transaction, validator);
        return Raise(transaction, validator, slot, source, target, recent: []);
    }

    /// <summary>
    /// The same for a validator whose recent votes are all told: those that fall below a low watermark are dropped where they lie, the
    /// others stay there.
    /// </summary>
    public static (long Blocks, long Attestations) Raise(
        LedgerTransaction transaction,
        long validator,
        long? slot,
        long? source,
        long? target,
        IReadOnlyList<Vote> recent
    )
    {
        transaction
            .Statement(
                """
                UPDATE validator SET
                    slot_low_watermark = max(coalesce(slot_low_watermark, ?2), coalesce(?2, slot_low_watermark)),
                    source_low_watermark = max(coalesce(source_low_watermark, ?3), coalesce(?3, source_low_watermark)),
                    target_low_watermark = max(coalesce(target_low_watermark, ?4), coalesce(?4, target_low_watermark))
                WHERE id = ?1
                """
            )
            .Bind(1, validator)
            .Bind(2, slot)
            .Bind(3, source)
            .Bind(4, target)
            .Execute();
        var lowWatermarks = Settle(transaction, validator, recent);
        return (
            DropBlocks(transaction, validator),
            DropVotes(
                transaction,
                validator,
                recent.Where(vote => vote.Source < lowWatermarks.Source || vote.Target < lowWatermarks.Target)
            )
        );
    }

    /// <summary>Raises every validator's low watermarks to the newest of its records.</summary>
    public static void RaiseToNewest(LedgerTransaction transaction)
    {
        RecentVotes.GatherAll(transaction);
        foreach (var validator in KeyTable.All(transaction).Select(key => key.Validator).Distinct())
        {
            var history = HistoryRecords.Load(transaction, validator);
            _ = Raise(transaction, validator, Known(history.NewestSlot), Known(history.NewestSource), Known(history.NewestTarget));
        }

        static long? Known(long newest) => newest < 0 ? null : newest;
    }

    /// <summary>
    /// First low watermarks of a history that had none, and so no record: the lowest of the first that it got. A low watermark that exists
    /// stays.
    /// </summary>
    public static void Start(LedgerTransaction transaction, long validator, long? slot, long? source, long? target) =>
        transaction
            .Statement(
                """
                UPDATE validator SET slot_low_watermark = coalesce(slot_low_watermark, ?2), source_low_watermark = coalesce(source_low_watermark, ?3),
                    target_low_watermark = coalesce(target_low_watermark, ?4) WHERE id = ?1
                """
            )
            .Bind(1, validator)
            .Bind(2, slot)
            .Bind(3, source)
            .Bind(4, target)
            .Execute();

    /// <summary>
    /// Moves all records and keys of one history into another; the higher low watermarks hold. Where both have a low watermark, no record
    /// grants anything any more: neither share may repeat what only the other signed, for that can surround a vote of its own.
    /// </summary>
    public static void Merge(LedgerTransaction transaction, long from, long into)
    {
        RecentVotes.Gather(transaction, from);
        RecentVotes.Gather(transaction, into);
        if (HasLowWatermark(transaction, from) && HasLowWatermark(transaction, into))
        {
            Disown(transaction, from);
            Disown(transaction, into);
        }

        transaction
            .Statement("INSERT OR IGNORE INTO block SELECT ?2, slot, root, evidence FROM block WHERE validator = ?1")
            .Bind(1, from)
            .Bind(2, into)
            .Execute();
        transaction
            .Statement("INSERT OR IGNORE INTO attestation SELECT ?2, target, source, root, evidence FROM attestation WHERE validator = ?1")
            .Bind(1, from)
            .Bind(2, into)
            .Execute();
        transaction.Statement("DELETE FROM block WHERE validator = ?1").Bind(1, from).Execute();
        transaction.Statement("DELETE FROM attestation WHERE validator = ?1").Bind(1, from).Execute();
        transaction.Statement("UPDATE public_key SET validator = ?2 WHERE validator = ?1").Bind(1, from).Bind(2, into).Execute();
        var lowWatermarks = transaction
            .Statement("SELECT slot_low_watermark, source_low_watermark, target_low_watermark FROM validator WHERE id = ?1")
            .Bind(1, from);
        _ = lowWatermarks.Step();
        var (slot, source, target) = (lowWatermarks.NumberOrNull(0), lowWatermarks.NumberOrNull(1), lowWatermarks.NumberOrNull(2));
        lowWatermarks.Reset();
        transaction.Statement("DELETE FROM validator WHERE id = ?1").Bind(1, from).Execute();
        _ = Raise(transaction, into, slot, source, target);
    }

    private static bool HasLowWatermark(LedgerTransaction transaction, long validator)
    {
        var row = transaction
            .Statement("SELECT slot_low_watermark IS NOT NULL OR target_low_watermark IS NOT NULL FROM validator WHERE id = ?1")
            .Bind(1, validator);
        var has = row.Step() && row.Number(0) != 0;
        row.Reset();
        return has;
    }

    private static void Disown(LedgerTransaction transaction, long validator)
    {
        transaction.Statement("UPDATE block SET evidence = NULL WHERE validator = ?1").Bind(1, validator).Execute();
        transaction.Statement("UPDATE attestation SET evidence = NULL WHERE validator = ?1").Bind(1, validator).Execute();
    }

    /// <summary>
    /// Raises the vote low watermarks until they cover what falls below them. A dropped vote with an old source may have a young target,
    /// and the other way round: it goes on being covered only if both low watermarks are at or above it, and a low watermark that rises for
    /// it may push out more. Ends when neither low watermark moves. The target low watermark is never below the source low watermark: no
    /// vote past genesis has a target as old as its source.
    /// </summary>
    private static (long? Source, long? Target) Settle(LedgerTransaction transaction, long validator, IReadOnlyList<Vote> recent)
    {
        while (true)
        {
            var needed = transaction
                .Statement(
                    """
                    SELECT v.source_low_watermark, v.target_low_watermark,
                           max(v.source_low_watermark, coalesce((SELECT max(source) FROM attestation a WHERE a.validator = v.id
                               AND a.target < v.target_low_watermark), 0)),
                           max(v.target_low_watermark, v.source_low_watermark, coalesce((SELECT max(target) FROM attestation a
                               WHERE a.validator = v.id AND a.source < v.source_low_watermark), 0))
                    FROM validator v WHERE v.id = ?1
                    """
                )
                .Bind(1, validator);
            _ = needed.Step();
            var (sourceLowWatermark, targetLowWatermark) = (needed.NumberOrNull(0), needed.NumberOrNull(1));
            var (source, target) = (needed.NumberOrNull(2), needed.NumberOrNull(3));
            needed.Reset();
            foreach (var vote in recent)
            {
                source = vote.Target < targetLowWatermark && vote.Source > source ? vote.Source : source;
                target = vote.Source < sourceLowWatermark && vote.Target > target ? vote.Target : target;
            }

            if (source == sourceLowWatermark && target == targetLowWatermark)
            {
                return (source, target);
            }

            transaction
                .Statement("UPDATE validator SET source_low_watermark = ?2, target_low_watermark = ?3 WHERE id = ?1")
                .Bind(1, validator)
                .Bind(2, source)
                .Bind(3, target)
                .Execute();
        }
    }

    private static long DropBlocks(LedgerTransaction transaction, long validator) =>
        transaction
            .Statement("DELETE FROM block WHERE validator = ?1 AND slot < (SELECT slot_low_watermark FROM validator WHERE id = ?1)")
            .Bind(1, validator)
            .Execute();

    private static long DropVotes(LedgerTransaction transaction, long validator, IEnumerable<Vote> recent)
    {
        var gathered = transaction
            .Statement(
                """
                DELETE FROM attestation WHERE validator = ?1
                    AND (target < (SELECT target_low_watermark FROM validator WHERE id = ?1) OR source < (SELECT source_low_watermark
                        FROM validator WHERE id = ?1))
                """
            )
            .Bind(1, validator)
            .Execute();
        return gathered + recent.Sum(vote => RecentVotes.Drop(transaction, validator, vote));
    }
}
