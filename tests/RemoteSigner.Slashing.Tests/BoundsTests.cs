using RemoteSigner.Slashing;
using RemoteSigner.Spec;
using static RemoteSigner.Tests.Slashing.Duties;

namespace RemoteSigner.Tests.Slashing;

/// <summary>Bounds, low watermarks and edges on values alone, without a ledger.</summary>
public sealed class BoundsTests
{
    private static readonly GlobalLowWatermark _lowWatermark = new(new SignedBounds(new Epoch(10), new Epoch(3)), "it crashed");

    [Theory]
    [InlineData(0UL, 0UL)]
    [InlineData(1UL, 0UL)]
    [InlineData(2UL, 0UL)]
    [InlineData(3UL, 1UL)]
    public void The_loosest_bounds_have_a_source_two_epochs_before_the_fence(ulong fence, ulong source) =>
        Assert.Equal(new SignedBounds(new Epoch(fence), new Epoch(source)), SignedBounds.Before(new Epoch(fence)));

    [Fact]
    public void Bounds_cover_what_lies_before_the_fence_with_a_source_up_to_theirs()
    {
        var bounds = new SignedBounds(new Epoch(10), new Epoch(3));

        Assert.True(bounds.Cover(9, 3));
        Assert.False(bounds.Cover(10, 3));
        Assert.False(bounds.Cover(9, 4));
    }

    [Theory]
    [InlineData(12UL, 2UL)]
    [InlineData(8UL, 5UL)]
    public void Joined_bounds_are_the_looser_of_both_and_met_ones_the_tighter(ulong fence, ulong source)
    {
        var (one, other) = (new SignedBounds(new Epoch(10), new Epoch(3)), new SignedBounds(new Epoch(fence), new Epoch(source)));
        var (looser, tighter) = (
            new SignedBounds(new Epoch(Math.Max(10, fence)), new Epoch(Math.Max(3, source))),
            new SignedBounds(new Epoch(Math.Min(10, fence)), new Epoch(Math.Min(3, source)))
        );

        Assert.Equal((looser, looser), (one.Join(other), other.Join(one)));
        Assert.Equal((tighter, tighter), (one.Meet(other), other.Meet(one)));
    }

    [Theory]
    [InlineData(2UL, 10UL)]
    [InlineData(3UL, 9UL)]
    public void A_vote_passes_a_low_watermark_with_both_of_its_epochs_or_not_at_all(ulong source, ulong target)
    {
        Assert.False(_lowWatermark.Passes(new Epoch(source), new Epoch(target)));
        Assert.True(_lowWatermark.Passes(new Epoch(3), new Epoch(10)));
    }

    [Fact]
    public void The_same_start_once_more_leaves_the_low_watermark_that_stands()
    {
        var standing = _lowWatermark with { AwaitedMarks = Root(1), Beneath = new SignedBounds(new Epoch(5), new Epoch(1)) };

        Assert.Same(standing, (_lowWatermark with { Reason = "again", AwaitedMarks = Root(1) }).Over(standing));
    }

    [Fact]
    public void A_low_watermark_that_awaits_another_history_is_awaited_no_more()
    {
        var over = (_lowWatermark with { AwaitedMarks = Root(2) }).Over(_lowWatermark with { AwaitedMarks = Root(1) });

        Assert.Equal(_lowWatermark, over);
    }

    [Fact]
    public void A_low_watermark_of_the_same_fence_and_a_later_source_keeps_the_reason_of_the_one_that_stands()
    {
        var later = new GlobalLowWatermark(new SignedBounds(new Epoch(10), new Epoch(5)), "again", Root(2));

        Assert.Equal(_lowWatermark with { Lost = later.Lost }, later.Over(_lowWatermark));
    }

    [Fact]
    public void A_higher_low_watermark_that_awaits_a_history_remembers_the_one_beneath_it()
    {
        var higher = new GlobalLowWatermark(new SignedBounds(new Epoch(12), new Epoch(2)), "again", Root(2));

        Assert.Equal(
            higher with
            {
                Lost = new SignedBounds(new Epoch(12), new Epoch(3)),
                Beneath = _lowWatermark.Lost,
            },
            higher.Over(_lowWatermark)
        );
        Assert.Null((higher with { AwaitedMarks = null }).Over(_lowWatermark).Beneath);
    }

    [Fact]
    public void A_low_watermark_goes_out_of_the_way_by_an_allowed_vote_that_passes_it_and_by_nothing_else()
    {
        var watch = new LowWatermarkWatch();
        watch.Begin(_lowWatermark, isPassed: false);

        watch.Note(Vote(3, 9), new Verdict.Allowed(AlreadySigned: false));
        watch.Note(Vote(3, 10), new Verdict.Refused(SlashingRule.DoubleVote, ""));
        watch.Note(Block(100), new Verdict.Allowed(AlreadySigned: false));
        Assert.Same(_lowWatermark, watch.InTheWay);

        watch.Note(Vote(3, 10), new Verdict.Allowed(AlreadySigned: false));
        Assert.Null(watch.InTheWay);
    }

    [Fact]
    public void A_new_history_has_no_low_watermark_and_nothing_recorded()
    {
        var history = new ValidatorHistory(1);

        Assert.Equal((false, -1, -1, -1), (history.HasLowWatermark, history.NewestSlot, history.NewestSource, history.NewestTarget));
        Assert.True(history.NoteBlock(0));
        Assert.True(history.HasLowWatermark);
        Assert.False(history.NoteBlock(5));
        Assert.Equal((0, 5), (history.SlotLowWatermark, history.NewestSlot));
    }

    [Fact]
    public void A_first_vote_is_a_low_watermark_of_its_own()
    {
        var history = new ValidatorHistory(1);

        Assert.True(history.NoteAttestation(0, 1));
        Assert.True(history.HasLowWatermark);
        Assert.False(history.NoteAttestation(2, 3));
        Assert.Equal((0, 1, 2, 3), (history.SourceLowWatermark, history.TargetLowWatermark, history.NewestSource, history.NewestTarget));
    }

    [Fact]
    public void Numbers_are_kept_up_to_two_to_the_63_less_one()
    {
        Assert.Equal(long.MaxValue, StoredNumber.From(long.MaxValue));
        Assert.Throws<ArgumentOutOfRangeException>(() => StoredNumber.From(1UL << 63));
    }
}
