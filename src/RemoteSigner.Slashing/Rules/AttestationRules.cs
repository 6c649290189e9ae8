namespace RemoteSigner.Slashing;

/// <summary>EIP-3076 for votes (conditions 3, 4 and 5), on values alone: they know no table.</summary>
internal static class AttestationRules
{
    /// <summary>Decides on the edges of the history; null when only its records can tell.</summary>
    public static Verdict? Decide(ValidatorHistory history, HighWatermark? high, Vote vote)
    {
        var (source, target) = vote;
        if (source > target)
        {
            return new Verdict.Refused(SlashingRule.SourceAfterTarget, $"source epoch {source} is after target epoch {target}");
        }

        if (high is not null && target >= (long)high.Epoch.Value)
        {
            return new Verdict.Refused(
                SlashingRule.AtOrAboveHighWatermark,
                $"target epoch {target} is not before the high watermark, epoch {high.Epoch}"
            );
        }

        if (source < history.SourceLowWatermark)
        {
            return new Verdict.Refused(
                SlashingRule.SourceBelowLowWatermark,
                $"source epoch {source} is below the low watermark, epoch {history.SourceLowWatermark}"
            );
        }

        if (target < history.TargetLowWatermark)
        {
            return BelowTargetLowWatermark(target, history);
        }

        // The usual vote lies beyond everything recorded: it cannot share a target, surround or be surrounded.
        return target > history.NewestTarget && source >= history.NewestSource ? AboveLowWatermark(target, history) : null;
    }

    /// <summary>Decides on a vote that the edges leave open, by what is on record beside it.</summary>
    public static Verdict Decide(ValidatorHistory history, Vote vote, RecordedVotes recorded) =>
        recorded switch
        {
            { AtTarget: SignedBefore.TheSame } => new Verdict.Allowed(AlreadySigned: true),
            { AtTarget: SignedBefore.Told } => new Verdict.Refused(
                SlashingRule.DoubleVote,
                $"this very vote for target epoch {vote.Target} was imported, or signed "
                    + "before two histories were joined: neither grants anything"
            ),
            { AtTarget: SignedBefore.Another } => new Verdict.Refused(
                SlashingRule.DoubleVote,
                $"another vote is recorded for target epoch {vote.Target}"
            ),
            { Outer: { } outer } => new Verdict.Refused(
                SlashingRule.SurroundedVote,
                $"the vote {vote} is surrounded by the recorded vote {outer}"
            ),
            { Inner: { } inner } => new Verdict.Refused(
                SlashingRule.SurroundingVote,
                $"the vote {vote} surrounds the recorded vote {inner}"
            ),
            _ => AboveLowWatermark(vote.Target, history),
        };

    private static Verdict AboveLowWatermark(long target, ValidatorHistory history) =>
        target == history.TargetLowWatermark ? BelowTargetLowWatermark(target, history) : new Verdict.Allowed(AlreadySigned: false);

    private static Verdict.Refused BelowTargetLowWatermark(long target, ValidatorHistory history) =>
        new(
            SlashingRule.TargetBelowLowWatermark,
            $"target epoch {target} is not above the low watermark, epoch {history.TargetLowWatermark}"
        );
}
