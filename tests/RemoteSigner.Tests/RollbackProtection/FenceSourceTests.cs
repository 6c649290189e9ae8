using RemoteSigner.RollbackProtection;
using RemoteSigner.Spec;
using static RemoteSigner.Tests.Slashing.Duties;

namespace RemoteSigner.Tests.RollbackProtection;

/// <summary>Where the fence's source bound is in a run: loose while the chain justifies, exact while it does not.</summary>
public sealed class FenceSourceTests : FenceScene
{
    [Fact]
    public async Task When_justification_lags_the_source_bound_is_made_exact_by_one_write_and_the_vote_waits_for_nothing()
    {
        Open(fence: 20, newestSource: 10);
        At(epoch: 12);
        Assert.Null(await Fence.CoverAsync(Vote(10, 12)));
        Assert.Equal(0, Anchor.Writes);
        var gate = new TaskCompletionSource();
        Anchor.Gate = gate.Task;

        At(epoch: 13);
        Assert.Null(await Fence.CoverAsync(Vote(10, 13)));
        gate.SetResult();
        await FenceReachesAsync(22);

        Assert.Equal((1, 10UL), (Anchor.Writes, Written().Bounds.Source.Value));
        At(epoch: 20);
        Assert.Null(await Fence.CoverAsync(Vote(10, 20)));
        Assert.Equal(1, Anchor.Writes);
    }

    [Fact]
    public async Task While_it_lags_a_newer_source_waits_until_the_anchor_has_it_and_the_bound_is_loose_again_once_it_catches_up()
    {
        Open(fence: 20, newestSource: 10);
        At(epoch: 15);
        Assert.Null(await Fence.CoverAsync(Vote(10, 15)));
        await FenceReachesAsync(24);
        var gate = new TaskCompletionSource();
        Anchor.Gate = gate.Task;
        var newer = Fence.CoverAsync(Vote(11, 15)).AsTask();
        Assert.False(newer.IsCompleted);
        gate.SetResult();
        Assert.Null(await newer);
        Assert.Equal((2, 11UL), (Anchor.Writes, Written().Bounds.Source.Value));

        At(epoch: 16);
        Assert.Null(await Fence.CoverAsync(Vote(15, 16)));

        Assert.Equal((3, 25UL, 23UL), (Anchor.Writes, Written().Fence.Value, Written().Bounds.Source.Value));
    }

    [Fact]
    public async Task A_newer_source_is_refused_while_the_anchor_does_not_take_the_exact_bound()
    {
        Open(fence: 20, newestSource: 10);
        At(epoch: 15);
        Anchor.FailAt("before write");
        Assert.Null(await Fence.CoverAsync(Vote(10, 15)));
        await TroubleAsync();

        Assert.Contains("source epoch 11", (await Fence.CoverAsync(Vote(11, 15)))!.Detail, StringComparison.Ordinal);
        Assert.Null(await Fence.CoverAsync(Vote(10, 15)));
    }

    [Fact]
    public async Task A_duty_from_ahead_of_the_clock_does_not_make_the_source_bound_exact()
    {
        Open(fence: 20, newestSource: 10);
        At(epoch: 12);

        Assert.Null(await Fence.CoverAsync(Vote(10, 13)));
        Assert.Null(await Fence.CoverAsync(Block(13 * 32)));
        await Fence.CloseAsync();

        Assert.Equal(0, Anchor.Writes);
    }

    [Fact]
    public async Task What_may_be_lost_stays_below_the_source_bound_also_where_it_is_exact()
    {
        Open(fence: 20, newestSource: 18);
        At(epoch: 13);
        Assert.Null(await Fence.CoverAsync(Vote(9, 13)));
        At(epoch: 21);
        Assert.Null(await Fence.CoverAsync(Vote(9, 21)));
        await Fence.CloseAsync();

        Assert.Equal((30UL, 18UL), (Written().Fence.Value, Written().Bounds.Source.Value));
    }

    [Fact]
    public async Task Imported_history_stays_below_the_source_bound_also_where_it_is_exact()
    {
        Open(fence: 20, newestSource: 5);
        At(epoch: 13);
        Assert.Null(await Fence.CoverHistoryAsync(new HistoryEnd(1, default, default, new Epoch(12), new Epoch(13), null)));
        At(epoch: 16);
        Assert.Null(await Fence.CoverAsync(Vote(10, 16)));
        await Fence.CloseAsync();

        Assert.Equal(12UL, Written().Bounds.Source.Value);
    }

    [Fact]
    public async Task The_clock_makes_the_source_bound_exact_when_no_vote_comes()
    {
        Open(fence: 20, newestSource: 10);
        At(epoch: 13);
        Fence.Tick();
        await FenceReachesAsync(22);

        Assert.Equal(10UL, Written().Bounds.Source.Value);
    }
}
