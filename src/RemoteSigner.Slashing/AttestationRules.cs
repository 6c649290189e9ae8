using RemoteSigner.Ledgers;

namespace RemoteSigner.Slashing;

/// <summary>EIP-3076 for votes (conditions 3, 4 and 5), and their record.</summary>
internal static class AttestationRules
{
    public static Verdict Decide(LedgerTransaction transaction, ValidatorHistory history, HighWatermark? high, Vote vote, ReadOnlySpan<byte> root)
    {
        var (source, target) = vote;
        if (source > target)
        {
            return new Verdict.Refused(SlashingRule.SourceAfterTarget, $"source epoch {source} is after target epoch {target}");
        }

        if (high is not null && target >= (long)high.Epoch.Value)
        {
            return new Verdict.Refused(SlashingRule.AtOrAboveHighWatermark, $"target epoch {target} is not before the high watermark, epoch {high.Epoch}");
        }

        if (source < history.SourceFloor)
        {
            return new Verdict.Refused(SlashingRule.SourceBelowLowWatermark, $"source epoch {source} is below the low watermark, epoch {history.SourceFloor}");
        }

        if (target < history.TargetFloor)
        {
            return BelowTargetFloor(target, history);
        }

        // The usual vote lies beyond everything recorded: it cannot share a target, surround or be surrounded.
        return target > history.NewestTarget && source >= history.NewestSource
            ? AboveFloor(target, history)
            : Compare(transaction, history, vote, root);
    }

    public static void Record(LedgerTransaction transaction, ValidatorHistory history, Vote vote, ReadOnlySpan<byte> root, long evidence)
    {
        transaction.Statement("INSERT INTO attestation (validator, target, source, root, evidence) VALUES (?1, ?2, ?3, ?4, ?5)")
            .Bind(1, history.Id).Bind(2, vote.Target).Bind(3, vote.Source).Bind(4, root).Bind(5, evidence)
            .Execute();
        if (history.NoteAttestation(vote.Source, vote.Target))
        {
            transaction.Statement("UPDATE validator SET source_floor = ?2, target_floor = ?3 WHERE id = ?1")
                .Bind(1, history.Id).Bind(2, vote.Source).Bind(3, vote.Target)
                .Execute();
        }
    }

    private static Verdict Compare(LedgerTransaction transaction, ValidatorHistory history, Vote vote, ReadOnlySpan<byte> root) => Find(transaction, history, vote, root) switch
    {
        SignedBefore.TheSame => new Verdict.Allowed(AlreadySigned: true),
        SignedBefore.Told => new Verdict.Refused(SlashingRule.DoubleVote, $"this very vote for target epoch {vote.Target} was imported, or signed before two histories were joined: neither grants anything"),
        SignedBefore.Another => new Verdict.Refused(SlashingRule.DoubleVote, $"another vote is recorded for target epoch {vote.Target}"),
        _ => Surrounding(transaction, history, vote) ?? AboveFloor(vote.Target, history),
    };

    private static SignedBefore Find(LedgerTransaction transaction, ValidatorHistory history, Vote vote, ReadOnlySpan<byte> root)
    {
        var rows = transaction.Statement("SELECT source, root, evidence FROM attestation WHERE validator = ?1 AND target = ?2").Bind(1, history.Id).Bind(2, vote.Target);
        var found = SignedBefore.Nothing;
        while (found != SignedBefore.Another && rows.Step())
        {
            found = rows.Number(0) != vote.Source || !rows.Blob(1).SequenceEqual(root) ? SignedBefore.Another : rows.IsNull(2) ? SignedBefore.Told : SignedBefore.TheSame;
        }

        rows.Reset();
        return found;
    }

    private static Verdict.Refused? Surrounding(LedgerTransaction transaction, ValidatorHistory history, Vote vote)
    {
        var outer = transaction.Statement("SELECT source, target FROM attestation WHERE validator = ?1 AND target > ?2 AND source < ?3 LIMIT 1")
            .Bind(1, history.Id).Bind(2, vote.Target).Bind(3, vote.Source);
        if (outer.Step())
        {
            return new Verdict.Refused(SlashingRule.SurroundedVote, $"the vote {vote} is surrounded by the recorded vote {outer.Number(0)} -> {outer.Number(1)}");
        }

        // No recorded source is after its target, so a surrounded vote's target lies between our epochs.
        var inner = transaction.Statement("SELECT source, target FROM attestation WHERE validator = ?1 AND target > ?3 AND target < ?2 AND source > ?3 LIMIT 1")
            .Bind(1, history.Id).Bind(2, vote.Target).Bind(3, vote.Source);
        return inner.Step()
            ? new Verdict.Refused(SlashingRule.SurroundingVote, $"the vote {vote} surrounds the recorded vote {inner.Number(0)} -> {inner.Number(1)}")
            : null;
    }

    private static Verdict AboveFloor(long target, ValidatorHistory history) =>
        target == history.TargetFloor ? BelowTargetFloor(target, history) : new Verdict.Allowed(AlreadySigned: false);

    private static Verdict.Refused BelowTargetFloor(long target, ValidatorHistory history) =>
        new(SlashingRule.TargetBelowLowWatermark, $"target epoch {target} is not above the low watermark, epoch {history.TargetFloor}");
}
