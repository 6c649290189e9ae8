using RemoteSigner.Ledgers;

namespace RemoteSigner.Slashing.Store;

/// <summary>The records of one validator, as a decision asks for them and leaves them.</summary>
internal static class HistoryRecords
{
    /// <summary>The edges of the history with this number.</summary>
    public static ValidatorHistory Load(LedgerTransaction transaction, long validator)
    {
        var history = new ValidatorHistory(validator);
        Load(transaction, history);
        return history;
    }

    /// <summary>Reads the edges of a history that is there. Where there is no low watermark there is no record.</summary>
    public static void Load(LedgerTransaction transaction, ValidatorHistory history)
    {
        var row = transaction
            .Statement(
                "SELECT slot_low_watermark, source_low_watermark, target_low_watermark, (SELECT max(slot) FROM "
                    + "block WHERE validator = ?1) FROM validator WHERE id = ?1"
            )
            .Bind(1, history.Id);
        _ = row.Step();
        (history.SlotLowWatermark, history.SourceLowWatermark, history.TargetLowWatermark) = (
            row.NumberOrNull(0),
            row.NumberOrNull(1),
            row.NumberOrNull(2)
        );
        (history.NewestSlot, history.NewestSource, history.NewestTarget) = (row.NumberOrNull(3) ?? -1, -1, -1);
        row.Reset();
        if (history.TargetLowWatermark is not null)
        {
            NoteNewest(history, RecentVotes.NewestFirst(transaction, history.Id));
            NoteNewest(
                history,
                transaction
                    .Statement("SELECT source, target FROM attestation WHERE validator = ?1 ORDER BY target DESC, source DESC")
                    .Bind(1, history.Id)
            );
        }
    }

    public static void Add(LedgerTransaction transaction, long validator, long slot, ReadOnlySpan<byte> root, long evidence) =>
        transaction
            .Statement("INSERT INTO block (validator, slot, root, evidence) VALUES (?1, ?2, ?3, ?4)")
            .Bind(1, validator)
            .Bind(2, slot)
            .Bind(3, root)
            .Bind(4, evidence)
            .Execute();

    public static SignedBefore FindBlock(LedgerTransaction transaction, long validator, long slot, ReadOnlySpan<byte> root)
    {
        var rows = transaction
            .Statement("SELECT root, evidence FROM block WHERE validator = ?1 AND slot = ?2")
            .Bind(1, validator)
            .Bind(2, slot);
        var found = SignedBefore.Nothing;
        while (found != SignedBefore.Another && rows.Step())
        {
            found =
                !rows.Blob(0).SequenceEqual(root) ? SignedBefore.Another
                : rows.IsNull(1) ? SignedBefore.Told
                : SignedBefore.TheSame;
        }

        rows.Reset();
        return found;
    }

    /// <summary>
    /// Only where nothing is on record for the target, votes around or within this one are looked for: before that they decide nothing.
    /// </summary>
    public static RecordedVotes FindVotes(LedgerTransaction transaction, long validator, Vote vote, ReadOnlySpan<byte> root)
    {
        var atTarget = FindVote(transaction, validator, vote, root);
        return atTarget != SignedBefore.Nothing
            ? new RecordedVotes(atTarget, Outer: null, Inner: null)
            : new RecordedVotes(atTarget, FindOuter(transaction, validator, vote), FindInner(transaction, validator, vote));
    }

    // No source is after its target: of the votes whose targets are not above the newest source so far none has a newer one.
    private static void NoteNewest(ValidatorHistory history, LedgerStatement newestFirst)
    {
        var next = long.MaxValue;
        while (next > history.NewestSource && newestFirst.Step())
        {
            var (source, target) = (newestFirst.Number(0), newestFirst.Number(1));
            history.NewestSource = Math.Max(history.NewestSource, source);
            history.NewestTarget = Math.Max(history.NewestTarget, target);
            next = target - 1;
        }

        newestFirst.Reset();
    }

    private static SignedBefore FindVote(LedgerTransaction transaction, long validator, Vote vote, ReadOnlySpan<byte> root)
    {
        var gathered = transaction
            .Statement("SELECT source, root, evidence FROM attestation WHERE validator = ?1 AND target = ?2")
            .Bind(1, validator)
            .Bind(2, vote.Target);
        return FindVote(
            RecentVotes.At(transaction, validator, vote.Target),
            vote,
            root,
            FindVote(gathered, vote, root, SignedBefore.Nothing)
        );
    }

    private static SignedBefore FindVote(LedgerStatement rows, Vote vote, ReadOnlySpan<byte> root, SignedBefore found)
    {
        while (found != SignedBefore.Another && rows.Step())
        {
            found =
                rows.Number(0) != vote.Source || !rows.Blob(1).SequenceEqual(root) ? SignedBefore.Another
                : rows.IsNull(2) ? SignedBefore.Told
                : SignedBefore.TheSame;
        }

        rows.Reset();
        return found;
    }

    private static Vote? FindOuter(LedgerTransaction transaction, long validator, Vote vote) =>
        One(RecentVotes.Outer(transaction, validator, vote))
        ?? One(
            transaction
                .Statement("SELECT source, target FROM attestation WHERE validator = ?1 AND target > ?2 AND source < ?3 LIMIT 1")
                .Bind(1, validator)
                .Bind(2, vote.Target)
                .Bind(3, vote.Source)
        );

    // No recorded source is after its target, so the target of a vote within ours lies between our epochs.
    private static Vote? FindInner(LedgerTransaction transaction, long validator, Vote vote) =>
        One(RecentVotes.Inner(transaction, validator, vote))
        ?? One(
            transaction
                .Statement(
                    "SELECT source, target FROM attestation WHERE validator = ?1 AND target > ?3 AND target < ?2 AND source > ?3 LIMIT 1"
                )
                .Bind(1, validator)
                .Bind(2, vote.Target)
                .Bind(3, vote.Source)
        );

    private static Vote? One(LedgerStatement row)
    {
        Vote? vote = row.Step() ? new Vote(row.Number(0), row.Number(1)) : null;
        row.Reset();
        return vote;
    }
}
