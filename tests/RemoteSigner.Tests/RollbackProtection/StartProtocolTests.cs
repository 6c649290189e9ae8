using RemoteSigner.RollbackProtection;
using RemoteSigner.Slashing;
using RemoteSigner.Spec;
using RemoteSigner.Tests.Slashing;

namespace RemoteSigner.Tests.RollbackProtection;

/// <summary>One start, step by step: what it takes for its own, and what it hands on to the fence.</summary>
public sealed class StartProtocolTests : IAsyncLifetime
{
    private FenceSuccessionScene _scene = null!;
    private Fence _fence = null!;

    private ModelRollbackAnchor Anchor => _scene.Former;

    public async ValueTask InitializeAsync()
    {
        _scene = await FenceSuccessionScene.StoppedAsync(objects: false);
        _fence = _scene.NewFence();
    }

    public async ValueTask DisposeAsync()
    {
        _fence.Dispose();
        await _scene.DisposeAsync();
    }

    [Theory]
    [InlineData("nothing", false)]
    [InlineData("gone", true)]
    [InlineData("of another name", true)]
    [InlineData("put back", true)]
    [InlineData("counted twice", true)]
    [InlineData("written", true)]
    public async Task What_happened_to_the_anchor_between_two_tries_is_somebody_elses_doing(string what, bool isRefused)
    {
        var start = _scene.Start(_scene.Found);
        Anchor.FailAt("before increment");
        await Assert.ThrowsAsync<RollbackAnchorException>(() => start.RunAsync(_fence, default));
        Anchor.Step = _ => { };
        switch (what)
        {
            case "gone":
                Anchor.Memory.Exists = false;
                break;
            case "of another name":
                Anchor.Memory.Identity = "model 9";
                break;
            case "put back":
                Anchor.Count--;
                break;
            case "counted twice":
                Anchor.Count += 2;
                break;
            case "written":
                Anchor.Record = new byte[FenceRecord.Length];
                break;
        }

        var before = (await _scene.EndAsync()).Entries;

        var reason = (await start.RunAsync(_fence, default) as StartDecision.Refuse)?.Refusal.Reason;

        Assert.Equal(isRefused, reason is RollbackReason.StartedElsewhere);
        Assert.Equal(reason, _fence.State.Closed?.Reason);
        Assert.Equal(before + 1, (await _scene.EndAsync()).Entries);
    }

    [Fact]
    public async Task What_a_restore_would_put_back_is_known_to_the_fence()
    {
        Anchor.Rollback = "the anchor lies on the same disk";

        Assert.IsType<StartDecision.Serve>(await _scene.Start(_scene.Found).RunAsync(_fence, default));

        Assert.Equal("the anchor lies on the same disk", _fence.State.Rollback);
    }

    [Fact]
    public async Task The_source_of_what_was_signed_before_stays_below_an_exact_bound()
    {
        var end = _scene.Found.End with { Source = new Epoch(8), Target = new Epoch(9) };
        Change(record => record.EndedAt(end));

        Assert.IsType<StartDecision.Serve>(await _scene.Start(_scene.Found with { End = end }).RunAsync(_fence, default));

        Assert.Equal(8UL, await ExactSourceAsync());
    }

    [Fact]
    public async Task Without_a_vote_the_exact_bound_is_the_first_epoch()
    {
        Assert.IsType<StartDecision.Serve>(await _scene.Start(_scene.Found).RunAsync(_fence, default));

        Assert.Equal(0UL, await ExactSourceAsync());
    }

    [Theory]
    [InlineData(8UL, 18UL)]
    [InlineData(30UL, 30UL)]
    public async Task After_a_crash_what_may_be_lost_does_too(ulong known, ulong expected)
    {
        Change(record => record with { Bounds = SignedBounds.Before(new Epoch(20)), CleanStop = null, Run = Guid.NewGuid() });
        var found = _scene.Found with { End = _scene.Found.End with { Source = new Epoch(known) } };

        Assert.IsType<StartDecision.RaiseLowWatermarks>(await _scene.Start(found).RunAsync(_fence, default));

        Assert.Equal(expected, await ExactSourceAsync());
    }

    [Fact]
    public async Task Low_watermarks_that_wait_for_nothing_end_at_once()
    {
        await _scene.NameAsync((await _scene.Slashing.GetStartAsync())!);
        var found = _scene.Found with { End = await _scene.EndAsync() };

        Assert.IsType<StartDecision.RaiseLowWatermarks>(await _scene.Start(found).RunAsync(_fence, default));

        Assert.Null(await _scene.Slashing.WatchLowWatermarkAsync());
    }

    // Long after what was signed last the chain does not justify, and the source bound is made exact.
    private async Task<ulong> ExactSourceAsync()
    {
        _scene.At(60);
        Assert.Null(await _fence.CoverAsync(Duties.Block(60 * 32)));
        return Written().Bounds.Source.Value;
    }

    private FenceRecord Written() => FenceRecord.Read(Anchor.Record, _scene.FormerPlace.Keys.Record)!;

    private void Change(Func<FenceRecord, FenceRecord> change) => Anchor.Record = change(Written()).Write(_scene.FormerPlace.Keys.Record);
}
