using RemoteSigner.RollbackProtection;
using RemoteSigner.Tests.Slashing;

namespace RemoteSigner.Tests.RollbackProtection;

/// <summary>A fence that is open while its vault gets another root key.</summary>
public sealed class FenceGoesOnTests : IAsyncLifetime
{
    private FenceSuccessionScene _scene = null!;
    private int _taken;

    public async ValueTask InitializeAsync() => _scene = await FenceSuccessionScene.StoppedAsync(objects: false);

    public ValueTask DisposeAsync() => _scene.DisposeAsync();

    [Fact]
    public async Task A_fence_without_a_run_leaves_it_to_the_next_start()
    {
        using var unopened = _scene.NewFence();
        Assert.False(await GoOnAsync(unopened));

        using var off = _scene.NewFence();
        Assert.Null(off.SwitchOff(null));
        Assert.False(await GoOnAsync(off));

        using var closed = await _scene.OpenFenceAsync();
        await closed.CloseAsync();
        Assert.False(await GoOnAsync(closed));

        Assert.Equal((0, false), (_taken, _scene.Next.Memory.Exists));
    }

    [Fact]
    public async Task A_next_place_that_was_provided_before_is_taken()
    {
        using var fence = await _scene.OpenFenceAsync();
        await _scene.Succession.ProvideAsync(default);

        Assert.True(await GoOnAsync(fence));

        Assert.Equal((1, false), (_scene.Next.Writes, _scene.Former.Memory.Exists));
    }

    [Fact]
    public async Task It_goes_on_in_the_next_place_once()
    {
        using var fence = await _scene.OpenFenceAsync();

        Assert.True(await GoOnAsync(fence));
        Assert.Equal((1, 1, false), (_taken, _scene.Next.Writes, _scene.Former.Memory.Exists));
        Assert.True(await GoOnAsync(fence));

        Assert.Equal((1, 1), (_taken, _scene.Next.Writes));
        Assert.Equal("model 2", (await _scene.Slashing.GetStartAsync())!.Anchor);
    }

    [Fact]
    public async Task It_waits_for_a_move_that_is_under_way_and_takes_its_bounds_along()
    {
        using var fence = await _scene.OpenFenceAsync();
        var gate = new TaskCompletionSource();
        _scene.Former.Gate = gate.Task;
        _scene.At(40);
        var duty = fence.CoverAsync(Duties.Vote(39, 40)).AsTask();

        var goingOn = GoOnAsync(fence);
        await Task.Delay(50, TestContext.Current.CancellationToken);
        Assert.False(_scene.Next.Memory.Exists);
        gate.SetResult();

        Assert.Null(await duty);
        Assert.True(await goingOn);
        Assert.Equal((1, 49UL), (_taken, FenceRecord.Read(_scene.Next.Record, _scene.NextPlace.Keys.Record)!.Fence.Value));
    }

    [Fact]
    public async Task A_former_place_that_could_not_be_given_up_is_given_up_later()
    {
        using var fence = await HalfMovedAsync();
        Assert.Equal("model 2", (await _scene.Slashing.GetStartAsync())!.Anchor);

        Assert.True(await GoOnAsync(fence));
        Assert.Equal((1, 1, false), (_taken, _scene.Next.Writes, _scene.Former.Memory.Exists));
    }

    [Fact]
    public async Task The_next_move_gives_it_up_too()
    {
        using var fence = await HalfMovedAsync();
        _scene.At(40);

        Assert.Null(await fence.CoverAsync(Duties.Vote(39, 40)));

        Assert.False(_scene.Former.Memory.Exists);
    }

    [Fact]
    public async Task An_orderly_stop_gives_it_up_too()
    {
        using var fence = await HalfMovedAsync();
        await fence.CloseAsync();

        Assert.True(await fence.WriteCleanStopAsync(await _scene.EndAsync(), default));

        Assert.False(_scene.Former.Memory.Exists);
        Assert.NotNull(FenceRecord.Read(_scene.Next.Record, _scene.NextPlace.Keys.Record)!.CleanStop);
    }

    [Fact]
    public async Task What_is_finished_is_finished_again_only_when_it_is_asked_for()
    {
        using var fence = await _scene.OpenFenceAsync();
        Assert.True(await GoOnAsync(fence));
        _scene.Former.Memory.Exists = true;

        _scene.At(40);
        Assert.Null(await fence.CoverAsync(Duties.Vote(39, 40)));
        Assert.True(_scene.Former.Memory.Exists);

        Assert.True(await GoOnAsync(fence));
        Assert.False(_scene.Former.Memory.Exists);
    }

    [Fact]
    public async Task A_duty_that_waited_while_it_failed_is_judged_by_the_former_place()
    {
        using var fence = await _scene.OpenFenceAsync();
        var gate = new TaskCompletionSource();
        _scene.Next.Turn = _ => gate.Task;
        var goingOn = GoOnAsync(fence);
        _scene.At(40);
        var duty = fence.CoverAsync(Duties.Vote(39, 40)).AsTask();
        Assert.False(duty.IsCompleted);

        _scene.Next.Step = _ => throw ModelRollbackAnchor.Fault();
        gate.SetResult();

        await Assert.ThrowsAsync<RollbackAnchorException>(() => goingOn);
        Assert.Null(await duty);
        Assert.Equal((0, 49UL), (_taken, FenceRecord.Read(_scene.Former.Record, _scene.FormerPlace.Keys.Record)!.Fence.Value));
    }

    [Fact]
    public async Task The_device_is_not_waited_for_under_the_lock()
    {
        using var fence = await _scene.OpenFenceAsync();
        var (asked, answered) = (0, 0);
        _scene.Next.Step = _ =>
        {
            asked++;
            answered += Task.Run(() => fence.State).Wait(TimeSpan.FromSeconds(5)) ? 1 : 0;
        };

        Assert.True(await GoOnAsync(fence));
        Assert.True(await GoOnAsync(fence));

        Assert.Equal((true, asked), (asked > 1, answered));
    }

    [Fact]
    public async Task The_keys_of_both_places_are_given_back_with_it()
    {
        var fence = await _scene.OpenFenceAsync();
        Assert.True(await GoOnAsync(fence));

        fence.Dispose();

        Assert.Throws<ObjectDisposedException>(() => _scene.FormerPlace.Keys.Record.Span[0]);
        Assert.Throws<ObjectDisposedException>(() => _scene.NextPlace.Keys.Record.Span[0]);
    }

    // In the next place, but the former one could not be given up.
    private async Task<Fence> HalfMovedAsync()
    {
        var fence = await _scene.OpenFenceAsync();
        _scene.Former.Turn = _ =>
        {
            _scene.Former.Memory.Exists = true;
            return Task.CompletedTask;
        };
        var fault = await Assert.ThrowsAsync<RollbackAnchorException>(() => GoOnAsync(fence));
        Assert.Equal(RollbackAnchorFault.Refused, fault.Fault);
        _scene.Former.Turn = _ => Task.CompletedTask;
        return fence;
    }

    private Task<bool> GoOnAsync(Fence fence) => fence.GoOnAsync(_scene.Succession, 1, () => _taken++);
}
