using RemoteSigner.Ledgers;
using RemoteSigner.Slashing;
using RemoteSigner.Slashing.Store;
using RemoteSigner.Spec;
using static RemoteSigner.Tests.Slashing.Duties;

namespace RemoteSigner.Tests.Slashing;

/// <summary>The low watermark under all keys, and the row of starts beside it. Minimal preset: 8 slots an epoch.</summary>
public sealed class GlobalLowWatermarkTests
{
    private static readonly LedgerStart _start = new(Guid.Parse("00112233-4455-6677-8899-aabbccddeeff"), "anchor", 3, 1);

    [Fact]
    public async Task Refuses_below_the_fence_for_every_key_present_and_future_also_after_an_export()
    {
        await using var signer = await SignerAsync();
        await signer.RequestAsync(Key(1), Vote(1, 2), Root(1));
        await signer.RequestAsync(Key(1), Block(20), Root(1));
        await signer.Slashing.RecordStartAsync(_start, new GlobalLowWatermark(SignedBounds.Before(new Epoch(10)), "it crashed"));
        await signer.ReopenAsync();
        await signer.RegisterAsync(Key(2));
        await using var moved = await signer.MoveAsync(InterchangeReading.LowWatermarksAtLowest);
        await moved.Slashing.RegisterAsync(Key(1), DeclaredHistory.FromHistory);
        await moved.Slashing.RegisterAsync(Key(2), DeclaredHistory.FromHistory);

        foreach (var key in new[] { Key(1), Key(2) })
        {
            var refused = Assert.IsType<PermitDecision.Refused>(await signer.RequestAsync(key, Vote(8, 9), Root(1)));
            Assert.Equal(SlashingRule.BelowGlobalLowWatermark, refused.Rule);
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
        await signer.Slashing.RecordStartAsync(_start, new GlobalLowWatermark(SignedBounds.Before(new Epoch(10)), "first"));
        await signer.Slashing.RecordStartAsync(
            _start with
            {
                Start = 4,
            },
            new GlobalLowWatermark(SignedBounds.Before(new Epoch(8)), "second")
        );
        await signer.Slashing.RecordStartAsync(_start with { Start = 5 }, null);

        Assert.Equal(
            new GlobalLowWatermark(SignedBounds.Before(new Epoch(10)), "first"),
            await signer.Slashing.GetGlobalLowWatermarkAsync()
        );
        Assert.Equal(_start with { Start = 5 }, await signer.Slashing.GetStartAsync());
        await signer.Slashing.RemoveGlobalLowWatermarkAsync();
        Assert.Null(await signer.Slashing.GetGlobalLowWatermarkAsync());
    }

    [Fact]
    public async Task Lets_votes_pass_from_its_own_source_on_and_keeps_it_through_a_restart()
    {
        await using var signer = await SignerAsync();
        await signer.Slashing.RecordStartAsync(_start, new GlobalLowWatermark(new SignedBounds(new Epoch(10), new Epoch(3)), "it crashed"));
        await signer.ReopenAsync();

        Assert.Equal(new SignedBounds(new Epoch(10), new Epoch(3)), (await signer.Slashing.GetGlobalLowWatermarkAsync())!.Lost);
        Assert.Equal(SlashingRule.BelowGlobalLowWatermark, RuleOf(await signer.RequestAsync(Key(1), Vote(2, 10), Root(1))));
        Assert.Equal(SlashingRule.BelowGlobalLowWatermark, RuleOf(await signer.RequestAsync(Key(1), Vote(3, 9), Root(1))));
        Assert.Null(RuleOf(await signer.RequestAsync(Key(1), Vote(3, 10), Root(1))));
    }

    [Theory]
    [InlineData(12UL, 2UL)]
    [InlineData(8UL, 5UL)]
    public async Task Over_one_that_stands_neither_epoch_nor_source_falls(ulong fence, ulong source)
    {
        await using var signer = await SignerAsync();
        await signer.Slashing.RecordStartAsync(_start, new GlobalLowWatermark(new SignedBounds(new Epoch(10), new Epoch(3)), "first"));
        await signer.Slashing.RecordStartAsync(
            _start,
            new GlobalLowWatermark(new SignedBounds(new Epoch(fence), new Epoch(source)), "second")
        );

        Assert.Equal(
            new SignedBounds(new Epoch(Math.Max(10, fence)), new Epoch(Math.Max(3, source))),
            (await signer.Slashing.GetGlobalLowWatermarkAsync())!.Lost
        );
    }

    [Fact]
    public async Task Stands_in_the_way_until_a_vote_that_was_signed_here_has_passed_it()
    {
        await using var signer = await SignerAsync();
        var lowWatermark = new GlobalLowWatermark(new SignedBounds(new Epoch(10), new Epoch(3)), "it crashed");
        await signer.Slashing.RecordStartAsync(_start, lowWatermark);
        Assert.Equal(lowWatermark, await signer.Slashing.WatchLowWatermarkAsync());

        await signer.RequestAsync(Key(1), Vote(2, 12), Root(1));
        await signer.RequestAsync(Key(1), Block(100), Root(1));
        Assert.Equal(lowWatermark, signer.Slashing.LowWatermark.InTheWay);

        await signer.RequestAsync(Key(1), Vote(3, 12), Root(1));
        Assert.Null(signer.Slashing.LowWatermark.InTheWay);
        await signer.ReopenAsync();
        Assert.Equal(lowWatermark, await signer.Slashing.WatchLowWatermarkAsync());
        Assert.Null(signer.Slashing.LowWatermark.InTheWay);
    }

    [Fact]
    public async Task A_vote_that_was_imported_says_nothing_about_what_the_chain_asks()
    {
        await using var signer = await SignerAsync();
        await using var other = await SignerAsync();
        await other.RequestAsync(Key(1), Vote(9, 12), Root(1));
        await signer.Slashing.RecordStartAsync(_start, new GlobalLowWatermark(new SignedBounds(new Epoch(10), new Epoch(3)), "it crashed"));
        await signer.Slashing.ImportAsync(await other.ExportAsync(), InterchangeReading.Complete);

        Assert.NotNull(await signer.Slashing.WatchLowWatermarkAsync());
        Assert.NotNull(signer.Slashing.LowWatermark.InTheWay);
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
        await older.Slashing.RecordStartAsync(_start, new GlobalLowWatermark(SignedBounds.Before(new Epoch(10)), "a copy", marks.Digest));
        Assert.False(await older.Slashing.EndLowWatermarkIfCompleteAsync());

        // What is signed past the low watermark does not hide that the part before it is complete.
        Assert.Null(RuleOf(await older.RequestAsync(Key(1), Vote(9, 10), Root(3))));
        await older.Slashing.ImportAsync(await newer.ExportAsync(), InterchangeReading.Complete);

        Assert.True(await older.Slashing.EndLowWatermarkIfCompleteAsync());
        Assert.Null(await older.Slashing.GetGlobalLowWatermarkAsync());
        Assert.NotNull(RuleOf(await older.RequestAsync(Key(1), Vote(9, 9), Root(4))));
        Assert.NotNull(RuleOf(await older.RequestAsync(Key(1), Block(41), Root(3))));
        Assert.Null(RuleOf(await older.RequestAsync(Key(1), Block(42), Root(3))));
    }

    [Fact]
    public async Task An_earlier_low_watermark_stays_when_a_later_one_ends()
    {
        await using var signer = await SignerAsync();
        var marks = await signer.Slashing.GetMarksAsync();
        await signer.Slashing.RecordStartAsync(_start, new GlobalLowWatermark(new SignedBounds(new Epoch(10), new Epoch(3)), "first"));
        await signer.Slashing.RecordStartAsync(_start, new GlobalLowWatermark(SignedBounds.Before(new Epoch(20)), "second", marks.Digest));
        await signer.ReopenAsync();

        Assert.True(await signer.Slashing.EndLowWatermarkIfCompleteAsync());

        Assert.Equal(new SignedBounds(new Epoch(10), new Epoch(3)), (await signer.Slashing.GetGlobalLowWatermarkAsync())!.Lost);
        Assert.False(await signer.Slashing.EndLowWatermarkIfCompleteAsync());
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
    public async Task A_ledger_from_before_there_were_low_watermarks_is_brought_up_in_one_step_and_keeps_its_history()
    {
        await using var signer = await SignerAsync();
        await signer.RequestAsync(Key(1), Vote(1, 2), Root(1));
        await signer.Ledger.WriteAsync(transaction =>
        {
            GoBackToVersion5(transaction);
            transaction.Statement("DROP TABLE freshness").Execute();
            return transaction.Statement("UPDATE schema_version SET version = 1 WHERE name = 'slashing'").Execute();
        });

        await signer.ReopenAsync();

        Assert.Null(await signer.Slashing.GetStartAsync());
        Assert.Equal(SlashingRule.DoubleVote, RuleOf(await signer.RequestAsync(Key(1), Vote(1, 2), Root(2))));
        await signer.Slashing.RecordStartAsync(_start, new GlobalLowWatermark(SignedBounds.Before(new Epoch(10)), "it crashed"));
        await signer.ReopenAsync();
        Assert.Equal(
            (_start, new Epoch(10)),
            (await signer.Slashing.GetStartAsync(), (await signer.Slashing.GetGlobalLowWatermarkAsync())!.Fence)
        );
    }

    [Fact]
    public async Task A_low_watermark_from_before_it_had_a_source_lets_votes_pass_from_two_epochs_before_its_fence_on()
    {
        await using var signer = await SignerAsync();
        await signer.Slashing.RecordStartAsync(_start, new GlobalLowWatermark(SignedBounds.Before(new Epoch(10)), "it crashed"));
        await signer.Ledger.WriteAsync(transaction =>
        {
            GoBackToVersion5(transaction);
            transaction.Statement("ALTER TABLE freshness DROP COLUMN floor_source").Execute();
            transaction.Statement("ALTER TABLE freshness DROP COLUMN floor_beneath_source").Execute();
            return transaction.Statement("UPDATE schema_version SET version = 2 WHERE name = 'slashing'").Execute();
        });

        await signer.ReopenAsync();

        Assert.Equal(SignedBounds.Before(new Epoch(10)), (await signer.Slashing.GetGlobalLowWatermarkAsync())!.Lost);
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

    // Before version 6 all votes lay by validator, and until version 7 low watermarks were called floors.
    private static void GoBackToVersion5(LedgerTransaction transaction)
    {
        RecentVotes.GatherAll(transaction);
        transaction.Statement("DROP TABLE recent_vote").Execute();
        foreach (var name in (string[])["slot", "source", "target"])
        {
            transaction.Statement($"ALTER TABLE validator RENAME COLUMN {name}_low_watermark TO {name}_floor").Execute();
        }

        transaction.Statement("ALTER TABLE rollback_protection RENAME TO freshness").Execute();
        transaction.Statement("ALTER TABLE freshness RENAME COLUMN anchor TO witness").Execute();
        foreach (var name in (string[])["", "_reason", "_source", "_beneath", "_beneath_source"])
        {
            transaction.Statement($"ALTER TABLE freshness RENAME COLUMN low_watermark{name} TO floor{name}").Execute();
        }
    }
}
