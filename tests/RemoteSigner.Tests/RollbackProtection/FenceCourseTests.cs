using RemoteSigner.RollbackProtection;
using RemoteSigner.Slashing;
using RemoteSigner.Spec;

namespace RemoteSigner.Tests.RollbackProtection;

/// <summary>What a run may sign, and where its bounds go next, number by number.</summary>
public sealed class FenceCourseTests
{
    [Theory]
    [InlineData(null, 18)]
    [InlineData(12UL, 18)]
    [InlineData(13UL, 10)]
    [InlineData(5UL, 18)]
    public void A_run_begins_with_the_exact_source_bound_where_the_clock_says_that_justification_lags(ulong? now, int source) =>
        Assert.Equal(Bounds(20, source), FenceCourse.First(new Epoch(20), new Epoch(10), now));

    [Theory]
    [InlineData(19, 18, true)]
    [InlineData(19, 19, false)]
    [InlineData(20, 18, false)]
    [InlineData(0, 0, true)]
    public void What_lies_within_the_bounds_passes(int epoch, int source, bool passes)
    {
        var course = Loose(20, newestSource: 10);

        Assert.Equal(passes, course.Covers((ulong)epoch, (ulong)source));
        Assert.Equal(passes, course.Pass((ulong)epoch, (ulong)source));
    }

    [Fact]
    public void What_passes_without_looking_further_ends_before_the_fence_and_where_justification_may_lag()
    {
        Assert.Equal(new FencePassage(0, 0), Loose(0, newestSource: 0).Passage);
        Assert.Equal(new FencePassage(0, 0), Loose(1, newestSource: 0).Passage);
        Assert.Equal(new FencePassage(19, 0), Loose(20, newestSource: 18).Passage);
        Assert.Equal(new FencePassage(20, 0), Loose(21, newestSource: 17).Passage);
        Assert.Equal(new FencePassage(13, 0), Loose(20, newestSource: 10).Passage);
        Assert.Equal(new FencePassage(19, 0), new FenceCourse(Bounds(20, 10), new Epoch(10)).Passage);
    }

    [Fact]
    public void A_source_that_passed_is_noted_and_an_older_one_or_one_that_did_not_pass_is_not()
    {
        var course = Loose(20, newestSource: 10);
        Assert.True(course.Pass(5, 0));
        Assert.Equal(new FencePassage(13, 0), course.Passage);

        Assert.True(course.Pass(12, 11));
        Assert.True(course.Pass(12, 9));
        Assert.False(course.Pass(20, 17));

        Assert.Equal(new FencePassage(14, 11), course.Passage);
    }

    [Fact]
    public void What_was_imported_says_nothing_of_what_the_chain_justifies_but_is_not_behind_an_exact_bound()
    {
        var course = Loose(20, newestSource: 10);
        Assert.True(course.Pass(12, 11));

        course.Import(new Epoch(15));
        course.Import(new Epoch(12));

        Assert.Equal(new FencePassage(14, 11), course.Passage);
        Assert.Equal(Bounds(24, 15), course.Next(15, 0, null));
        course.Import(new Epoch(18));
        Assert.Equal(new FencePassage(19, 11), course.Passage);
    }

    [Theory]
    [InlineData(12, 10, null, null, null)]
    [InlineData(13, 10, null, 22, 10)]
    [InlineData(13, 0, null, 22, 10)]
    [InlineData(12, 0, null, null, null)]
    [InlineData(13, 10, 12UL, null, null)]
    [InlineData(13, 10, 13UL, 22, 10)]
    [InlineData(13, 10, 99UL, 22, 10)]
    [InlineData(13, 11, null, null, null)]
    [InlineData(13, 9, null, 22, 10)]
    [InlineData(18, 17, null, null, null)]
    [InlineData(19, 18, null, 28, 26)]
    [InlineData(19, 16, null, 28, 16)]
    [InlineData(12, 19, null, 21, 19)]
    [InlineData(5, 18, null, null, null)]
    [InlineData(5, 19, null, 20, 18)]
    public void A_duty_moves_loose_bounds(int epoch, int source, ulong? clock, int? fence, int? bound)
    {
        var next = Loose(20, newestSource: 10).Next((ulong)epoch, (ulong)source, clock);

        Assert.Equal(fence is { } f ? Bounds(f, bound!.Value) : null, next);
    }

    [Theory]
    [InlineData(13, 10, null, null)]
    [InlineData(19, 10, 28, 10)]
    [InlineData(13, 11, 22, 20)]
    [InlineData(14, 11, 23, 11)]
    [InlineData(10, 11, 20, 18)]
    public void A_duty_moves_exact_bounds(int epoch, int source, int? fence, int? bound)
    {
        var next = new FenceCourse(Bounds(20, 10), new Epoch(10)).Next((ulong)epoch, (ulong)source, null);

        Assert.Equal(fence is { } f ? Bounds(f, bound!.Value) : null, next);
    }

    [Fact]
    public void A_vote_that_passed_says_what_the_chain_justifies()
    {
        var course = Loose(20, newestSource: 10);
        Assert.True(course.Pass(12, 11));

        Assert.Null(course.Next(13, 9, null));
        Assert.Null(course.Next(13, 0, null));
        Assert.Equal(Bounds(23, 11), course.Next(14, 0, null));
    }

    [Fact]
    public void Before_any_source_the_exact_bound_is_the_first_epoch()
    {
        var course = Loose(20, newestSource: 0);
        Assert.Equal(Bounds(22, 0), course.Next(13, 0, null));

        Assert.True(course.Pass(2, 1));
        Assert.Equal(new FencePassage(4, 1), course.Passage);
    }

    [Fact]
    public void The_fence_never_goes_back() => Assert.Equal(Bounds(40, 10), Loose(40, newestSource: 10).Next(13, 10, null));

    [Fact]
    public void While_a_move_is_under_way_only_what_lies_within_both_bounds_passes()
    {
        var course = Loose(20, newestSource: 10);

        course.Begin(Bounds(30, 10));
        Assert.Equal(Bounds(20, 10), course.Covered);
        Assert.False(course.Covers(20, 10));
        Assert.Equal(13UL, course.Passage.Epoch);
        Assert.NotNull(course.Next(12, 11, null));

        course.Moved(Bounds(30, 10));
        Assert.Equal(Bounds(30, 10), course.Covered);
        Assert.Equal(new FencePassage(29, 0), course.Passage);
    }

    private static FenceCourse Loose(int fence, int newestSource) =>
        new(SignedBounds.Before(new Epoch((ulong)fence)), new Epoch((ulong)newestSource));

    private static SignedBounds Bounds(int fence, int source) => new(new Epoch((ulong)fence), new Epoch((ulong)source));
}
