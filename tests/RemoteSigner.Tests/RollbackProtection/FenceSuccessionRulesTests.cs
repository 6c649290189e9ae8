using System.Security.Cryptography;
using RemoteSigner.Ledgers;
using RemoteSigner.RollbackProtection;
using RemoteSigner.Slashing;
using RemoteSigner.Spec;

namespace RemoteSigner.Tests.RollbackProtection;

/// <summary>The fence of a vault that gets another root key, step by step, and what it does where a place is not as it should be.</summary>
public sealed class FenceSuccessionRulesTests : IAsyncLifetime
{
    private FenceSuccessionScene _scene = null!;

    private ModelRollbackAnchor Former => _scene.Former;

    private ModelRollbackAnchor Next => _scene.Next;

    public async ValueTask InitializeAsync() => _scene = await FenceSuccessionScene.StoppedAsync(objects: false);

    public ValueTask DisposeAsync() => _scene.DisposeAsync();

    [Fact]
    public async Task The_next_place_is_provided_once_and_goes_away_while_it_holds_no_record()
    {
        await _scene.Succession.ProvideAsync(default);
        await _scene.Succession.ProvideAsync(default);
        Assert.True(Next.Memory.Exists);
        Assert.Null(await _scene.Succession.NextBoundsAsync(default));

        await _scene.Succession.AbandonAsync(default);
        Assert.False(Next.Memory.Exists);
        await _scene.Succession.AbandonAsync(default);

        await ProvideWithAsync(Bounds(15));
        await _scene.Succession.AbandonAsync(default);
        Assert.True(Next.Memory.Exists);
        Assert.Equal(15UL, (await _scene.Succession.NextBoundsAsync(default))!.Value.Fence.Value);
    }

    [Fact]
    public async Task A_next_place_under_other_keys_bears_nothing_and_is_not_taken_away()
    {
        await _scene.Succession.ProvideAsync(default);
        Next.Step = _ => throw Foreign();

        Assert.Null(await _scene.Succession.NextBoundsAsync(default));
        await _scene.Succession.AbandonAsync(default);

        Assert.True(Next.Memory.Exists);
    }

    [Fact]
    public async Task The_record_goes_on_in_the_next_place_and_the_ledger_names_it()
    {
        var known = await KnownAsync();
        var former = FenceRecord.Read(Former.Record, _scene.FormerPlace.Keys.Record)!;

        Assert.True(await _scene.Succession.RunAsync(_scene.Found, default));

        Assert.Equal(former with { Start = Next.Count }, Written());
        Assert.NotNull(Written().CleanStop);
        Assert.Equal(known with { Anchor = "model 2", Start = Next.Count }, await KnownAsync());
        Assert.False(Former.Memory.Exists);
    }

    [Fact]
    public async Task A_start_that_the_ledger_names_and_the_former_place_has_not_counted_is_ahead_in_the_next_one_too()
    {
        var known = await KnownAsync();
        await _scene.NameAsync(known with { Start = known.Start + 1 });

        Assert.True(await _scene.Succession.RunAsync(_scene.Found, default));

        Assert.Equal(Next.Count + 1, (await KnownAsync()).Start);
        Assert.NotNull(Written().CleanStop);
    }

    [Fact]
    public async Task A_start_that_was_counted_by_an_earlier_program_without_a_record_leaves_no_clean_stop()
    {
        var known = await KnownAsync();
        await _scene.NameAsync(known with { Start = known.Start + 1 });
        Former.Count++;
        Former.Record = AsOfVersion1(Former.Record);

        Assert.True(await _scene.Succession.RunAsync(_scene.Found, default));

        Assert.Null(Written().CleanStop);
        Assert.Equal(Next.Count, (await KnownAsync()).Start);
    }

    [Fact]
    public async Task Without_a_start_in_the_ledger_there_is_nothing_to_move()
    {
        await using var scene = await FenceSuccessionScene.StoppedAsync(objects: false, isNamed: false);

        Assert.True(await scene.Succession.RunAsync(scene.Found, default));
        await scene.Succession.ProvideAsync(default);
        await scene.Succession.FinishMoveAsync();

        Assert.Null(await scene.Slashing.GetStartAsync());
        Assert.True(scene.Former.Memory.Exists);
        Assert.Equal(0, scene.Next.Writes);
    }

    [Fact]
    public async Task What_an_earlier_try_left_is_joined_and_its_clean_stop_is_not_believed()
    {
        await ProvideWithAsync(Bounds(15));

        Assert.True(await _scene.Succession.RunAsync(_scene.Found, default));

        Assert.Equal(15UL, Written().Bounds.Fence.Value);
        Assert.Null(Written().CleanStop);
    }

    [Fact]
    public async Task The_same_record_left_by_an_earlier_try_is_still_a_clean_stop()
    {
        var known = await KnownAsync();
        Assert.True(await _scene.Succession.RunAsync(_scene.Found, default));
        await _scene.NameAsync(known);
        Former.Memory.Exists = true;

        Assert.True(await _scene.Succession.RunAsync(_scene.Found, default));

        Assert.NotNull(Written().CleanStop);
    }

    [Fact]
    public async Task Once_the_ledger_names_the_next_place_only_the_former_one_is_still_given_up()
    {
        Assert.True(await _scene.Succession.RunAsync(_scene.Found, default));
        var (known, writes) = (await KnownAsync(), Next.Writes);
        foreach (var again in (Func<Task>[])[() => _scene.Succession.RunAsync(_scene.Found, default), _scene.Succession.FinishMoveAsync])
        {
            Former.Memory.Exists = true;

            await again();

            Assert.False(Former.Memory.Exists);
            Assert.Equal((known, writes), (await KnownAsync(), Next.Writes));
        }
    }

    [Fact]
    public async Task A_next_place_that_is_named_and_holds_no_record_does_not_cost_the_former_one()
    {
        await _scene.NameAsync(await KnownAsync() with { Anchor = "model 2" });
        await _scene.Succession.ProvideAsync(default);

        Assert.False(await _scene.Succession.RunAsync(_scene.Found, default));
        await _scene.Succession.FinishMoveAsync();

        Assert.True(Former.Memory.Exists);
    }

    [Fact]
    public async Task A_device_that_does_not_show_what_it_took_ends_the_move_before_the_ledger_names_it()
    {
        var known = await KnownAsync();
        foreach (var spoil in (Action[])[() => Next.Record = [1], () => Next.Memory.Exists = false])
        {
            Next.Step = step =>
            {
                if (step == "after write")
                {
                    spoil();
                }
            };

            var fault = await Assert.ThrowsAsync<RollbackAnchorException>(() => _scene.Succession.RunAsync(_scene.Found, default));

            Assert.Equal(RollbackAnchorFault.Unreachable, fault.Fault);
            Assert.Contains("does not show what it has just taken", fault.Message, StringComparison.Ordinal);
            Assert.Equal(known, await KnownAsync());
            Assert.True(Former.Memory.Exists);
        }
    }

    [Fact]
    public async Task A_device_that_does_not_show_what_was_made_is_told()
    {
        Next.Turn = _ =>
        {
            Next.Memory.Exists = false;
            return Task.CompletedTask;
        };

        var fault = await Assert.ThrowsAsync<RollbackAnchorException>(() => _scene.Succession.RunAsync(_scene.Found, default));

        Assert.Equal(RollbackAnchorFault.Unreachable, fault.Fault);
        Assert.Contains("repeat the command", fault.Hint, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_former_place_that_cannot_be_given_up_is_told()
    {
        Former.Turn = _ =>
        {
            Former.Memory.Exists = true;
            return Task.CompletedTask;
        };

        var fault = await Assert.ThrowsAsync<RollbackAnchorException>(() => _scene.Succession.RunAsync(_scene.Found, default));

        Assert.Equal(RollbackAnchorFault.Refused, fault.Fault);
        Assert.Contains("still shows the fence", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_move_is_finished_where_both_places_are_known()
    {
        await ProvideWithAsync(Bounds(15));

        await _scene.Succession.FinishMoveAsync();

        Assert.Equal(("model 2", Next.Count), await KnownAsync() is var known ? (known.Anchor, known.Start) : default);
        Assert.False(Former.Memory.Exists);
    }

    [Fact]
    public async Task A_move_is_not_finished_without_a_next_place_or_from_another_former_one()
    {
        var known = await KnownAsync();
        await _scene.Succession.FinishMoveAsync();
        Assert.Equal((known, true), (await KnownAsync(), Former.Memory.Exists));

        await ProvideWithAsync(Bounds(15));
        Former.Memory.Exists = false;
        await _scene.Succession.FinishMoveAsync();
        Assert.Equal(known, await KnownAsync());

        Former.Memory.Exists = true;
        await _scene.NameAsync(known with { Anchor = "another" });
        await _scene.Succession.FinishMoveAsync();
        Assert.Equal(("another", true), ((await KnownAsync()).Anchor, Former.Memory.Exists));
    }

    [Fact]
    public async Task A_ledger_that_cannot_name_the_next_place_is_a_fault_of_the_move()
    {
        await ProvideWithAsync(Bounds(15));
        var succession = new FenceSuccession(_scene.FormerPlace, _scene.NextPlace, _scene.Slashing, (_, _) =>
            throw new LedgerException(LedgerFault.DiskFull, "no space", "make some")
        );

        var fault = await Assert.ThrowsAsync<RollbackAnchorException>(succession.FinishMoveAsync);

        Assert.Equal((RollbackAnchorFault.Unreachable, "make some"), (fault.Fault, fault.Hint));
        Assert.Contains("no space", fault.Message, StringComparison.Ordinal);
        Assert.True(Former.Memory.Exists);
    }

    private async Task<LedgerStart> KnownAsync() => (await _scene.Slashing.GetStartAsync())!;

    private FenceRecord Written() => FenceRecord.Read(Next.Record, _scene.NextPlace.Keys.Record)!;

    // With a clean stop, as the former place has one.
    private async Task ProvideWithAsync(SignedBounds bounds)
    {
        await _scene.Succession.ProvideAsync(default);
        var record = FenceRecord.Read(Former.Record, _scene.FormerPlace.Keys.Record)! with { Start = Next.Count, Bounds = bounds };
        Next.Record = record.Write(_scene.NextPlace.Keys.Record);
    }

    private byte[] AsOfVersion1(byte[] record)
    {
        byte[] content = [1, .. record[1..^32]];
        content.AsSpan(^16..).Fill(0xff); // The newest target and slot, where the vault's code stands now: none.
        return [.. content, .. HMACSHA256.HashData(_scene.FormerPlace.Keys.Record.Span, content)];
    }

    private static SignedBounds Bounds(ulong fence) => SignedBounds.Before(new Epoch(fence));

    private static RollbackAnchorException Foreign() => new(RollbackAnchorFault.Foreign, "under other keys", "look");
}
