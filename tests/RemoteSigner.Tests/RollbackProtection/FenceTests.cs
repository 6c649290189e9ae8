using RemoteSigner.RollbackProtection;
using RemoteSigner.Sealing;
using RemoteSigner.Spec;
using static RemoteSigner.Tests.Slashing.Duties;

namespace RemoteSigner.Tests.RollbackProtection;

/// <summary>The fence in a run: which duties pass, which move it, what happens when the anchor does not answer.</summary>
public sealed class FenceTests : FenceScene
{
    [Fact]
    public async Task Nothing_passes_before_the_start_protocol_has_opened_it()
    {
        Assert.Equal(RollbackReason.NotStarted, (await Fence.CoverAsync(Vote(1, 2)))!.Reason);
        Assert.Equal(RollbackReason.NotStarted, (await Fence.CoverAsync(SlashableContent.None.Instance))!.Reason);
    }

    [Fact]
    public async Task A_duty_before_the_fence_passes_and_writes_nothing()
    {
        Open(fence: 20);

        Assert.Null(await Fence.CoverAsync(Vote(17, 18)));
        Assert.Null(await Fence.CoverAsync(Block((18 * 32) + 31)));
        Assert.Null(await Fence.CoverAsync(SlashableContent.None.Instance));
        Assert.Equal(0, Anchor.Writes);
    }

    [Fact]
    public async Task A_duty_within_one_epoch_of_the_fence_passes_at_once_and_moves_it_behind_its_back()
    {
        Open(fence: 20);
        var gate = new TaskCompletionSource();
        Anchor.Gate = gate.Task;

        Assert.Null(await Fence.CoverAsync(Vote(18, 19)));
        Assert.Equal(0, Anchor.Writes);
        gate.SetResult();
        await FenceReachesAsync(28);

        Assert.Equal((1, 28UL), (Anchor.Writes, Written().Fence.Value));
        Assert.Null(await Fence.CoverAsync(Vote(25, 26)));
        Assert.Equal(1, Anchor.Writes);
    }

    [Fact]
    public async Task A_duty_beyond_the_fence_waits_until_the_anchor_has_the_further_one()
    {
        Open(fence: 20);
        var gate = new TaskCompletionSource();
        Anchor.Gate = gate.Task;
        var waiting = Fence.CoverAsync(Vote(29, 30)).AsTask();
        Assert.False(waiting.IsCompleted);

        gate.SetResult();

        Assert.Null(await waiting);
        Assert.Equal(39UL, Written().Fence.Value);
    }

    [Fact]
    public async Task A_duty_beyond_the_fence_is_refused_when_the_anchor_does_not_answer_in_time()
    {
        Open(fence: 20);
        Anchor.Gate = new TaskCompletionSource().Task;
        var waiting = Fence.CoverAsync(Vote(29, 30)).AsTask();
        while (!waiting.IsCompleted)
        {
            Time.Advance(TimeSpan.FromSeconds(1));
            await Task.Delay(1);
        }

        Assert.Equal(RollbackReason.FenceNotMoved, (await waiting)!.Reason);
        Assert.Null(await Fence.CoverAsync(Vote(18, 19)));
    }

    [Fact]
    public async Task An_anchor_that_fails_is_left_alone_for_a_while_and_tried_again()
    {
        Open(fence: 20);
        Anchor.FailAt("before write");
        Assert.Equal(RollbackReason.FenceNotMoved, (await Fence.CoverAsync(Vote(29, 30)))!.Reason);
        Anchor.Step = _ => { };
        Assert.Equal(RollbackReason.FenceNotMoved, (await Fence.CoverAsync(Vote(29, 30)))!.Reason);
        Assert.NotNull(Fence.State.Trouble);

        Time.Advance(TimeSpan.FromSeconds(2));

        Assert.Null(await Fence.CoverAsync(Vote(29, 30)));
        Assert.Null(Fence.State.Trouble);
    }

    [Theory]
    [InlineData(19UL, 19UL, 20UL)]
    [InlineData(18UL, 19UL, 19UL)]
    [InlineData(5UL, 19UL, 19UL)]
    public async Task A_vote_with_its_source_in_its_target_epoch_needs_the_fence_one_epoch_further(
        ulong source,
        ulong target,
        ulong covered
    )
    {
        Open(fence: covered);
        Anchor.Step = _ => throw ModelRollbackAnchor.Fault();

        Assert.NotNull(await Fence.CoverAsync(Vote(source, target)));
        Reopen(fence: covered + 1);
        Assert.Null(await Fence.CoverAsync(Vote(source, target)));
    }

    [Fact]
    public async Task A_vote_that_is_none_does_not_carry_the_fence_to_its_source()
    {
        Open(fence: 20);

        Assert.Null(await Fence.CoverAsync(Vote(ulong.MaxValue, 3)));
        Assert.Equal((0, 20UL), (Anchor.Writes, Fence.State.Bounds!.Value.Fence.Value));
    }

    [Theory]
    [InlineData(ulong.MaxValue, ulong.MaxValue)]
    [InlineData(1UL, ulong.MaxValue)]
    [InlineData(1UL, (ulong)long.MaxValue)]
    public async Task Numbers_that_no_fence_can_cover_are_refused(ulong source, ulong target)
    {
        Open(fence: 20);

        Assert.Equal(RollbackReason.FenceNotMoved, (await Fence.CoverAsync(Vote(source, target)))!.Reason);
        Assert.Equal(0, Anchor.Writes);
    }

    [Fact]
    public async Task The_clock_moves_it_when_no_duty_does_but_only_one_step()
    {
        Open(fence: 3);
        Time.Advance(TimeSpan.FromSeconds(2 * 32 * 12));
        Fence.Tick();
        await FenceReachesAsync(11);

        Time.Advance(TimeSpan.FromDays(1000));
        Fence.Tick();

        Assert.Equal((1, 11UL), (Anchor.Writes, Fence.State.Bounds!.Value.Fence.Value));
    }

    [Fact]
    public async Task Moving_on_takes_an_orderly_stop_back_and_stopping_lets_nothing_pass()
    {
        var end = new HistoryEnd(1, Root(1), Root(2), null, null, null);
        Open(fence: 20);
        await Fence.CoverAsync(Vote(18, 19));
        await Fence.CloseAsync();

        Assert.Null(Written().CleanStop);
        Assert.Equal(RollbackReason.Stopping, (await Fence.CoverAsync(Vote(1, 2)))!.Reason);
        Assert.True(await Fence.WriteCleanStopAsync(end, default));
        Assert.Equal((end, 28UL), (Written().CleanStop, Written().Fence.Value));
    }

    [Fact]
    public async Task An_orderly_stop_lies_past_a_history_that_came_in_while_it_stopped()
    {
        Open(fence: 3);
        await Fence.CloseAsync();
        Assert.True(await Fence.WriteCleanStopAsync(new HistoryEnd(1, Root(1), Root(2), new Epoch(8), new Epoch(9), null), default));

        Assert.Equal(10UL, Written().Fence.Value);
    }

    [Theory]
    [InlineData("read")]
    [InlineData("after write")]
    public async Task Whoever_is_no_longer_the_newest_start_moves_nothing_further_and_signs_nothing(string moment)
    {
        Open(fence: 20);
        Anchor.Step = step => Anchor.Count = step == moment ? 6UL : Anchor.Count;

        Assert.Equal(RollbackReason.StartedElsewhere, (await Fence.CoverAsync(Vote(29, 30)))!.Reason);
        Assert.Equal(RollbackReason.StartedElsewhere, (await Fence.CoverAsync(Vote(1, 2)))!.Reason);
        Assert.Equal(RollbackReason.StartedElsewhere, Fence.State.Closed!.Reason);
        Assert.Equal(moment == "read" ? 0 : 1, Anchor.Writes);
    }

    [Theory]
    [InlineData("read")]
    [InlineData("before compare")]
    [InlineData("after write")]
    public async Task Whoever_does_not_find_his_own_record_moves_nothing_further_and_signs_nothing(string moment)
    {
        Open(fence: 20);
        var other = Begun(Written() with { Run = Guid.NewGuid() });
        Anchor.Step = step => Anchor.Record = step == moment ? other.Claim : Anchor.Record;

        Assert.NotNull(await Fence.CoverAsync(Vote(29, 30)));
        Time.Advance(TimeSpan.FromSeconds(2));

        Assert.Equal(RollbackReason.StartedElsewhere, (await Fence.CoverAsync(Vote(29, 30)))!.Reason);
        Assert.Equal(RollbackReason.StartedElsewhere, (await Fence.CoverAsync(Vote(1, 2)))!.Reason);
    }

    [Fact]
    public async Task Two_runs_that_take_themselves_for_one_write_different_records_and_one_goes_on()
    {
        Open(fence: 20);
        var clone = NewFence();
        var twin = new RunRecord(Anchor, Keys, Written(), Time);
        Assert.Equal(Anchor.Record, twin.Claim);
        clone.Open(twin, new Epoch(18));

        Assert.Null(await clone.CoverAsync(Vote(29, 30)));
        Assert.Equal(RollbackReason.StartedElsewhere, (await Fence.CoverAsync(Vote(29, 30)))!.Reason);
    }

    [Fact]
    public async Task A_write_whose_answer_was_lost_is_known_as_its_own()
    {
        Open(fence: 20);
        Anchor.FailAt("after write");
        Assert.Equal(RollbackReason.FenceNotMoved, (await Fence.CoverAsync(Vote(29, 30)))!.Reason);
        Assert.Equal(39UL, Written().Fence.Value);
        Anchor.Step = _ => { };
        Time.Advance(TimeSpan.FromSeconds(2));

        Assert.Null(await Fence.CoverAsync(Vote(29, 30)));
    }

    [Fact]
    public async Task The_orderly_stop_of_a_start_that_is_not_the_newest_is_not_recorded()
    {
        Open(fence: 20);
        await Fence.CloseAsync();
        Anchor.Count++;

        await Assert.ThrowsAsync<RollbackAnchorException>(() =>
            Fence.WriteCleanStopAsync(new HistoryEnd(1, Root(1), Root(2), null, null, null), default)
        );
        Assert.Equal(0, Anchor.Writes);
    }

    /// <summary>Mainnet runs 82,181 epochs a year. Duties of many validators come in every slot, some for the next epoch already.</summary>
    [Fact]
    public async Task A_year_of_duties_writes_the_anchor_less_than_eleven_thousand_times()
    {
        const ulong EpochsPerYear = 82_181;
        Open(fence: 1);
        for (ulong epoch = 1; epoch <= EpochsPerYear; epoch++)
        {
            for (ulong slot = 0; slot < 32; slot += 8)
            {
                Time.SetUtcNow(DateTimeOffset.FromUnixTimeSeconds((long)(Network.GenesisTime!.Value + (((epoch * 32) + slot) * 12))));
                Fence.Tick();
                Assert.Null(await Fence.CoverAsync(Vote(epoch - 1, epoch)));
                Assert.Null(await Fence.CoverAsync(Block((epoch * 32) + slot)));
            }
        }

        await Fence.CloseAsync();
        TestContext.Current.TestOutputHelper?.WriteLine($"{Anchor.Writes} writes");
        Assert.InRange(Anchor.Writes, 10_000, 11_000);
    }

    [Fact]
    public async Task A_vault_that_was_changed_meanwhile_is_in_the_record_at_once_and_in_every_later_one()
    {
        Open(fence: 20);

        Assert.Null(await Fence.AdoptVaultAsync(new VaultMark(2, default)));
        Assert.Equal((2UL, 20UL), (Written().VaultGeneration, Written().Fence.Value));

        await Fence.CoverAsync(Vote(18, 19));
        await FenceReachesAsync(28);
        Assert.Equal(2UL, Written().VaultGeneration);
        await Fence.CloseAsync();
        await Fence.WriteCleanStopAsync(new HistoryEnd(1, Root(1), Root(2), null, null, null), default);
        Assert.Equal(2UL, Written().VaultGeneration);
    }

    [Fact]
    public async Task A_changed_vault_comes_after_a_move_that_is_under_way_and_again_when_the_anchor_failed()
    {
        Open(fence: 20);
        var gate = new TaskCompletionSource();
        Anchor.Gate = gate.Task;
        Assert.Null(await Fence.CoverAsync(Vote(18, 19)));
        var adopted = Fence.AdoptVaultAsync(new VaultMark(2, default));
        gate.SetResult();
        Assert.Null(await adopted);
        Assert.Equal((2UL, 28UL), (Written().VaultGeneration, Written().Fence.Value));

        Anchor.Step = _ => throw ModelRollbackAnchor.Fault();
        Assert.NotNull(await Fence.AdoptVaultAsync(new VaultMark(3, default)));
        Anchor.Step = _ => { };
        Time.Advance(TimeSpan.FromMinutes(1));
        await Fence.CoverAsync(Vote(26, 27));
        await FenceReachesAsync(36);
        Assert.Equal(3UL, Written().VaultGeneration);
    }
}
