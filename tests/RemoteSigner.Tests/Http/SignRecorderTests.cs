using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;
using Prometheus;
using RemoteSigner.Access;
using RemoteSigner.Host.Http;
using RemoteSigner.Host.Running;
using RemoteSigner.Signing;
using RemoteSigner.Slashing;
using RemoteSigner.Spec;
using RemoteSigner.Tests.Signing;
using RemoteSigner.Tests.Slashing;

namespace RemoteSigner.Tests.Http;

/// <summary>What the figures say of signatures and refusals, whatever door they came through.</summary>
public sealed class SignRecorderTests : IAsyncLifetime
{
    private readonly CollectorRegistry _registry = Metrics.NewCustomRegistry();
    private readonly WrittenLog<DutyTally> _log = new();
    private SigningScene _scene = null!;
    private DutyTally _tally = null!;
    private SignRecorder _recorder = null!;

    public async ValueTask InitializeAsync()
    {
        _scene = await SigningScene.CreateAsync();
        _tally = new DutyTally(_scene.Access, _log);
        _recorder = new SignRecorder(
            new SigningWait(_scene.Signer, new SigningPlaces(most: 6, forProposals: 4), TimeProvider.System),
            _scene.Access,
            _scene.Rooms.Audit,
            new SignerMetrics(_registry),
            _tally,
            TimeProvider.System,
            NullLogger<SignRecorder>.Instance
        );
    }

    public ValueTask DisposeAsync() => _scene.DisposeAsync();

    [Fact]
    public async Task Offences_and_low_watermarks_are_told_apart_by_rule_and_client()
    {
        var (one, other) = (await _scene.AddAsync(), await _scene.AddAsync());
        await SignAsync(SigningScene.Order(one.PublicKey, Vote(4)));
        await SignAsync(SigningScene.Order(one.PublicKey, Vote(4, fill: 2)));
        await _scene.Rooms.Slashing.RaiseLowWatermarkAsync(null, new Epoch(100), [other.PublicKey]);
        await SignAsync(SigningScene.Order(other.PublicKey, Vote(4)));
        await SignAsync(SigningScene.Order(other.PublicKey, Vote(5), "admin"));

        var rows = await RowsAsync();

        Assert.Contains("remote_signer_refusals_total{client=\"vc\",duty=\"Attestation\",rule=\"double_vote\"} 1", rows);
        Assert.Contains("remote_signer_refusals_total{client=\"vc\",duty=\"Attestation\",rule=\"source_below_low_watermark\"} 1", rows);
        Assert.Contains("remote_signer_refusals_total{client=\"admin\",duty=\"Attestation\",rule=\"source_below_low_watermark\"} 1", rows);
        Assert.Contains("eth2_slashingprotection_prevented_signings_total 1", rows);
        Assert.Contains("eth2_slashingprotection_permitted_signings_total 1", rows);
        Assert.Contains("remote_signer_sign_outcomes_total{duty=\"Attestation\",outcome=\"Slashable\"} 3", rows);
    }

    [Fact]
    public async Task Whoever_signer_json_does_not_name_makes_no_label_of_his_own()
    {
        var share = await _scene.AddAsync();
        for (var i = 0; i < 20; i++)
        {
            await SignAsync(SigningScene.Order(share.PublicKey, Vote(4), $"stranger-{i}"));
        }

        await SignAsync(SigningScene.Order(Duties.PublicKey(1), Vote(4)));
        var rows = await RowsAsync();

        Assert.Contains("remote_signer_refusals_total{client=\"other\",duty=\"Attestation\",rule=\"not_allowed\"} 20", rows);
        Assert.Contains("remote_signer_refusals_total{client=\"vc\",duty=\"Attestation\",rule=\"unknown_key\"} 1", rows);
        Assert.DoesNotContain(rows, row => row.Contains("stranger", StringComparison.Ordinal));
        Assert.Contains("signing_bls_missing_identifier_count_total 21", rows);
    }

    /// <summary>In front of it are the time and the category: 400 bytes in all.</summary>
    [Theory]
    [InlineData(
        "the registration is for KEY, which is neither the key KEY nor its group key KEY",
        "the registration is for 0xaaaaaaaa…aaaaaaaa, which is neither the key 0xaaaaaaaa…aaaaaaaa nor its gr"
    )]
    [InlineData("KEY is short", "KEY is short")]
    [InlineData("LONG", "xxxxxxxx")]
    public void A_line_about_a_refusal_is_short_and_names_the_key_in_full(string detail, string shown)
    {
        var key = "0x" + new string('a', 96);
        var isShort = detail.EndsWith("short", StringComparison.Ordinal);

        _tally.Refused(
            "0HNQE9J806LBK:0000005D",
            isShort ? "a request" : $"validator registration with {key}",
            new Client("vc", "f"),
            "registration_for_another_key",
            detail.Replace("KEY", key, StringComparison.Ordinal).Replace("LONG", new string('x', 5000), StringComparison.Ordinal)
        );

        var line = Assert.Single(_log.Lines);
        Assert.InRange(line.Length, 1, 335);
        Assert.Contains(key, line, StringComparison.Ordinal);
        Assert.Contains(
            $"registration_for_another_key: {shown.Replace("KEY", key, StringComparison.Ordinal)}",
            line,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task The_bytes_that_were_allocated_are_counted()
    {
        const string Name = "remote_signer_allocated_bytes_total ";
        async Task<double> ReadAsync() =>
            double.Parse(
                (await RowsAsync()).Single(row => row.StartsWith(Name, StringComparison.Ordinal))[Name.Length..],
                System.Globalization.CultureInfo.InvariantCulture
            );
        var before = await ReadAsync();
        GC.KeepAlive(new byte[1 << 20]);

        Assert.True(await ReadAsync() - before >= 1 << 20);
    }

    [Fact]
    public async Task Keys_that_are_loading_are_not_counted_as_missing()
    {
        await SignAsync(SigningScene.Order(Duties.PublicKey(1), Vote(4)));
        var rows = await RowsAsync();

        Assert.Contains("remote_signer_refusals_total{client=\"vc\",duty=\"Attestation\",rule=\"keys_loading\"} 1", rows);
        Assert.Contains("signing_bls_missing_identifier_count_total 0", rows);
    }

    [Fact]
    public async Task Of_a_batch_each_is_counted_and_a_failure_of_the_ledger_too()
    {
        var share = await _scene.AddAsync();
        IReadOnlyList<SignOutcome>? outcomes = null;
        SignOrder[] orders = [SigningScene.Order(share.PublicKey, Vote(4)), SigningScene.Order(share.PublicKey, Vote(4, fill: 2))];
        await _recorder.SignAllAsync(orders, all =>
        {
            outcomes = all;
            return Task.CompletedTask;
        });
        Assert.Equal([true, false], outcomes!.Select(outcome => outcome is SignOutcome.Signed));
        await _scene.Rooms.Ledger.DisposeAsync();
        await SignAsync(SigningScene.Order(share.PublicKey, Vote(5)));

        var rows = await RowsAsync();

        Assert.Contains("signing_bls_signing_duration_count 2", rows);
        Assert.Contains("remote_signer_refusals_total{client=\"vc\",duty=\"Attestation\",rule=\"double_vote\"} 1", rows);
        Assert.Contains("remote_signer_refusals_total{client=\"vc\",duty=\"Attestation\",rule=\"failed\"} 1", rows);
    }

    [Fact]
    public async Task What_was_signed_is_counted_though_the_client_went_away()
    {
        var share = await _scene.AddAsync();

        await Assert.ThrowsAsync<IOException>(() =>
            _recorder.SignAsync(new DefaultHttpContext(), SigningScene.Order(share.PublicKey, Vote(4)), (_, _) =>
                throw new IOException("gone")
            )
        );

        Assert.Contains("eth2_slashingprotection_permitted_signings_total 1", await RowsAsync());
    }

    [Fact]
    public async Task While_the_disk_hangs_a_client_has_half_of_the_places_and_the_last_are_for_proposals()
    {
        var share = await _scene.AddAsync();
        using var well = new ManualResetEventSlim();
        var hanging = _scene.Rooms.Ledger.WriteAsync(_ => well.Wait(TimeSpan.FromMinutes(1), CancellationToken.None));
        List<Task<int>> waiting =
        [
            .. Enumerable.Range(4, 3).Select(epoch => StatusAsync(SigningScene.Order(share.PublicKey, Vote((ulong)epoch)))),
        ];

        Assert.Equal(StatusCodes.Status503ServiceUnavailable, await StatusAsync(SigningScene.Order(share.PublicKey, Vote(9))));
        waiting.AddRange(Enumerable.Range(1, 2).Select(slot => StatusAsync(SigningScene.Order(share.PublicKey, Proposal((ulong)slot)))));
        Assert.Equal(StatusCodes.Status503ServiceUnavailable, await StatusAsync(SigningScene.Order(share.PublicKey, Proposal(3))));
        Assert.DoesNotContain(waiting, one => one.IsCompleted);
        well.Set();

        Assert.True(await hanging);
        Assert.All(await Task.WhenAll(waiting), status => Assert.Equal(StatusCodes.Status200OK, status));
        Assert.Equal(StatusCodes.Status200OK, await StatusAsync(SigningScene.Order(share.PublicKey, Vote(9))));
        Assert.Contains("remote_signer_requests_turned_away_total{reason=\"busy\"} 2", await RowsAsync());

        async Task<int> StatusAsync(SignOrder order)
        {
            var context = new DefaultHttpContext();
            context.Features.Set(order.Client);
            await _recorder.SignAsync(context, order, (_, _) => Task.CompletedTask);
            Assert.Equal(
                context.Response.StatusCode == StatusCodes.Status503ServiceUnavailable ? "1" : "",
                context.Response.Headers.RetryAfter.ToString()
            );
            return context.Response.StatusCode;
        }
    }

    [Fact]
    public async Task A_refusal_is_told_in_words_and_its_repeats_are_counted()
    {
        var share = await _scene.AddAsync();
        await SignAsync(SigningScene.Order(share.PublicKey, Vote(4)));
        for (var i = 0; i < 30; i++)
        {
            await SignAsync(SigningScene.Order(share.PublicKey, Vote(4, fill: 2)));
        }

        await SignAsync(SigningScene.Order(share.PublicKey, Vote(4, fill: 2), "stranger"));

        Assert.Collection(
            _log.Lines,
            line =>
                Assert.StartsWith(
                    $"Warning: request test: refused attestation of slot 32 with {share.PublicKey} for vc: double_vote: ",
                    line
                ),
            line =>
                Assert.Equal(
                    $"Warning: request test: refused attestation of slot 32 with {share.PublicKey} for stranger: "
                        + "not_allowed: signer.json does not give this client this duty with this key; it was told unknown_key",
                    line
                )
        );
        _tally.Tell("epoch 4");
        Assert.Equal(
            "Warning: epoch 4: signed 1 attestation; refused 30 double_vote for vc, 1 "
                + "not_allowed for clients that signer.json does not name",
            _log.Lines[^1]
        );
        _tally.Tell("epoch 5");
        Assert.Equal("Information: epoch 5: signed nothing; refused nothing", _log.Lines[^1]);
    }

    [Fact]
    public async Task A_refusal_is_told_anew_once_its_epoch_was_summed_up()
    {
        for (var epoch = 0; epoch < 3; epoch++)
        {
            await SignAsync(SigningScene.Order(Duties.PublicKey(1), Vote(4)));
            await SignAsync(SigningScene.Order(Duties.PublicKey(1), Vote(4)));
            _tally.Tell($"epoch {epoch}");
        }

        Assert.Equal(3, _log.Lines.Count(line => line.Contains("keys_loading: the keys are being opened", StringComparison.Ordinal)));
        Assert.Equal(6, _log.Lines.Count);
    }

    [Theory]
    [InlineData(SlashingRule.DoubleProposal, true)]
    [InlineData(SlashingRule.DoubleVote, true)]
    [InlineData(SlashingRule.SurroundedVote, true)]
    [InlineData(SlashingRule.SurroundingVote, true)]
    [InlineData(SlashingRule.BlockBelowLowWatermark, false)]
    [InlineData(SlashingRule.SourceBelowLowWatermark, false)]
    [InlineData(SlashingRule.TargetBelowLowWatermark, false)]
    [InlineData(SlashingRule.BelowGlobalLowWatermark, false)]
    [InlineData(SlashingRule.SourceAfterTarget, false)]
    [InlineData(SlashingRule.AtOrAboveHighWatermark, false)]
    [InlineData(SlashingRule.WrongGenesisValidatorsRoot, false)]
    [InlineData(SlashingRule.KeyNotActive, false)]
    [InlineData(SlashingRule.NumberOutOfRange, false)]
    public void An_offence_is_what_collides_with_a_record(SlashingRule rule, bool isOffence) => Assert.Equal(isOffence, rule.IsOffence());

    private Task SignAsync(SignOrder order) => _recorder.SignAsync(new DefaultHttpContext(), order, (_, _) => Task.CompletedTask);

    private async Task<string[]> RowsAsync()
    {
        using var text = new MemoryStream();
        await _registry.CollectAndExportAsTextAsync(text);
        return System.Text.Encoding.UTF8.GetString(text.ToArray()).Split('\n');
    }

    private static Attestation Vote(ulong target, int fill = 1) =>
        new(
            new AttestationData(
                new Slot(target * 8),
                0,
                Duties.Root(fill),
                new Checkpoint(new Epoch(target - 1), default),
                new Checkpoint(new Epoch(target), default)
            ),
            new ForkInfo(default, default, default, Duties.Root(7))
        );

    private static SignableMessage Proposal(ulong slot) => Duties.Message(Duties.Block(slot), Duties.Root(1), Duties.Root(7)).Message;
}
