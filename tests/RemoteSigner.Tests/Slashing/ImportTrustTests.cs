using System.Text;
using RemoteSigner.Host.Control;
using RemoteSigner.Slashing;
using RemoteSigner.Spec;
using static RemoteSigner.Tests.Slashing.Duties;

namespace RemoteSigner.Tests.Slashing;

/// <summary>What was told is not what was signed: imported history raises low watermarks and refuses; it never grants.</summary>
public sealed class ImportTrustTests
{
    [Fact]
    public async Task An_imported_root_beside_one_that_was_signed_here_is_not_signed()
    {
        await using var signer = await SigningAsync();

        // Without a root the file proves nothing, and is taken over; with the other root it is refused, and nothing of it is kept.
        await Assert.ThrowsAsync<InterchangeContradictionException>(() => ImportAsync(signer, blocks: [(10, Root(2))]));
        await Assert.ThrowsAsync<InterchangeContradictionException>(() => ImportAsync(signer, votes: [(3, 4, Root(2))]));

        Assert.Equal(SlashingRule.DoubleProposal, RuleOf(await signer.RequestAsync(Key(1), Block(10), Root(2))));
        Assert.Equal(SlashingRule.DoubleVote, RuleOf(await signer.RequestAsync(Key(1), Vote(3, 4), Root(2))));
        Assert.IsType<PermitDecision.Granted>(await signer.RequestAsync(Key(1), Block(10), Root(1)));
    }

    [Fact]
    public async Task A_record_without_a_root_refuses_also_what_was_signed_here()
    {
        await using var signer = await SigningAsync();

        await ImportAsync(signer, blocks: [(10, null)], votes: [(3, 4, null)]);

        Assert.Equal(SlashingRule.DoubleProposal, RuleOf(await signer.RequestAsync(Key(1), Block(10), Root(1))));
        Assert.Equal(SlashingRule.DoubleVote, RuleOf(await signer.RequestAsync(Key(1), Vote(3, 4), Root(1))));
    }

    [Fact]
    public async Task What_only_an_import_knows_is_not_signed_again()
    {
        await using var signer = await SigningAsync();

        await ImportAsync(signer, blocks: [(20, Root(5))], votes: [(5, 6, Root(5))]);

        Assert.Equal(SlashingRule.DoubleProposal, RuleOf(await signer.RequestAsync(Key(1), Block(20), Root(5))));
        Assert.Equal(SlashingRule.DoubleVote, RuleOf(await signer.RequestAsync(Key(1), Vote(5, 6), Root(5))));
    }

    /// <summary>Low watermarks that lie ahead of the clock were exported: another export has them, too.</summary>
    [Fact]
    public async Task A_file_with_low_watermarks_beyond_the_clock_is_refused_with_a_hint_that_helps()
    {
        await using var former = await SigningAsync();
        await former.Slashing.RaiseLowWatermarkAsync(new Slot(3200), new Epoch(100), null);
        await using var file = await former.ExportAsync();
        await using var signer = await TemporarySigner.CreateAsync();
        var terms = new ImportTerms(InterchangeReading.LowWatermarksAtLowest) { Limit = new HistoryLimit(new Slot(400), new Epoch(50)) };

        var refused = await Assert.ThrowsAsync<InterchangeFutureException>(() => signer.Slashing.ImportAsync(file, terms, (_, _) => 1));

        Assert.Contains("--accept-future", FaultHints.HintOf(refused), StringComparison.Ordinal);
        Assert.DoesNotContain("export it anew", FaultHints.HintOf(refused), StringComparison.Ordinal);
        file.Position = 0;
        Assert.Single((await signer.Slashing.ImportAsync(file, terms with { Limit = null }, (_, _) => 1)).Validators);
    }

    [Theory]
    [InlineData(2, 9)]
    [InlineData(5, 7)]
    [InlineData(3, 8)]
    public async Task A_vote_that_is_slashable_beside_one_signed_here_is_an_alarm(int source, int target)
    {
        await using var signer = await SigningAsync();
        Assert.IsType<PermitDecision.Granted>(await signer.RequestAsync(Key(1), Vote(4, 8), Root(7)));
        var before = await ExportAsync(signer);

        var alarm = await Assert.ThrowsAsync<InterchangeContradictionException>(() =>
            ImportAsync(signer, votes: [(source, target, Root(9))])
        );

        Assert.Equal(PublicKey(1), alarm.PublicKey);
        Assert.Equal(before, await ExportAsync(signer));
    }

    [Fact]
    public async Task The_signers_own_export_contradicts_nothing_and_changes_nothing()
    {
        await using var signer = await SigningAsync();
        var before = await ExportAsync(signer);

        await signer.Slashing.ImportAsync(new MemoryStream(before), InterchangeReading.Complete);

        Assert.Equal(before, await ExportAsync(signer));
        Assert.IsType<PermitDecision.Granted>(await signer.RequestAsync(Key(1), Vote(3, 4), Root(1)));
    }

    [Fact]
    public async Task A_file_speaks_only_for_the_keys_it_may_speak_for()
    {
        await using var signer = await SigningAsync();
        var terms = new ImportTerms(InterchangeReading.LowWatermarksAtLowest) { Only = new HashSet<BlsPublicKey> { PublicKey(2) } };

        var report = await signer.Slashing.ImportAsync(File(blocks: [(10, Root(2)), (1_000_000, Root(3))]), terms, (_, _) => 1);

        Assert.Equal((0, 1), (report.Validators.Count, report.PassedOver));
        Assert.IsType<PermitDecision.Granted>(await signer.RequestAsync(Key(1), Block(11), Root(4)));
    }

    [Fact]
    public async Task A_record_beyond_the_limit_is_refused_and_names_the_validator()
    {
        await using var signer = await SigningAsync();
        var terms = new ImportTerms(InterchangeReading.LowWatermarksAtLowest) { Limit = new HistoryLimit(new Slot(100), new Epoch(12)) };

        foreach (var file in new[] { File(blocks: [(101, null)]), File(votes: [(1, 13, null)]), File(votes: [(long.MaxValue, 5, null)]) })
        {
            var refused = await Assert.ThrowsAsync<InterchangeFutureException>(() => signer.Slashing.ImportAsync(file, terms, (_, _) => 1));
            Assert.Equal(PublicKey(1).ToString(), refused.Validator);
        }

        Assert.IsType<PermitDecision.Granted>(await signer.RequestAsync(Key(1), Vote(4, 5), Root(4)));
    }

    [Fact]
    public async Task The_report_has_the_hash_of_the_file()
    {
        await using var signer = await SigningAsync();
        var bytes = File(blocks: [(30, null)]).ToArray();

        var report = await signer.Slashing.ImportAsync(new MemoryStream(bytes), InterchangeReading.Complete);

        Assert.Equal(new Root(System.Security.Cryptography.SHA256.HashData(bytes)), report.FileHash);
    }

    [Fact]
    public async Task A_change_without_an_entry_is_undone()
    {
        await using var signer = await SigningAsync();
        var before = await ExportAsync(signer);

        await Assert.ThrowsAsync<InvalidOperationException>(() =>
            signer.Slashing.ImportAsync(File(blocks: [(30, null)]), new ImportTerms(InterchangeReading.Complete), (_, _) => 0)
        );
        await Assert.ThrowsAsync<InvalidOperationException>(() => signer.Slashing.RetireAsync([PublicKey(1)], KeyEnd.Retired, (_, _) => 0));
        await Assert.ThrowsAsync<InvalidOperationException>(() =>
            signer.Slashing.RaiseLowWatermarkAsync(new Slot(50), null, null, (_, _) => 0)
        );

        Assert.Equal(before, await ExportAsync(signer));
        Assert.IsType<PermitDecision.Granted>(await signer.RequestAsync(Key(1), Block(12), Root(1)));
    }

    [Fact]
    public async Task History_of_one_message_that_was_told_and_signed_is_refused_after_a_merge()
    {
        await using var signer = await SigningAsync();
        await ImportAsync(signer, key: 9, blocks: [(10, Root(1))]);

        Assert.IsType<Registration.Enrolled>(await signer.Slashing.RegisterAsync(Key(1, group: 9), DeclaredHistory.FromHistory));

        Assert.Equal(SlashingRule.DoubleProposal, RuleOf(await signer.RequestAsync(Key(1, group: 9), Block(10), Root(1))));
        Assert.IsType<RemoteSigner.Audit.AuditVerification.Intact>(await RemoteSigner.Audit.AuditVerifier.VerifyAsync(signer.Ledger));
    }

    private static async Task<TemporarySigner> SigningAsync()
    {
        var signer = await TemporarySigner.CreateAsync();
        await signer.Slashing.RegisterAsync(Key(1), DeclaredHistory.NeverSigned);
        Assert.IsType<PermitDecision.Granted>(await signer.RequestAsync(Key(1), Block(1), Root(8)));
        Assert.IsType<PermitDecision.Granted>(await signer.RequestAsync(Key(1), Vote(0, 1), Root(8)));
        Assert.IsType<PermitDecision.Granted>(await signer.RequestAsync(Key(1), Block(10), Root(1)));
        Assert.IsType<PermitDecision.Granted>(await signer.RequestAsync(Key(1), Vote(3, 4), Root(1)));
        return signer;
    }

    private static async Task<byte[]> ExportAsync(TemporarySigner signer) => (await signer.ExportAsync()).ToArray();

    private static Task<InterchangeReport> ImportAsync(
        TemporarySigner signer,
        (long Slot, Root? Root)[]? blocks = null,
        (long Source, long Target, Root? Root)[]? votes = null,
        int key = 1
    ) => signer.Slashing.ImportAsync(File(blocks, votes, key), InterchangeReading.Complete);

    private static MemoryStream File(
        (long Slot, Root? Root)[]? blocks = null,
        (long Source, long Target, Root? Root)[]? votes = null,
        int key = 1
    ) =>
        new(
            Encoding.UTF8.GetBytes(
                $$"""
                {"metadata":{"interchange_format_version":"5","genesis_validators_root":"{{TemporarySigner.Minimal.GenesisValidatorsRoot}}"},"data":[{"pubkey":"{{PublicKey(
                    key
                )}}",
                "signed_blocks":[{{string.Join(
                    ',',
                    (blocks ?? []).Select(block => $$"""{"slot":"{{block.Slot}}"{{Signing(Block((ulong)block.Slot), block.Root)}}}""")
                )}}],
                "signed_attestations":[{{string.Join(
                    ',',
                    (votes ?? []).Select(vote =>
                        $$"""{"source_epoch":"{{vote.Source}}","target_epoch":"{{vote.Target}}"{{Signing(Vote((ulong)vote.Source, (ulong)vote.Target), vote.Root)}}}"""
                    )
                )}}]}]}
                """
            )
        );

    private static string Signing(SlashableContent content, Root? label) =>
        label is { } known
            ? $$""","signing_root":"{{Message(content, known, TemporarySigner.Minimal.GenesisValidatorsRoot!.Value).SigningRoot}}" """
            : "";
}
