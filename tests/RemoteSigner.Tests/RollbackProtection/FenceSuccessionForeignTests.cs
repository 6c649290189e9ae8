using RemoteSigner.RollbackProtection;

namespace RemoteSigner.Tests.RollbackProtection;

/// <summary>
/// What stands in the next place under other keys is cleared away where the former place says that this is the newest state, and else told.
/// </summary>
public sealed class FenceSuccessionForeignTests : IAsyncLifetime
{
    private FenceSuccessionScene _scene = null!;
    private ModelMemory.Held _left = null!;

    public async ValueTask InitializeAsync()
    {
        _scene = await FenceSuccessionScene.StoppedAsync(objects: true);
        await _scene.Next.CreateAsync(default);
        _left = _scene.Next.Memory.List()[0];
        _scene.Next.Step = _ =>
        {
            if (IsThere)
            {
                throw Foreign();
            }
        };
    }

    public ValueTask DisposeAsync() => _scene.DisposeAsync();

    private bool IsThere => _scene.Next.Memory.List().Contains(_left);

    [Fact]
    public async Task In_the_newest_state_it_is_cleared_away()
    {
        await _scene.Succession.ProvideAsync(default);
        Assert.False(IsThere);

        Assert.True(await _scene.Succession.RunAsync(_scene.Found, default));
        Assert.Equal("model 2", (await _scene.Slashing.GetStartAsync())!.Anchor);
    }

    [Fact]
    public async Task It_is_cleared_away_when_the_move_is_made_too()
    {
        Assert.True(await _scene.Succession.RunAsync(_scene.Found, default));

        Assert.False(IsThere);
    }

    [Fact]
    public async Task A_former_place_that_has_counted_more_starts_says_that_it_is_not_the_newest()
    {
        var shown = (await _scene.Former.ReadAsync(default))!;
        await _scene.Former.CountAsync(shown, shown.Record, default);

        await IsToldAsync();
    }

    [Fact]
    public async Task A_former_place_that_has_counted_fewer_does_not()
    {
        var known = (await _scene.Slashing.GetStartAsync())!;
        await _scene.NameAsync(known with { Start = known.Start + 1 });

        await _scene.Succession.ProvideAsync(default);

        Assert.False(IsThere);
    }

    [Fact]
    public async Task A_ledger_that_names_another_place_says_so_too()
    {
        await _scene.NameAsync((await _scene.Slashing.GetStartAsync())! with { Anchor = "another" });

        await IsToldAsync();
    }

    [Fact]
    public async Task A_record_under_other_keys_in_the_former_place_says_so_too()
    {
        await _scene.Former.WriteRecordAsync((await _scene.Former.ReadAsync(default))!, new byte[FenceRecord.Length], default);

        await IsToldAsync();
    }

    [Fact]
    public async Task Without_a_former_place_nothing_is_known()
    {
        await _scene.Former.DiscardAsync(default);

        await IsToldAsync();
    }

    [Fact]
    public async Task A_former_place_under_other_keys_says_nothing()
    {
        _scene.Former.Step = _ => throw Foreign();

        await IsToldAsync();
    }

    private async Task IsToldAsync()
    {
        var fault = await Assert.ThrowsAsync<RollbackAnchorException>(() => _scene.Succession.ProvideAsync(default));

        Assert.Equal(RollbackAnchorFault.Foreign, fault.Fault);
        Assert.Contains("went on elsewhere", fault.Message, StringComparison.Ordinal);
        Assert.Contains("look there", fault.Hint, StringComparison.Ordinal);
        Assert.True(IsThere);
    }

    private static RollbackAnchorException Foreign() => new(RollbackAnchorFault.Foreign, "under other keys", "look there");
}
