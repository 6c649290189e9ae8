using System.Text;
using RemoteSigner.Slashing;
using RemoteSigner.Spec;
using static RemoteSigner.Tests.Slashing.Duties;

namespace RemoteSigner.Tests.Slashing;

public sealed class WatermarkTests
{
    [Fact]
    public async Task A_raised_low_watermark_without_records_survives_export_and_import()
    {
        await using var signer = await SignerAsync();
        Assert.Equal(1, await signer.Slashing.RaiseLowWatermarkAsync(new Slot(1000), new Epoch(100), [PublicKey(1)]));
        await using var moved = await signer.MoveAsync(InterchangeReading.Complete);
        await moved.Slashing.RegisterAsync(Key(1), DeclaredHistory.FromHistory);
        await moved.RegisterAsync(Key(2));

        foreach (var side in new[] { signer, moved })
        {
            Assert.Equal(SlashingRule.BlockBelowLowWatermark, RuleOf(await side.RequestAsync(Key(1), Block(999), Root(1))));
            Assert.IsType<PermitDecision.Refused>(await side.RequestAsync(Key(1), Block(1000), Root(1)));
            Assert.Equal(SlashingRule.SourceBelowLowWatermark, RuleOf(await side.RequestAsync(Key(1), Vote(99, 101), Root(1))));
            Assert.IsType<PermitDecision.Refused>(await side.RequestAsync(Key(1), Vote(100, 100), Root(1)));
            Assert.IsType<PermitDecision.Granted>(await side.RequestAsync(Key(1), Block(1001), Root(1)));
            Assert.IsType<PermitDecision.Granted>(await side.RequestAsync(Key(1), Vote(100, 101), Root(1)));
            Assert.IsType<PermitDecision.Granted>(await side.RequestAsync(Key(2), Block(5), Root(1)));
        }
    }

    [Fact]
    public async Task Low_watermarks_never_go_down()
    {
        await using var signer = await SignerAsync();
        Assert.Equal(2, await signer.Slashing.RaiseLowWatermarkAsync(new Slot(1000), new Epoch(100)));

        await signer.Slashing.RaiseLowWatermarkAsync(new Slot(10), new Epoch(1));
        await signer.Slashing.RaiseLowWatermarkAsync(null, null);

        Assert.All(await signer.Slashing.StatusAsync(), validator =>
            Assert.Equal(
                (new Slot(1000), new Epoch(100), new Epoch(100)),
                (validator.LowestSlot, validator.LowestSource, validator.LowestTarget)
            )
        );
    }

    [Fact]
    public async Task A_vote_that_reaches_over_a_raised_low_watermark_goes_on_being_covered()
    {
        await using var signer = await SignerAsync();
        await signer.RequestAsync(Key(1), Vote(9, 10), Root(1));
        await signer.RequestAsync(Key(1), Vote(9, 150), Root(2));

        await signer.Slashing.RaiseLowWatermarkAsync(null, new Epoch(100), [PublicKey(1)]);

        Assert.Equal(SlashingRule.TargetBelowLowWatermark, RuleOf(await signer.RequestAsync(Key(1), Vote(100, 149), Root(3))));
        Assert.IsType<PermitDecision.Refused>(await signer.RequestAsync(Key(1), Vote(100, 150), Root(3)));
        Assert.IsType<PermitDecision.Granted>(await signer.RequestAsync(Key(1), Vote(100, 151), Root(3)));
    }

    [Fact]
    public async Task Nothing_at_or_above_the_high_watermark_is_signed_until_it_is_removed()
    {
        await using var signer = await SignerAsync();
        Assert.Null(await signer.Slashing.SetHighWatermarkAsync(new HighWatermark(new Slot(100), new Epoch(10))));
        await signer.ReopenAsync();

        Assert.Equal(SlashingRule.AtOrAboveHighWatermark, RuleOf(await signer.RequestAsync(Key(1), Block(100), Root(1))));
        Assert.Equal(SlashingRule.AtOrAboveHighWatermark, RuleOf(await signer.RequestAsync(Key(1), Vote(9, 10), Root(1))));
        Assert.IsType<PermitDecision.Granted>(await signer.RequestAsync(Key(1), Block(99), Root(1)));
        Assert.IsType<PermitDecision.Granted>(await signer.RequestAsync(Key(1), Vote(8, 9), Root(1)));
        Assert.Equal(new HighWatermark(new Slot(100), new Epoch(10)), await signer.Slashing.GetHighWatermarkAsync());

        await signer.Slashing.SetHighWatermarkAsync(null);

        Assert.IsType<PermitDecision.Granted>(await signer.RequestAsync(Key(1), Block(100), Root(1)));
    }

    [Fact]
    public async Task Pruning_keeps_the_given_epochs_and_raises_the_low_watermark_to_what_it_drops()
    {
        await using var signer = await SignerAsync();
        for (var epoch = 1UL; epoch <= 20; epoch++)
        {
            await signer.RequestAsync(Key(1), Vote(epoch - 1, epoch), Root((int)epoch));
            await signer.RequestAsync(Key(1), Block(epoch * 8), Root((int)epoch));
        }

        var report = await signer.Slashing.PruneAsync(keepEpochs: 5);

        Assert.Equal(
            (13L, 13L, null),
            (report.Validators[0].BlocksDropped, report.Validators[0].AttestationsDropped, report.Validators[0].Failure)
        );
        Assert.Equal(SlashingRule.TargetBelowLowWatermark, RuleOf(await signer.RequestAsync(Key(1), Vote(13, 13), Root(99))));
        Assert.Equal(SlashingRule.DoubleVote, RuleOf(await signer.RequestAsync(Key(1), Vote(14, 15), Root(99))));
        Assert.IsType<PermitDecision.Granted>(await signer.RequestAsync(Key(1), Vote(14, 15), Root(15)));
        Assert.Equal(SlashingRule.BlockBelowLowWatermark, RuleOf(await signer.RequestAsync(Key(1), Block(111), Root(99))));
        Assert.IsType<PermitDecision.Granted>(await signer.RequestAsync(Key(1), Block(113), Root(99)));
        Assert.Equal(
            0,
            (await signer.Slashing.PruneAsync(ulong.MaxValue)).Validators.Sum(line => line.BlocksDropped + line.AttestationsDropped)
        );
    }

    /// <summary>Where all votes have one source, their targets alone say what is old.</summary>
    [Fact]
    public async Task Pruning_drops_a_vote_that_is_below_one_of_the_two_low_watermarks()
    {
        await using var signer = await TemporarySigner.CreateAsync();
        await signer.Slashing.RegisterAsync(Key(1), DeclaredHistory.NeverSigned);
        foreach (var target in new ulong[] { 1, 2, 3, 4 })
        {
            Assert.IsType<PermitDecision.Granted>(await signer.RequestAsync(Key(1), Vote(0, target), Root(1)));
        }

        var report = await signer.Slashing.PruneAsync(keepEpochs: 1);

        Assert.Equal(1, Assert.Single(report.Validators).AttestationsDropped);
        Assert.Equal(3, Assert.Single(await signer.Slashing.StatusAsync()).Attestations);
    }

    /// <summary>A file without roots may contradict what was signed here; then neither is forgotten.</summary>
    [Fact]
    public async Task A_vote_that_reaches_over_what_pruning_drops_goes_on_being_covered()
    {
        await using var signer = await TemporarySigner.CreateAsync();
        await signer.Slashing.RegisterAsync(Key(1), DeclaredHistory.NeverSigned);
        await GrantAsync(signer, (5, 9), (5, 20));
        await ImportAsync(signer, (8, 10), (9, 15));
        await GrantAsync(signer, (20, 40));

        await signer.Slashing.PruneAsync(keepEpochs: 29);

        Assert.Equal((9UL, 20UL), await LowWatermarksAsync(signer));
        Assert.Equal(SlashingRule.TargetBelowLowWatermark, RuleOf(await signer.RequestAsync(Key(1), Vote(9, 19), Root(1))));
        Assert.Equal(SlashingRule.SourceBelowLowWatermark, RuleOf(await signer.RequestAsync(Key(1), Vote(8, 41), Root(1))));
    }

    [Fact]
    public async Task A_vote_that_pruning_drops_or_keeps_beside_the_low_watermarks_does_not_move_them()
    {
        await using var signer = await TemporarySigner.CreateAsync();
        await signer.Slashing.RegisterAsync(Key(1), DeclaredHistory.NeverSigned);
        await GrantAsync(signer, (0, 1));
        await ImportAsync(signer, (8, 10));
        await GrantAsync(signer, (5, 9), (8, 12), (20, 40));

        await signer.Slashing.PruneAsync(keepEpochs: 29);

        Assert.Equal((8UL, 10UL), await LowWatermarksAsync(signer));
    }

    [Fact]
    public async Task Pruning_goes_on_after_a_validator_that_fails()
    {
        await using var signer = await SignerAsync();
        foreach (var key in new[] { Key(1), Key(2) })
        {
            await signer.RequestAsync(key, Block(1), Root(1));
            await signer.RequestAsync(key, Block(2), Root(1));
            await signer.RequestAsync(key, Block(100), Root(1));
        }

        await signer.Ledger.WriteAsync(transaction =>
            transaction
                .Statement(
                    """
                    CREATE TRIGGER bad BEFORE DELETE ON block WHEN old.validator = 1 BEGIN SELECT RAISE(ABORT, 'bad validator'); END
                    """
                )
                .Execute()
        );

        var report = await signer.Slashing.PruneAsync(keepEpochs: 1);

        Assert.Equal([0L, 1L], report.Validators.Select(line => line.BlocksDropped));
        Assert.Contains("bad validator", report.Validators[0].Failure?.Message, StringComparison.Ordinal);
        Assert.Equal(new Slot(1), (await signer.Slashing.StatusAsync())[0].LowestSlot);
    }

    private static async Task<TemporarySigner> SignerAsync()
    {
        var signer = await TemporarySigner.CreateAsync(TemporarySigner.Minimal with { GenesisValidatorsRoot = Root(7) });
        await signer.Slashing.RegisterAsync(Key(1), DeclaredHistory.NeverSigned);
        await signer.Slashing.RegisterAsync(Key(2), DeclaredHistory.NeverSigned);
        return signer;
    }

    private static async Task GrantAsync(TemporarySigner signer, params (ulong Source, ulong Target)[] votes)
    {
        foreach (var (source, target) in votes)
        {
            Assert.IsType<PermitDecision.Granted>(await signer.RequestAsync(Key(1), Vote(source, target), Root(1)));
        }
    }

    // Without roots, as minified files are.
    private static Task<InterchangeReport> ImportAsync(TemporarySigner signer, params (ulong Source, ulong Target)[] votes)
    {
        var list = string.Join(',', votes.Select(vote => $$"""{"source_epoch":"{{vote.Source}}","target_epoch":"{{vote.Target}}"}"""));
        return signer.Slashing.ImportAsync(
            new MemoryStream(
                Encoding.UTF8.GetBytes(
                    $$"""
                    {"metadata":{"interchange_format_version":"5","genesis_validators_root":"{{Root(7)}}"},
                    "data":[{"pubkey":"{{PublicKey(1)}}","signed_blocks":[],"signed_attestations":[{{list}}]}]}
                    """
                )
            ),
            InterchangeReading.Complete
        );
    }

    private static async Task<(ulong? Source, ulong? Target)> LowWatermarksAsync(TemporarySigner signer)
    {
        var status = Assert.Single(await signer.Slashing.StatusAsync());
        return (status.LowestSource?.Value, status.LowestTarget?.Value);
    }
}
