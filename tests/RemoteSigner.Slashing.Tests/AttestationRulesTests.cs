using RemoteSigner.Slashing;
using RemoteSigner.Spec;

namespace RemoteSigner.Tests.Slashing;

/// <summary>The rules for votes on values alone, without a ledger. Recorded: votes up to 4 → 6 above the low watermarks 2 and 3.</summary>
public sealed class AttestationRulesTests
{
    private static readonly ValidatorHistory _history = new(1)
    {
        SourceLowWatermark = 2,
        TargetLowWatermark = 3,
        NewestSource = 4,
        NewestTarget = 6,
    };

    [Theory]
    [InlineData(4, 7)]
    [InlineData(5, 7)]
    [InlineData(7, 7)]
    public void A_vote_beyond_everything_recorded_is_allowed_by_the_edges(long source, long target) =>
        Assert.Equal(new Verdict.Allowed(AlreadySigned: false), AttestationRules.Decide(_history, null, new Vote(source, target)));

    [Theory]
    [InlineData(4, 6)]
    [InlineData(3, 7)]
    [InlineData(2, 4)]
    public void A_vote_among_the_recorded_ones_is_left_to_the_records(long source, long target) =>
        Assert.Null(AttestationRules.Decide(_history, null, new Vote(source, target)));

    [Theory]
    [InlineData(7, 6, SlashingRule.SourceAfterTarget)]
    [InlineData(1, 7, SlashingRule.SourceBelowLowWatermark)]
    [InlineData(2, 2, SlashingRule.TargetBelowLowWatermark)]
    [InlineData(4, 10, SlashingRule.AtOrAboveHighWatermark)]
    [InlineData(4, 11, SlashingRule.AtOrAboveHighWatermark)]
    public void The_edges_refuse(long source, long target, SlashingRule rule) =>
        Refuses(rule, AttestationRules.Decide(_history, new HighWatermark(new Slot(80), new Epoch(10)), new Vote(source, target)));

    [Fact]
    public void A_vote_before_the_high_watermark_is_not_refused_by_it() =>
        Assert.IsType<Verdict.Allowed>(AttestationRules.Decide(_history, new HighWatermark(new Slot(80), new Epoch(10)), new Vote(4, 9)));

    [Fact]
    public void The_target_of_the_low_watermark_itself_is_taken()
    {
        var first = new ValidatorHistory(1) { SourceLowWatermark = 2, TargetLowWatermark = 3 };

        Refuses(SlashingRule.TargetBelowLowWatermark, AttestationRules.Decide(first, null, new Vote(2, 3)));
        Refuses(
            SlashingRule.TargetBelowLowWatermark,
            AttestationRules.Decide(first, new Vote(2, 3), new RecordedVotes(SignedBefore.Nothing, null, null))
        );
        Assert.IsType<Verdict.Allowed>(AttestationRules.Decide(first, null, new Vote(2, 4)));
    }

    [Fact]
    public void What_is_on_record_for_the_target_decides_first()
    {
        var vote = new Vote(4, 6);
        var (outer, inner) = (new Vote(3, 7), new Vote(5, 5));

        Assert.Equal(
            new Verdict.Allowed(AlreadySigned: true),
            AttestationRules.Decide(_history, vote, new RecordedVotes(SignedBefore.TheSame, outer, inner))
        );
        Refuses(SlashingRule.DoubleVote, AttestationRules.Decide(_history, vote, new RecordedVotes(SignedBefore.Told, outer, inner)));
        Refuses(SlashingRule.DoubleVote, AttestationRules.Decide(_history, vote, new RecordedVotes(SignedBefore.Another, outer, inner)));
    }

    [Fact]
    public void A_vote_around_another_is_refused_either_way()
    {
        var vote = new Vote(4, 6);

        Refuses(SlashingRule.SurroundedVote, AttestationRules.Decide(_history, vote, new RecordedVotes(default, new Vote(3, 7), null)));
        Refuses(SlashingRule.SurroundingVote, AttestationRules.Decide(_history, vote, new RecordedVotes(default, null, new Vote(5, 5))));
        Assert.Equal(
            new Verdict.Allowed(AlreadySigned: false),
            AttestationRules.Decide(_history, vote, new RecordedVotes(default, null, null))
        );
    }

    private static void Refuses(SlashingRule rule, Verdict? verdict) => Assert.Equal(rule, Assert.IsType<Verdict.Refused>(verdict).Rule);
}
