using RemoteSigner.Clocks;
using RemoteSigner.RollbackProtection;
using RemoteSigner.Sealing;
using RemoteSigner.Slashing;
using RemoteSigner.Spec;
using static RemoteSigner.Tests.Slashing.Duties;

namespace RemoteSigner.Tests.RollbackProtection;

/// <summary>How far the fence goes, how long it waits, and what it says of itself.</summary>
public sealed class FenceLimitsTests : FenceScene
{
    private SlotClock Clock => new(Network, null, Time);

    [Fact]
    public async Task A_failing_anchor_is_left_alone_for_longer_each_time_but_never_for_more_than_half_a_minute()
    {
        Open(fence: 20);
        var tries = 0;
        Anchor.Step = step =>
        {
            if (step == "before write")
            {
                tries++;
                throw ModelRollbackAnchor.Fault();
            }
        };
        Assert.NotNull(await Fence.CoverAsync(Vote(29, 30)));
        Assert.Equal(1, tries);

        foreach (var pause in new[] { 1, 2, 4, 8, 16, 30, 30 })
        {
            var before = tries;
            Time.Advance(TimeSpan.FromSeconds(pause) - TimeSpan.FromMilliseconds(1));
            Assert.NotNull(await Fence.CoverAsync(Vote(29, 30)));
            Assert.Equal(before, tries);

            Time.Advance(TimeSpan.FromMilliseconds(1));
            Assert.NotNull(await Fence.CoverAsync(Vote(29, 30)));
            Assert.Equal(before + 1, tries);
        }
    }

    [Fact]
    public async Task An_anchor_that_took_something_meanwhile_is_asked_at_once()
    {
        Open(fence: 20);
        Anchor.FailAt("before write");
        Assert.NotNull(await Fence.CoverAsync(Vote(29, 30)));
        Anchor.Step = _ => { };
        Assert.Null(await Fence.AdoptVaultAsync(new VaultMark(2, default)));
        Assert.Equal(1, Fence.State.Moves);

        Assert.Null(await Fence.CoverAsync(Vote(29, 30)));

        Anchor.FailAt("before write");
        Assert.NotNull(await Fence.CoverAsync(Vote(59, 60)));
        Anchor.Step = _ => { };
        Time.Advance(TimeSpan.FromSeconds(1));
        Assert.Null(await Fence.CoverAsync(Vote(59, 60)));
        Assert.Equal(3, Fence.State.Moves);
    }

    [Fact]
    public async Task Once_another_run_wrote_there_nothing_passes_any_more_also_before_the_fence()
    {
        Open(fence: 20);
        Assert.Null(await Fence.CoverAsync(Vote(17, 18)));
        Assert.Null(await Fence.CoverAsync(Vote(17, 18)));
        Anchor.Record = new byte[FenceRecord.Length];

        Assert.Equal(RollbackReason.StartedElsewhere, (await Fence.CoverAsync(Vote(29, 30)))!.Reason);

        Assert.Equal(RollbackReason.StartedElsewhere, (await Fence.CoverAsync(Vote(17, 18)))!.Reason);
    }

    [Fact]
    public async Task The_anchor_is_not_waited_for_under_the_lock()
    {
        Open(fence: 20);
        var (asked, answered) = (0, 0);
        Anchor.Step = _ =>
        {
            asked++;
            answered += Task.Run(() => Fence.State).Wait(TimeSpan.FromSeconds(5)) ? 1 : 0;
        };

        Assert.Null(await Fence.CoverAsync(Vote(29, 30)));

        Assert.Equal((true, asked), (asked > 1, answered));
    }

    [Fact]
    public void A_duty_waits_three_seconds_for_the_anchor() => Assert.Equal(TimeSpan.FromSeconds(3), Fence.Timeout);

    [Fact]
    public async Task With_no_time_left_a_duty_is_judged_by_what_is_covered_now()
    {
        Open(fence: 20);
        Anchor.Gate = new TaskCompletionSource().Task;

        foreach (var none in new[] { TimeSpan.Zero, TimeSpan.FromSeconds(-2) })
        {
            var refusal = (await Fence.CoverAsync(Vote(29, 30), none))!;
            Assert.Equal(RollbackReason.FenceNotMoved, refusal.Reason);
            Assert.Contains("the anchor has not answered in time", refusal.Detail, StringComparison.Ordinal);
            Assert.Null(await Fence.CoverAsync(Vote(18, 19), none));
        }
    }

    [Fact]
    public async Task The_time_is_for_all_moves_that_a_duty_waits_for()
    {
        Open(fence: 20);
        var (first, second, begun) = (new TaskCompletionSource(), new TaskCompletionSource(), new TaskCompletionSource());
        var writes = 0;
        Anchor.Turn = step =>
        {
            if (step != "write")
            {
                return Task.CompletedTask;
            }

            if (writes++ == 0)
            {
                return first.Task;
            }

            begun.SetResult();
            return second.Task;
        };
        var near = Fence.CoverAsync(Vote(29, 30)).AsTask();
        var far = Fence.CoverAsync(Vote(59, 60)).AsTask();
        Time.Advance(TimeSpan.FromSeconds(2));
        first.SetResult();
        Assert.Null(await near);
        await begun.Task;

        Time.Advance(TimeSpan.FromSeconds(1));
        await Task.WhenAny(far, Task.Delay(500, TestContext.Current.CancellationToken));
        Time.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(RollbackReason.FenceNotMoved, (await far.WaitAsync(TimeSpan.FromSeconds(30)))!.Reason);
        second.SetResult();
    }

    [Fact]
    public async Task A_vote_with_its_source_in_its_target_epoch_moves_it_as_a_vote_of_the_next_one()
    {
        Open(fence: 20);

        Assert.Null(await Fence.CoverAsync(Vote(30, 30)));

        Assert.Equal(40UL, Written().Fence.Value);
    }

    [Theory]
    [InlineData(long.MaxValue - 9, true)]
    [InlineData(long.MaxValue - 8, false)]
    public async Task The_farthest_fence_is_the_last_epoch_that_can_be_stored(long target, bool isCovered)
    {
        Open(fence: 20);

        var refusal = await Fence.CoverAsync(Vote(5, (ulong)target));

        Assert.Equal(isCovered ? null : RollbackReason.FenceNotMoved, refusal?.Reason);
        Assert.Equal(isCovered ? (1, (ulong)long.MaxValue) : (0, 20UL), (Anchor.Writes, Written().Fence.Value));
    }

    [Fact]
    public async Task What_the_anchor_said_last_is_why_it_was_not_moved()
    {
        Open(fence: 20);
        Anchor.FailAt("before write");

        var refusal = (await Fence.CoverAsync(Vote(29, 30)))!;

        Assert.Contains("the model does not answer", refusal.Detail, StringComparison.Ordinal);
        Assert.Equal("wait", refusal.Hint);
    }

    [Fact]
    public async Task A_duty_that_waits_when_the_signer_stops_is_told_so()
    {
        Open(fence: 20);
        var gate = new TaskCompletionSource();
        Anchor.Gate = gate.Task;
        var waiting = Fence.CoverAsync(Vote(29, 30), TimeSpan.FromHours(1)).AsTask();
        var late = Fence.CoverAsync(Vote(29, 30)).AsTask();
        var closing = Fence.CloseAsync();
        for (var second = 0; second < 100 && !late.IsCompleted; second++)
        {
            Time.Advance(TimeSpan.FromSeconds(1));
            await Task.Delay(1, TestContext.Current.CancellationToken);
        }

        Assert.Equal(RollbackReason.Stopping, (await late)!.Reason);
        gate.SetResult();
        await closing;
        Assert.Equal(RollbackReason.Stopping, (await waiting)!.Reason);
    }

    [Fact]
    public void No_history_carries_the_fence_further_than_duties_could_have()
    {
        At(100);

        Assert.Equal(new Epoch(110), Fence.Ceiling(Network, Clock));
        Assert.Equal(new Epoch(10), Fence.Past(End(source: 8, target: 9), Network, Clock));
        Assert.Equal(new Epoch(109), Fence.Past(End(source: 8, target: 108), Network, Clock));
        Assert.Equal(new Epoch(110), Fence.Past(End(source: 8, target: 5000), Network, Clock));
    }

    [Fact]
    public async Task History_that_came_in_is_covered_as_if_it_had_been_signed_here()
    {
        At(100);
        Open(fence: 20);

        Assert.Null(await Fence.CoverHistoryAsync(End(null, null)));
        Assert.Null(await Fence.CoverHistoryAsync(End(source: 8, target: 9)));
        Assert.Equal(0, Anchor.Writes);

        Assert.Null(await Fence.CoverHistoryAsync(End(source: 28, target: 29)));
        Assert.Equal((1, 38UL), (Anchor.Writes, Written().Fence.Value));

        Anchor.Step = _ => throw ModelRollbackAnchor.Fault();
        Assert.Equal(RollbackReason.FenceNotMoved, (await Fence.CoverHistoryAsync(End(source: 58, target: 59)))!.Reason);
    }

    [Fact]
    public async Task History_of_the_first_epoch_is_history()
    {
        Assert.Null(await Fence.CoverHistoryAsync(End(null, null)));
        Assert.Equal(RollbackReason.NotStarted, (await Fence.CoverHistoryAsync(End(null, target: 0)))!.Reason);
    }

    [Fact]
    public async Task History_that_came_in_says_nothing_of_what_the_chain_justifies_now()
    {
        At(100);
        Open(fence: 105, newestSource: 98);

        Assert.Null(await Fence.CoverHistoryAsync(End(source: 50, target: 51)));
        Assert.Null(await Fence.CoverAsync(Block(100 * 32)));
        Assert.Null(await Fence.CoverAsync(Vote(5000, 100)));
        await Fence.CloseAsync();

        Assert.Equal(0, Anchor.Writes);
    }

    [Theory]
    [InlineData(11UL, 1)]
    [InlineData(12UL, 0)]
    public async Task The_clock_moves_it_by_no_more_than_one_step(ulong epoch, int writes)
    {
        Open(fence: 3);
        At(epoch);

        Fence.Tick();
        await Fence.CloseAsync();
        Fence.Tick();

        Assert.Equal(writes, Anchor.Writes);
    }

    [Fact]
    public async Task The_clock_does_not_move_what_is_closed()
    {
        Open(fence: 3);
        At(11);
        await Fence.CloseAsync();

        Fence.Tick();
        await Fence.CloseAsync();

        Assert.Equal(0, Anchor.Writes);
    }

    [Fact]
    public async Task The_clock_says_nothing_of_what_the_chain_justifies()
    {
        At(100);
        Open(fence: 101, newestSource: 99);

        Fence.Tick();
        await FenceReachesAsync(109);

        Assert.Equal(SignedBounds.Before(new Epoch(109)), Written().Bounds);
    }

    [Fact]
    public async Task What_passed_before_a_stop_does_not_pass_after_it()
    {
        Open(fence: 20);
        Assert.Null(await Fence.CoverAsync(Vote(17, 18)));

        await Fence.CloseAsync();

        Assert.Equal(RollbackReason.Stopping, (await Fence.CoverAsync(Vote(17, 18)))!.Reason);
    }

    [Fact]
    public void What_is_not_moved_for_is_judged_by_what_is_covered_now()
    {
        Assert.Equal(RollbackReason.NotStarted, Fence.Refusal(SlashableContent.None.Instance)!.Reason);
        Assert.Equal(RollbackReason.NotStarted, Fence.Refusal(Vote(1, 2))!.Reason);
        Open(fence: 20);

        Assert.Null(Fence.Refusal(SlashableContent.None.Instance));
        Assert.Null(Fence.Refusal(Vote(17, 18)));
        Assert.Null(Fence.Refusal(Vote(18, 19)));
        var refusal = Fence.Refusal(Vote(18, 20));
        Assert.Equal(RollbackReason.FenceNotMoved, refusal!.Reason);
        Assert.Contains("epoch 20 is not before the fence, epoch 20", refusal.Detail, StringComparison.Ordinal);
        Assert.Contains(
            "source epoch 19 is past the source bound, epoch 18",
            Fence.Refusal(Vote(19, 21))!.Detail,
            StringComparison.Ordinal
        );
        Assert.Equal(0, Anchor.Writes);
    }

    [Fact]
    public async Task A_fence_that_was_switched_off_says_so_and_lets_everything_pass()
    {
        Assert.Null(Fence.SwitchOff(null));

        Assert.Equal((true, null, null), (Fence.State.IsOff, Fence.State.Closed, Fence.State.Bounds));
        Assert.Null(await Fence.CoverAsync(Vote(1, ulong.MaxValue - 1)));
        Assert.Null(await Fence.AdoptVaultAsync(default));
        Assert.Equal(0, Anchor.Writes);
    }

    [Fact]
    public async Task A_ledger_that_knows_an_anchor_is_not_taken_without_one()
    {
        var refused = Fence.SwitchOff(new LedgerStart(Guid.Empty, "model", 7, 1));

        Assert.Equal(RollbackReason.AnchorSwitchedOff, refused!.Refusal.Reason);
        Assert.Equal((false, refused.Refusal), (Fence.State.IsOff, Fence.State.Closed));
        Assert.Equal(RollbackReason.AnchorSwitchedOff, (await Fence.CoverAsync(Vote(1, 2)))!.Reason);
    }

    [Fact]
    public async Task It_is_opened_once()
    {
        Open(fence: 20);
        Open(fence: 40);

        Assert.Equal(20UL, Fence.State.Bounds!.Value.Fence.Value);
        Anchor.Step = _ => throw ModelRollbackAnchor.Fault();
        Assert.NotNull(await Fence.CoverAsync(Vote(29, 30)));
    }

    [Fact]
    public async Task A_closed_fence_has_no_bounds_and_does_not_open_again()
    {
        Open(fence: 20);
        Assert.Equal((false, 20UL), (Fence.State.IsOff, Fence.State.Bounds!.Value.Fence.Value));
        await Fence.CloseAsync();
        Open(fence: 40);

        Assert.Null(Fence.State.Bounds);
        Assert.Equal(RollbackReason.Stopping, Fence.State.Closed!.Reason);
        Assert.Null(await Fence.AdoptVaultAsync(default));
        Assert.Equal(0, Anchor.Writes);
    }

    [Fact]
    public async Task Without_a_run_there_is_nothing_to_write_at_a_stop()
    {
        await Fence.CloseAsync();

        Assert.False(await Fence.WriteCleanStopAsync(End(null, null), default));
        Open(fence: 20);

        Assert.Equal(RollbackReason.Stopping, Fence.State.Closed!.Reason);
        Assert.Equal(0, Anchor.Writes);
    }

    [Fact]
    public void A_fence_that_is_disposed_of_gives_its_keys_back()
    {
        Open(fence: 20);

        Fence.Dispose();

        Assert.Throws<ObjectDisposedException>(() => Written());
    }

    private static HistoryEnd End(ulong? source, ulong? target) =>
        new(1, Root(1), Root(2), source is { } s ? new Epoch(s) : null, target is { } t ? new Epoch(t) : null, null);
}
