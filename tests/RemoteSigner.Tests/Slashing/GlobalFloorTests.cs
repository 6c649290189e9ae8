using RemoteSigner.Ledgers;
using RemoteSigner.Slashing;
using RemoteSigner.Slashing.Store;
using RemoteSigner.Spec;
using static RemoteSigner.Tests.Slashing.Duties;

namespace RemoteSigner.Tests.Slashing;

/// <summary>The floor under all keys, and the row of starts beside it. Minimal preset: 8 slots an epoch.</summary>
public sealed class GlobalFloorTests
{
    private static readonly LedgerStart _start = new(Guid.Parse("00112233-4455-6677-8899-aabbccddeeff"), "witness", 3, 1);

    [Fact]
    public async Task Refuses_below_the_fence_for_every_key_present_and_future_also_after_an_export()
    {
        await using var signer = await SignerAsync();
        await signer.RequestAsync(Key(1), Vote(1, 2), Root(1));
        await signer.RequestAsync(Key(1), Block(20), Root(1));
        await signer.Slashing.RecordStartAsync(_start, new GlobalFloor(SignedBounds.Before(new Epoch(10)), "it crashed"));
        await signer.ReopenAsync();
        await signer.RegisterAsync(Key(2));
        await using var moved = await signer.MoveAsync(InterchangeReading.FloorsAtLowest);
        await moved.Slashing.RegisterAsync(Key(1), SlashingFloor.FromHistory);
        await moved.Slashing.RegisterAsync(Key(2), SlashingFloor.FromHistory);

        foreach (var key in new[] { Key(1), Key(2) })
        {
            var refused = Assert.IsType<PermitDecision.Refused>(await signer.RequestAsync(key, Vote(8, 9), Root(1)));
            Assert.Equal(SlashingRule.BelowGlobalFloor, refused.Rule);
            Assert.Contains("it crashed", refused.Detail, StringComparison.Ordinal);
            foreach (var side in new[] { signer, moved })
            {
                Assert.NotNull(RuleOf(await side.RequestAsync(key, Vote(8, 9), Root(1))));
                Assert.NotNull(RuleOf(await side.RequestAsync(key, Vote(7, 10), Root(1))));
                Assert.NotNull(RuleOf(await side.RequestAsync(key, Vote(1, 2), Root(1))));
                Assert.NotNull(RuleOf(await side.RequestAsync(key, Block(79), Root(1))));
                Assert.Null(RuleOf(await side.RequestAsync(key, Vote(8, 10), Root(1))));
                Assert.Null(RuleOf(await side.RequestAsync(key, Block(80), Root(1))));
            }
        }
    }

    [Fact]
    public async Task Never_falls_and_is_taken_away_only_by_a_person()
    {
        await using var signer = await SignerAsync();
        await signer.Slashing.RecordStartAsync(_start, new GlobalFloor(SignedBounds.Before(new Epoch(10)), "first"));
        await signer.Slashing.RecordStartAsync(_start with { Start = 4 }, new GlobalFloor(SignedBounds.Before(new Epoch(8)), "second"));
        await signer.Slashing.RecordStartAsync(_start with { Start = 5 }, null);

        Assert.Equal(new GlobalFloor(SignedBounds.Before(new Epoch(10)), "first"), await signer.Slashing.GetGlobalFloorAsync());
        Assert.Equal(_start with { Start = 5 }, await signer.Slashing.GetStartAsync());
        await signer.Slashing.RemoveGlobalFloorAsync();
        Assert.Null(await signer.Slashing.GetGlobalFloorAsync());
    }

    [Fact]
    public async Task Lets_votes_pass_from_its_own_source_on_and_keeps_it_through_a_restart()
    {
        await using var signer = await SignerAsync();
        await signer.Slashing.RecordStartAsync(_start, new GlobalFloor(new SignedBounds(new Epoch(10), new Epoch(3)), "it crashed"));
        await signer.ReopenAsync();

        Assert.Equal(new SignedBounds(new Epoch(10), new Epoch(3)), (await signer.Slashing.GetGlobalFloorAsync())!.Lost);
        Assert.Equal(SlashingRule.BelowGlobalFloor, RuleOf(await signer.RequestAsync(Key(1), Vote(2, 10), Root(1))));
        Assert.Equal(SlashingRule.BelowGlobalFloor, RuleOf(await signer.RequestAsync(Key(1), Vote(3, 9), Root(1))));
        Assert.Null(RuleOf(await signer.RequestAsync(Key(1), Vote(3, 10), Root(1))));
    }

    [Theory]
    [InlineData(12UL, 2UL)]
    [InlineData(8UL, 5UL)]
    public async Task Over_one_that_stands_neither_epoch_nor_source_falls(ulong fence, ulong source)
    {
        await using var signer = await SignerAsync();
        await signer.Slashing.RecordStartAsync(_start, new GlobalFloor(new SignedBounds(new Epoch(10), new Epoch(3)), "first"));
        await signer.Slashing.RecordStartAsync(_start, new GlobalFloor(new SignedBounds(new Epoch(fence), new Epoch(source)), "second"));

        Assert.Equal(
            new SignedBounds(new Epoch(Math.Max(10, fence)), new Epoch(Math.Max(3, source))),
            (await signer.Slashing.GetGlobalFloorAsync())!.Lost
        );
    }

    [Fact]
    public async Task Stands_in_the_way_until_a_vote_that_was_signed_here_has_passed_it()
    {
        await using var signer = await SignerAsync();
        var floor = new GlobalFloor(new SignedBounds(new Epoch(10), new Epoch(3)), "it crashed");
        await signer.Slashing.RecordStartAsync(_start, floor);
        Assert.Equal(floor, await signer.Slashing.WatchFloorAsync());

        await signer.RequestAsync(Key(1), Vote(2, 12), Root(1));
        await signer.RequestAsync(Key(1), Block(100), Root(1));
        Assert.Equal(floor, signer.Slashing.Floor.InTheWay);

        await signer.RequestAsync(Key(1), Vote(3, 12), Root(1));
        Assert.Null(signer.Slashing.Floor.InTheWay);
        await signer.ReopenAsync();
        Assert.Equal(floor, await signer.Slashing.WatchFloorAsync());
        Assert.Null(signer.Slashing.Floor.InTheWay);
    }

    [Fact]
    public async Task A_vote_that_was_imported_says_nothing_about_what_the_chain_asks()
    {
        await using var signer = await SignerAsync();
        await using var other = await SignerAsync();
        await other.RequestAsync(Key(1), Vote(9, 12), Root(1));
        await signer.Slashing.RecordStartAsync(_start, new GlobalFloor(new SignedBounds(new Epoch(10), new Epoch(3)), "it crashed"));
        await signer.Slashing.ImportAsync(await other.ExportAsync(), InterchangeReading.Complete);

        Assert.NotNull(await signer.Slashing.WatchFloorAsync());
        Assert.NotNull(signer.Slashing.Floor.InTheWay);
    }

    [Fact]
    public async Task Ends_when_an_import_makes_the_history_complete_and_each_key_stands_at_its_newest()
    {
        await using var newer = await SignerAsync();
        await using var older = await SignerAsync();
        foreach (var side in new[] { newer, older })
        {
            await side.RequestAsync(Key(1), Vote(1, 2), Root(1));
        }

        await newer.RequestAsync(Key(1), Vote(2, 5), Root(2));
        await newer.RequestAsync(Key(1), Block(41), Root(2));
        var marks = await newer.Slashing.GetMarksAsync();
        await older.Slashing.RecordStartAsync(_start, new GlobalFloor(SignedBounds.Before(new Epoch(10)), "a copy", marks.Digest));
        Assert.False(await older.Slashing.EndFloorIfCompleteAsync());

        // What is signed past the floor does not hide that the part before it is complete.
        Assert.Null(RuleOf(await older.RequestAsync(Key(1), Vote(9, 10), Root(3))));
        await older.Slashing.ImportAsync(await newer.ExportAsync(), InterchangeReading.Complete);

        Assert.True(await older.Slashing.EndFloorIfCompleteAsync());
        Assert.Null(await older.Slashing.GetGlobalFloorAsync());
        Assert.NotNull(RuleOf(await older.RequestAsync(Key(1), Vote(9, 9), Root(4))));
        Assert.NotNull(RuleOf(await older.RequestAsync(Key(1), Block(41), Root(3))));
        Assert.Null(RuleOf(await older.RequestAsync(Key(1), Block(42), Root(3))));
    }

    [Fact]
    public async Task An_earlier_floor_stays_when_a_later_one_ends()
    {
        await using var signer = await SignerAsync();
        var marks = await signer.Slashing.GetMarksAsync();
        await signer.Slashing.RecordStartAsync(_start, new GlobalFloor(new SignedBounds(new Epoch(10), new Epoch(3)), "first"));
        await signer.Slashing.RecordStartAsync(_start, new GlobalFloor(SignedBounds.Before(new Epoch(20)), "second", marks.Digest));
        await signer.ReopenAsync();

        Assert.True(await signer.Slashing.EndFloorIfCompleteAsync());

        Assert.Equal(new SignedBounds(new Epoch(10), new Epoch(3)), (await signer.Slashing.GetGlobalFloorAsync())!.Lost);
        Assert.False(await signer.Slashing.EndFloorIfCompleteAsync());
    }

    [Fact]
    public async Task Marks_tell_two_histories_apart_and_not_in_which_order_they_came()
    {
        await using var one = await SignerAsync();
        await using var other = await SignerAsync();
        await one.RegisterAsync(Key(2));
        await one.RequestAsync(Key(1), Vote(1, 2), Root(1));
        await one.RequestAsync(Key(2), Block(5), Root(1));
        await other.RegisterAsync(Key(2));
        await other.RequestAsync(Key(2), Block(5), Root(1));
        Assert.NotEqual(await one.Slashing.GetMarksAsync(), await other.Slashing.GetMarksAsync());
        await other.RequestAsync(Key(1), Vote(1, 2), Root(1));

        Assert.Equal(await one.Slashing.GetMarksAsync(), await other.Slashing.GetMarksAsync());
        Assert.Equal((2, new Epoch(1), new Epoch(2), new Slot(5)), await NumbersAsync(one));
    }

    [Fact]
    public async Task A_ledger_from_before_there_were_floors_is_brought_up_in_one_step_and_keeps_its_history()
    {
        await using var signer = await SignerAsync();
        await signer.RequestAsync(Key(1), Vote(1, 2), Root(1));
        await signer.Ledger.WriteAsync(transaction =>
        {
            transaction.Statement("DROP TABLE freshness").Execute();
            GatherAsBefore(transaction);
            return transaction.Statement("UPDATE room SET version = 1 WHERE name = 'slashing'").Execute();
        });

        await signer.ReopenAsync();

        Assert.Null(await signer.Slashing.GetStartAsync());
        Assert.Equal(SlashingRule.DoubleVote, RuleOf(await signer.RequestAsync(Key(1), Vote(1, 2), Root(2))));
        await signer.Slashing.RecordStartAsync(_start, new GlobalFloor(SignedBounds.Before(new Epoch(10)), "it crashed"));
        await signer.ReopenAsync();
        Assert.Equal(
            (_start, new Epoch(10)),
            (await signer.Slashing.GetStartAsync(), (await signer.Slashing.GetGlobalFloorAsync())!.Fence)
        );
    }

    [Fact]
    public async Task A_floor_from_before_there_was_a_source_of_its_own_lets_votes_pass_from_two_epochs_before_its_fence_on()
    {
        await using var signer = await SignerAsync();
        await signer.Slashing.RecordStartAsync(_start, new GlobalFloor(SignedBounds.Before(new Epoch(10)), "it crashed"));
        await signer.Ledger.WriteAsync(transaction =>
        {
            GatherAsBefore(transaction);
            transaction.Statement("ALTER TABLE freshness DROP COLUMN floor_source").Execute();
            transaction.Statement("ALTER TABLE freshness DROP COLUMN floor_beneath_source").Execute();
            return transaction.Statement("UPDATE room SET version = 2 WHERE name = 'slashing'").Execute();
        });

        await signer.ReopenAsync();

        Assert.Equal(SignedBounds.Before(new Epoch(10)), (await signer.Slashing.GetGlobalFloorAsync())!.Lost);
        Assert.Equal(_start, await signer.Slashing.GetStartAsync());
    }

    private static async Task<TemporarySigner> SignerAsync()
    {
        var signer = await TemporarySigner.CreateAsync();
        await signer.RegisterAsync(Key(1));
        return signer;
    }

    private static async Task<(int Keys, Epoch? Source, Epoch? Target, Slot? Slot)> NumbersAsync(TemporarySigner signer)
    {
        var marks = await signer.Slashing.GetMarksAsync();
        return (marks.Keys, marks.Source, marks.Target, marks.Slot);
    }

    // Before version 6 all votes lay by validator.
    private static void GatherAsBefore(LedgerTransaction transaction)
    {
        RecentVotes.GatherAll(transaction);
        transaction.Statement("DROP TABLE recent_vote").Execute();
    }
}
