using Microsoft.Extensions.Time.Testing;
using RemoteSigner.Consensus.Spec;
using RemoteSigner.Freshness;
using RemoteSigner.Native;
using static RemoteSigner.Tests.Slashing.Duties;

namespace RemoteSigner.Tests.Freshness;

/// <summary>The fence in a run: which duties pass, which move it, what happens when the witness does not answer.</summary>
public sealed class FenceTests : IDisposable
{
    private static readonly Network _network = Network.Find("hoodi")!;

    private readonly SecretArena _arena = new();
    private readonly FakeTimeProvider _time = new(DateTimeOffset.FromUnixTimeSeconds((long)_network.GenesisTime!.Value));
    private readonly ModelWitness _witness = new() { Exists = true, Count = 5 };
    private readonly FenceKeys _keys;
    private Fence _fence;

    public FenceTests()
    {
        _keys = new FenceKeys(_arena.Allocate(32), _arena.Allocate(32));
        _fence = new Fence(_network, new SlotClock(_network, null, _time), _time);
    }

    [Fact]
    public async Task Nothing_passes_before_the_start_protocol_has_opened_it()
    {
        Assert.Equal(FreshnessReason.NotStarted, (await _fence.CoverAsync(Vote(1, 2)))!.Reason);
        Assert.Equal(FreshnessReason.NotStarted, (await _fence.CoverAsync(SlashableContent.None.Instance))!.Reason);
    }

    [Fact]
    public async Task A_duty_before_the_fence_passes_and_writes_nothing()
    {
        Open(fence: 20);

        Assert.Null(await _fence.CoverAsync(Vote(17, 18)));
        Assert.Null(await _fence.CoverAsync(Block((18 * 32) + 31)));
        Assert.Null(await _fence.CoverAsync(SlashableContent.None.Instance));
        Assert.Equal(0, _witness.Writes);
    }

    [Fact]
    public async Task A_duty_within_one_epoch_of_the_fence_passes_at_once_and_moves_it_behind_its_back()
    {
        Open(fence: 20);
        var gate = new TaskCompletionSource();
        _witness.Gate = gate.Task;

        Assert.Null(await _fence.CoverAsync(Vote(18, 19)));
        Assert.Equal(0, _witness.Writes);
        gate.SetResult();
        await EdgeAsync(28);

        Assert.Equal((1, 28UL), (_witness.Writes, Written().Fence.Value));
        Assert.Null(await _fence.CoverAsync(Vote(25, 26)));
        Assert.Equal(1, _witness.Writes);
    }

    [Fact]
    public async Task A_duty_beyond_the_fence_waits_until_the_witness_has_the_further_one()
    {
        Open(fence: 20);
        var gate = new TaskCompletionSource();
        _witness.Gate = gate.Task;
        var waiting = _fence.CoverAsync(Vote(29, 30)).AsTask();
        Assert.False(waiting.IsCompleted);

        gate.SetResult();

        Assert.Null(await waiting);
        Assert.Equal(39UL, Written().Fence.Value);
    }

    [Fact]
    public async Task A_duty_beyond_the_fence_is_refused_when_the_witness_does_not_answer_in_time()
    {
        Open(fence: 20);
        _witness.Gate = new TaskCompletionSource().Task;
        var waiting = _fence.CoverAsync(Vote(29, 30)).AsTask();
        while (!waiting.IsCompleted)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            await Task.Delay(1);
        }

        Assert.Equal(FreshnessReason.FenceNotMoved, (await waiting)!.Reason);
        Assert.Null(await _fence.CoverAsync(Vote(18, 19)));
    }

    [Fact]
    public async Task A_witness_that_fails_is_left_alone_for_a_while_and_tried_again()
    {
        Open(fence: 20);
        _witness.Step = step => _ = step == "before write" ? throw ModelWitness.Fault() : step;
        Assert.Equal(FreshnessReason.FenceNotMoved, (await _fence.CoverAsync(Vote(29, 30)))!.Reason);
        _witness.Step = _ => { };
        Assert.Equal(FreshnessReason.FenceNotMoved, (await _fence.CoverAsync(Vote(29, 30)))!.Reason);
        Assert.NotNull(_fence.State.Trouble);

        _time.Advance(TimeSpan.FromSeconds(2));

        Assert.Null(await _fence.CoverAsync(Vote(29, 30)));
        Assert.Null(_fence.State.Trouble);
    }

    [Theory]
    [InlineData(19UL, 19UL, 20UL)]
    [InlineData(18UL, 19UL, 19UL)]
    [InlineData(5UL, 19UL, 19UL)]
    public async Task A_vote_with_its_source_in_its_target_epoch_needs_the_fence_one_epoch_further(ulong source, ulong target, ulong covered)
    {
        Open(fence: covered);
        _witness.Step = _ => throw ModelWitness.Fault();

        Assert.NotNull(await _fence.CoverAsync(Vote(source, target)));
        Reopen(fence: covered + 1);
        Assert.Null(await _fence.CoverAsync(Vote(source, target)));
    }

    [Fact]
    public async Task A_vote_that_is_none_does_not_carry_the_fence_to_its_source()
    {
        Open(fence: 20);

        Assert.Null(await _fence.CoverAsync(Vote(ulong.MaxValue, 3)));
        Assert.Equal((0, 20UL), (_witness.Writes, _fence.State.Edge!.Value.Value));
    }

    [Theory]
    [InlineData(ulong.MaxValue, ulong.MaxValue)]
    [InlineData(1UL, ulong.MaxValue)]
    [InlineData(1UL, (ulong)long.MaxValue)]
    public async Task Numbers_that_no_fence_can_cover_are_refused(ulong source, ulong target)
    {
        Open(fence: 20);

        Assert.Equal(FreshnessReason.FenceNotMoved, (await _fence.CoverAsync(Vote(source, target)))!.Reason);
        Assert.Equal(0, _witness.Writes);
    }

    [Fact]
    public async Task The_clock_moves_it_when_no_duty_does_but_only_one_step()
    {
        Open(fence: 3);
        _time.Advance(TimeSpan.FromSeconds(2 * 32 * 12));
        _fence.Tick();
        await EdgeAsync(11);

        _time.Advance(TimeSpan.FromDays(1000));
        _fence.Tick();

        Assert.Equal((1, 11UL), (_witness.Writes, _fence.State.Edge!.Value.Value));
    }

    [Fact]
    public async Task Moving_on_takes_an_orderly_stop_back_and_stopping_lets_nothing_pass()
    {
        var end = new HistoryEnd(1, Root(1), Root(2), null, null, null);
        Open(fence: 20);
        await _fence.CoverAsync(Vote(18, 19));
        await _fence.CloseAsync();

        Assert.Null(Written().CleanStop);
        Assert.Equal(FreshnessReason.Stopping, (await _fence.CoverAsync(Vote(1, 2)))!.Reason);
        Assert.True(await _fence.WriteCleanStopAsync(end, default));
        Assert.Equal((end, 28UL), (Written().CleanStop, Written().Fence.Value));
    }

    [Theory]
    [InlineData("read")]
    [InlineData("after write")]
    public async Task Whoever_is_no_longer_the_newest_start_moves_nothing_further_and_signs_nothing(string moment)
    {
        Open(fence: 20);
        _witness.Step = step => _witness.Count = step == moment ? 6UL : _witness.Count;

        Assert.Equal(FreshnessReason.StartedElsewhere, (await _fence.CoverAsync(Vote(29, 30)))!.Reason);
        Assert.Equal(FreshnessReason.StartedElsewhere, (await _fence.CoverAsync(Vote(1, 2)))!.Reason);
        Assert.Equal(FreshnessReason.StartedElsewhere, _fence.State.Closed!.Reason);
        Assert.Equal(moment == "read" ? 0 : 1, _witness.Writes);
    }

    [Fact]
    public async Task The_orderly_stop_of_a_start_that_is_not_the_newest_is_not_recorded()
    {
        Open(fence: 20);
        await _fence.CloseAsync();
        _witness.Count++;

        await Assert.ThrowsAsync<WitnessException>(() => _fence.WriteCleanStopAsync(new HistoryEnd(1, Root(1), Root(2), null, null, null), default));
        Assert.Equal(0, _witness.Writes);
    }

    [Fact]
    public void A_record_reads_as_it_was_written_and_not_with_another_key_or_a_changed_byte()
    {
        var record = new FenceRecord(Guid.NewGuid(), 3, new Epoch(77), 9, new HistoryEnd(1, Root(1), Root(2), new Epoch(5), null, new Slot(8)));
        var bytes = record.Write(_keys.Record);

        Assert.Equal(record, FenceRecord.Read(bytes, _keys.Record));
        Assert.Equal(record with { CleanStop = null }, FenceRecord.Read((record with { CleanStop = null }).Write(_keys.Record), _keys.Record));
        Assert.Equal(FenceRecord.Length, bytes.Length);
        _keys.Witness.Span.Fill(1);
        Assert.Null(FenceRecord.Read(bytes, _keys.Witness));
        for (var i = 0; i < bytes.Length; i++)
        {
            var changed = bytes.ToArray();
            changed[i] ^= 1;
            Assert.Null(FenceRecord.Read(changed, _keys.Record));
        }
    }

    /// <summary>Mainnet runs 82,181 epochs a year. Duties of many validators come in every slot, some for the next epoch already.</summary>
    [Fact]
    public async Task A_year_of_duties_writes_the_witness_less_than_eleven_thousand_times()
    {
        const ulong EpochsPerYear = 82_181;
        Open(fence: 1);
        for (ulong epoch = 1; epoch <= EpochsPerYear; epoch++)
        {
            for (ulong slot = 0; slot < 32; slot += 8)
            {
                _time.SetUtcNow(DateTimeOffset.FromUnixTimeSeconds((long)(_network.GenesisTime!.Value + (((epoch * 32) + slot) * 12))));
                _fence.Tick();
                Assert.Null(await _fence.CoverAsync(Vote(epoch - 1, epoch)));
                Assert.Null(await _fence.CoverAsync(Block((epoch * 32) + slot)));
            }
        }

        await _fence.CloseAsync();
        TestContext.Current.TestOutputHelper?.WriteLine($"{_witness.Writes} writes");
        Assert.InRange(_witness.Writes, 10_000, 11_000);
    }

    [Fact]
    public async Task A_vault_that_was_changed_meanwhile_is_in_the_record_at_once_and_in_every_later_one()
    {
        Open(fence: 20);

        Assert.Null(await _fence.AdoptVaultAsync(2));
        Assert.Equal((2UL, 20UL), (Written().VaultGeneration, Written().Fence.Value));

        await _fence.CoverAsync(Vote(18, 19));
        await EdgeAsync(28);
        Assert.Equal(2UL, Written().VaultGeneration);
        await _fence.CloseAsync();
        await _fence.WriteCleanStopAsync(new HistoryEnd(1, Root(1), Root(2), null, null, null), default);
        Assert.Equal(2UL, Written().VaultGeneration);
    }

    [Fact]
    public async Task A_changed_vault_comes_after_a_move_that_is_under_way_and_again_when_the_witness_failed()
    {
        Open(fence: 20);
        var gate = new TaskCompletionSource();
        _witness.Gate = gate.Task;
        Assert.Null(await _fence.CoverAsync(Vote(18, 19)));
        var adopted = _fence.AdoptVaultAsync(2);
        gate.SetResult();
        Assert.Null(await adopted);
        Assert.Equal((2UL, 28UL), (Written().VaultGeneration, Written().Fence.Value));

        _witness.Step = _ => throw ModelWitness.Fault();
        Assert.NotNull(await _fence.AdoptVaultAsync(3));
        _witness.Step = _ => { };
        _time.Advance(TimeSpan.FromMinutes(1));
        await _fence.CoverAsync(Vote(26, 27));
        await EdgeAsync(36);
        Assert.Equal(3UL, Written().VaultGeneration);
    }

    public void Dispose()
    {
        _fence.Dispose();
        _arena.Dispose();
    }

    private void Open(ulong fence) => _fence.Open(_witness, _keys, new FenceRecord(Guid.Empty, 5, new Epoch(fence), 1, null));

    private void Reopen(ulong fence)
    {
        _fence = new Fence(_network, new SlotClock(_network, null, _time), _time);
        Open(fence);
    }

    private FenceRecord Written() => FenceRecord.Read(_witness.Record, _keys.Record)!;

    private async Task EdgeAsync(ulong edge)
    {
        for (var attempt = 0; attempt < 500 && _fence.State.Edge?.Value != edge; attempt++)
        {
            await Task.Delay(10);
        }

        Assert.Equal(edge, _fence.State.Edge?.Value);
    }
}
