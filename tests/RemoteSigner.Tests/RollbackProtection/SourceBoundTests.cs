using RemoteSigner.Audit;
using RemoteSigner.RollbackProtection;
using RemoteSigner.Slashing;

namespace RemoteSigner.Tests.RollbackProtection;

/// <summary>
/// After a crash low watermarks end by time alone, also while the chain does not justify: the anchor's record bounds the sources, too.
/// </summary>
public sealed class SourceBoundTests : IAsyncLifetime
{
    private const ulong Justified = 9;

    private readonly ModelRollbackAnchor _anchor = new();
    private SharedDirectory _directory = null!;

    public async ValueTask InitializeAsync() => _directory = await SharedDirectory.CreateAsync(_ => _anchor);

    public ValueTask DisposeAsync() => _directory.DisposeAsync();

    [Fact]
    public async Task A_crash_while_the_chain_does_not_justify_costs_the_epochs_before_the_fence_and_no_more()
    {
        await using (var run = await OpenAsync())
        {
            await run.StartAsync();
            await LiveAsync(run, from: Justified + 1, to: Justified + 20);
        }

        await using var next = await OpenAsync();
        var lowWatermark = Assert.IsType<StartDecision.RaiseLowWatermarks>(await next.StartAsync()).LowWatermark;
        Assert.Equal((true, Justified), (lowWatermark.Fence.Value <= Justified + 20 + Fence.LeadEpochs, lowWatermark.LowestSource.Value));
        At(lowWatermark.Fence.Value - 1);
        Assert.False(await next.VoteAsync(Justified, lowWatermark.Fence.Value - 1, 2));
        At(lowWatermark.Fence.Value);
        Assert.True(await next.VoteAsync(Justified, lowWatermark.Fence.Value, 2));
    }

    [Fact]
    public async Task A_second_crash_before_anything_is_justified_changes_nothing_about_the_source()
    {
        var now = Justified + 1;
        for (var crash = 0; crash < 3; crash++, now += 15)
        {
            await using var run = await OpenAsync();
            var lowWatermark = (await run.StartAsync() as StartDecision.RaiseLowWatermarks)?.LowWatermark;
            Assert.Equal(crash == 0 ? null : Justified, lowWatermark?.LowestSource.Value);
            await LiveAsync(run, from: now, to: now + 15);
        }
    }

    [Fact]
    public async Task A_crash_in_good_times_wants_a_source_two_epochs_before_the_fence()
    {
        await using (var run = await OpenAsync())
        {
            await run.StartAsync();
            for (ulong epoch = 10; epoch < 20; epoch++)
            {
                At(epoch);
                Assert.True(await run.VoteAsync(epoch - 1, epoch, 1));
            }
        }

        await using var next = await OpenAsync();
        var lowWatermark = Assert.IsType<StartDecision.RaiseLowWatermarks>(await next.StartAsync()).LowWatermark;
        Assert.Equal(SignedBounds.Before(lowWatermark.Fence), lowWatermark.Lost);
        At(lowWatermark.Fence.Value);
        Assert.Equal(lowWatermark, await next.Slashing.WatchLowWatermarkAsync());
        Assert.False(await next.VoteAsync(lowWatermark.LowestSource.Value - 1, lowWatermark.Fence.Value, 2));
        Assert.NotNull(next.Slashing.LowWatermark.InTheWay);
        Assert.True(await next.VoteAsync(lowWatermark.LowestSource.Value, lowWatermark.Fence.Value, 2));
        Assert.Null(next.Slashing.LowWatermark.InTheWay);
    }

    [Fact]
    public async Task What_a_crash_may_have_lost_stays_bounded_through_an_orderly_stop()
    {
        await using (var run = await OpenAsync())
        {
            await run.StartAsync();
        }

        var copy = "";
        await using (var next = await OpenAsync())
        {
            Assert.IsType<StartDecision.RaiseLowWatermarks>(await next.StartAsync());
            copy = _directory.Copy();
            await next.Audit.RecordAsync(new AuditEntry { Action = "test", Decision = AuditDecision.Event });
            await next.StopAsync();
        }

        await using var former = await _directory.OpenAsync(copy, _anchor);
        var lowWatermark = Assert.IsType<StartDecision.RaiseLowWatermarks>(await former.StartAsync()).LowWatermark;
        Assert.Equal(SharedDirectory.Fence - 2, lowWatermark.LowestSource.Value);
    }

    [Fact]
    public async Task An_orderly_stop_knows_the_newest_source_exactly()
    {
        var copy = "";
        await using (var run = await OpenAsync())
        {
            await run.StartAsync();
            copy = _directory.Copy();
            Assert.True(await run.VoteAsync(3, 9, 1));
            await run.StopAsync();
        }

        await using var former = await _directory.OpenAsync(copy, _anchor);
        Assert.Equal(3UL, Assert.IsType<StartDecision.RaiseLowWatermarks>(await former.StartAsync()).LowWatermark.LowestSource.Value);
    }

    private async Task LiveAsync(SharedDirectory.SharedRun run, ulong from, ulong to)
    {
        for (var epoch = from; epoch < to; epoch++)
        {
            At(epoch);
            run.Fence.Tick();
            await run.VoteAsync(Justified, epoch, 1);
        }

        await run.Fence.CloseAsync();
    }

    private void At(ulong epoch) =>
        _directory.Time.SetUtcNow(
            DateTimeOffset.FromUnixTimeSeconds((long)(SharedDirectory.Network.GenesisTime!.Value + (epoch * 32 * 12)))
        );

    private Task<SharedDirectory.SharedRun> OpenAsync() => _directory.OpenAsync(_directory.Ledger, _anchor);
}
