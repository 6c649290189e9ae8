using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using RemoteSigner.Rig;
using RemoteSigner.Spec;

namespace RemoteSigner.AcceptanceTests.RollbackProtection;

/// <summary>
/// Orderly stops, crashes and old copies that are put back, against the binary. The same for each kind of anchor: a class for one only
/// says how a home is made whose anchor is that. No slot window: the epochs are the test's own, and the fence stands nine past the newest
/// duty.
/// </summary>
public abstract partial class RollbackProtectionScenarios : IAsyncLifetime
{
    private SignerHome _home = null!;

    public async ValueTask InitializeAsync() => _home = await CreateHomeAsync();

    public ValueTask DisposeAsync()
    {
        _home?.Dispose();
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task After_an_orderly_stop_it_serves_at_once()
    {
        await RunAsync(async signer => Assert.Equal(HttpStatusCode.OK, await VoteAsync(signer, 100)));

        await RunAsync(async signer =>
        {
            Assert.Equal("open", await StateAsync(signer));
            Assert.Equal("double_vote", (await AskAsync(signer, 100, fill: 2)).Reason);
            Assert.Equal(HttpStatusCode.OK, await VoteAsync(signer, 101));
        });
        Assert.Equal("serve", await NextStartAsync());
    }

    [Fact]
    public async Task After_a_kill_nothing_before_the_fence_is_signed_with_any_key_and_it_serves_past_it()
    {
        var fence = Chain.Epoch + 9;
        await RunAndKillAsync(async signer => Assert.Equal(HttpStatusCode.OK, await VoteAsync(signer, fence - 9)));
        Assert.Equal("raise_low_watermarks", await NextStartAsync());

        await RunAsync(async signer =>
        {
            Assert.Equal("low_watermarks_raised", await StateAsync(signer));
            Assert.Contains($"\nremote_signer_fence_low_watermark_epoch {fence}\n", await MetricsAsync(signer), StringComparison.Ordinal);
            Assert.Contains(
                $"\nremote_signer_fence_low_watermark_source {fence - 2}\n",
                await MetricsAsync(signer),
                StringComparison.Ordinal
            );
            var health = await signer.Process.HealthWhenAsync(_ => true);
            Assert.Equal((HttpStatusCode.OK, "DEGRADED"), (health.Status, health.Json.GetProperty("status").GetString()));
            Assert.Contains("rollback-protection clear", health.Text, StringComparison.Ordinal);
            await AssertServesFromAsync(signer, fence);
        });

        // The low watermark is durable: an orderly stop does not take it away.
        await RunAsync(async signer => Assert.Equal("below_global_low_watermark", (await AskAsync(signer, fence - 1)).Reason));
    }

    [Fact]
    public async Task A_person_ends_the_low_watermarks_only_after_reading_what_is_risked()
    {
        await RunAndKillAsync(async signer => Assert.Equal(HttpStatusCode.OK, await VoteAsync(signer, 100)));
        var shown = await _home.RunAsync("rollback-protection", "clear");
        Assert.Equal(1, shown.ExitCode);
        Assert.Contains("RISK", shown.Error, StringComparison.Ordinal);
        Assert.Equal("raise_low_watermarks", await NextStartAsync());

        (await _home.RunAsync("rollback-protection", "clear", "--accept-risk")).Succeeded();

        await RunAsync(async signer =>
        {
            Assert.Equal("double_vote", (await AskAsync(signer, 100, fill: 2)).Reason);
            Assert.Equal(HttpStatusCode.OK, await VoteAsync(signer, 101));
        });
        Assert.Contains(await AuditLines.ReadAsync(_home.LedgerFile), line =>
            line.Contains("rollback_protection.clear", StringComparison.Ordinal)
        );
    }

    /// <summary>A kill leaves no such ledger, which notes a change before the vault's file is written: it is a copy from before.</summary>
    [Fact]
    public async Task A_ledger_that_does_not_know_the_newest_vault_signs_nothing_until_a_person_takes_both()
    {
        await RunAndKillAsync(async signer => Assert.Equal(HttpStatusCode.OK, await VoteAsync(signer, 100)));
        _home.BackUp("copy");
        (await _home.RunAsync("keys", "delete", _home.Keys[1].ToString())).Succeeded();
        _home.PutBack("copy", "ledger");
        Assert.Equal("refuse", await NextStartAsync());

        (await _home.RunAsync("rollback-protection", "clear", "--accept-risk")).Succeeded();
        Assert.Equal("raise_low_watermarks", await NextStartAsync());
        (await _home.RunAsync("rollback-protection", "clear", "--accept-risk")).Succeeded();

        Assert.Equal("serve", await NextStartAsync());
    }

    [Fact]
    public async Task An_old_copy_of_the_ledger_and_the_vault_signs_nothing_until_it_is_cleared()
    {
        await RunAsync(async signer => Assert.Equal(HttpStatusCode.OK, await VoteAsync(signer, 100)));
        _home.BackUp("copy");
        await RunAsync(async signer => Assert.Equal(HttpStatusCode.OK, await VoteAsync(signer, 110)));
        _home.PutBack("copy");

        await AssertRefusesAllAsync("ledger_rolled_back");

        (await _home.RunAsync("rollback-protection", "clear", "--accept-risk")).Succeeded();
        await RunAsync(signer => AssertServesFromAsync(signer, 119, source: 109));
    }

    [Fact]
    public async Task An_old_copy_of_the_ledger_alone_signs_nothing()
    {
        await RunAsync(async signer => Assert.Equal(HttpStatusCode.OK, await VoteAsync(signer, 100)));
        _home.BackUp("copy");
        await RunAsync(async signer => Assert.Equal(HttpStatusCode.OK, await VoteAsync(signer, 110)));
        _home.PutBack("copy", "ledger");

        await AssertRefusesAllAsync("ledger_rolled_back");
    }

    [Fact]
    public async Task An_old_copy_of_the_vault_alone_signs_nothing()
    {
        await RunAsync(async signer => Assert.Equal(HttpStatusCode.OK, await VoteAsync(signer, 100)));
        _home.BackUp("copy");
        (await _home.RunAsync(VaultChange)).Succeeded();
        Assert.Equal("serve", await NextStartAsync());
        _home.PutBack("copy", "vault");

        await AssertRefusesAllAsync(OldVault);
    }

    [Fact]
    public async Task A_copy_made_in_a_run_and_put_back_after_a_kill_signs_nothing_before_the_fence()
    {
        await RunAndKillAsync(async signer =>
        {
            Assert.Equal(HttpStatusCode.OK, await VoteAsync(signer, 100));
            _home.BackUp("copy");
            Assert.Equal(HttpStatusCode.OK, await VoteAsync(signer, 105));
            Assert.Equal(HttpStatusCode.OK, await VoteAsync(signer, 120));
        });
        _home.PutBack("copy");

        await RunAsync(signer => AssertServesFromAsync(signer, 129));
    }

    [Fact]
    public async Task A_copy_made_in_a_run_and_put_back_after_its_orderly_stop_signs_nothing_before_the_fence_until_an_import()
    {
        await RunAsync(async signer =>
        {
            Assert.Equal(HttpStatusCode.OK, await VoteAsync(signer, 100));
            _home.BackUp("copy");
            Assert.Equal(HttpStatusCode.OK, await VoteAsync(signer, 102));
        });
        (await _home.RunAsync("slashing", "export", _home.Beside("newest.json"))).Succeeded();
        Assert.Equal("serve", await NextStartAsync());
        _home.PutBack("copy");
        await RunAsync(async signer => Assert.Equal("below_global_low_watermark", (await AskAsync(signer, 102, fill: 2)).Reason));

        (await _home.RunAsync("slashing", "import", _home.Beside("newest.json"))).Succeeded();

        await RunAsync(async signer =>
        {
            Assert.Equal("open", await StateAsync(signer));
            Assert.NotEqual(HttpStatusCode.OK, (await AskAsync(signer, 102, fill: 2)).Status);
            Assert.Equal(HttpStatusCode.OK, await VoteAsync(signer, 103));
        });
    }

    [Fact]
    public async Task Of_two_signers_started_at_once_on_copies_of_one_data_directory_one_at_most_signs()
    {
        await RunAsync(async signer => Assert.Equal(HttpStatusCode.OK, await VoteAsync(signer, 100)));
        var signed = 0;
        for (ulong round = 0; round < 4; round++)
        {
            var twin = _home.CopyBeside($"twin-{round}");
            await using var one = SignerProcess.Launch(_home.Data, _home.Token);
            await using var other = SignerProcess.Launch(twin, _home.Token);
            var target = 300_000 + (1000 * round);
            var votes = await Task.WhenAll(VoteOnceSettledAsync(one, target, fill: 1), VoteOnceSettledAsync(other, target, fill: 2));
            Assert.InRange(votes.Count(vote => vote == HttpStatusCode.OK), 0, 1);
            signed += votes.Count(vote => vote == HttpStatusCode.OK);
            await one.KillAsync();
            await other.KillAsync();
            await ClearUntilItLostAsync();
        }

        Assert.InRange(signed, 1, 4);
    }

    // One that lost the race keeps its low watermarks, whoever asks: the other one may have signed since. The next round's votes are beyond
    // them.
    private async Task ClearUntilItLostAsync()
    {
        while (await NextStartAsync() != "serve")
        {
            var cleared = await _home.RunAsync("rollback-protection", "clear", "--accept-risk");
            if (cleared.ExitCode != 0)
            {
                Assert.Contains("found another signer on the same anchor", cleared.Error, StringComparison.Ordinal);
                return;
            }
        }
    }

    [Fact]
    public async Task The_ledger_of_another_signer_signs_nothing()
    {
        using var other = await CreateHomeAsync();
        await RunAsync(async signer => Assert.Equal(HttpStatusCode.OK, await VoteAsync(signer, 100)));
        File.Copy(other.LedgerFile, _home.LedgerFile, overwrite: true);

        await AssertRefusesAllAsync("ledger_foreign");
    }

    [Fact]
    public async Task A_setting_alone_takes_no_anchor_away()
    {
        await RunAsync(async signer => Assert.Equal(HttpStatusCode.OK, await VoteAsync(signer, 100)));
        SetAnchor("none");

        await AssertSignsNothingAsync("anchor_switched_off");
    }

    [Fact]
    public async Task An_anchor_that_was_left_vouches_for_nothing_from_before_or_after()
    {
        await RunAsync(async signer => Assert.Equal(HttpStatusCode.OK, await VoteAsync(signer, 100)));
        _home.BackUp("copy");
        Assert.Contains("RISK", (await _home.RunAsync("rollback-protection", "leave")).Error, StringComparison.Ordinal);
        Assert.Equal("serve", await NextStartAsync());
        (await _home.RunAsync("rollback-protection", "leave", "--accept-risk")).Succeeded();
        SetAnchor("none");
        await RunAsync(async signer =>
        {
            Assert.Equal("off", await StateAsync(signer));
            Assert.Equal(HttpStatusCode.OK, await VoteAsync(signer, 200));
        });

        _home.Configure(options => options.AsObject().Remove("rollbackProtection"));
        await AssertRefusesAllAsync("ledger_without_start");
        _home.PutBack("copy");
        await AssertRefusesAllAsync("record_foreign");
        SetAnchor("none");
        await AssertSignsNothingAsync("anchor_switched_off");
    }

    [Fact]
    public async Task A_data_directory_from_before_the_fence_signs_nothing_until_it_is_enrolled()
    {
        _home.Dispose();
        _home = await CreateHomeAsync("--rollback-protection", "none");
        _home.Configure(options => options.AsObject().Remove("rollbackProtection"));
        await AssertRefusesAllAsync("not_enrolled");

        (await _home.RunAsync("rollback-protection", "enrol", "--anchor-on-host")).Succeeded();

        await RunAsync(async signer => Assert.Equal(HttpStatusCode.OK, await VoteAsync(signer, 100)));
        Assert.Equal("serve", await NextStartAsync());
    }

    private void SetAnchor(string anchor) =>
        _home.Configure(options => options["rollbackProtection"] = new JsonObject { ["anchor"] = anchor });

    /// <summary>A verb that changes the vault.</summary>
    protected virtual string[] VaultChange => ["seal", "enrol"];

    /// <summary>A verb that gives the vault another root key.</summary>
    protected virtual string[] RekeyOf(SignerHome home) => ["seal", "rekey"];

    /// <summary>The reason why a vault from before that is not taken.</summary>
    protected virtual string OldVault => "vault_rolled_back";

    /// <summary>A signer on hoodi without a slot window, with two keys and the client <c>vc</c>, whose anchor is of this kind.</summary>
    protected abstract Task<SignerHome> CreateHomeAsync(params string[] options);

    private static Task<ApiAnswer> AskAsync(RunningSigner signer, ulong target, int key = 0, byte fill = 1, ulong? source = null) =>
        signer.Client.SignAsync(
            signer.Keys[key],
            AttestationRequest.Json(
                AttestationRequest.Message(Chain.Network.GenesisValidatorsRoot!.Value, source ?? target - 1, target, target * 32, fill)
            )
        );

    private static async Task<HttpStatusCode> VoteAsync(RunningSigner signer, ulong target) => (await AskAsync(signer, target)).Status;

    private static Task<ApiAnswer> ProposeAsync(RunningSigner signer, ulong slot, int key) =>
        signer.Client.SignAsync(
            signer.Keys[key],
            BlockRequest.Json(BlockRequest.Message(Chain.Network.GenesisValidatorsRoot!.Value, slot, 1))
        );

    /// <summary>
    /// Nothing before the epoch, and no vote with a source before this one (two epochs before the epoch), with the key that signed and the
    /// one that never did; everything from there on.
    /// </summary>
    private static async Task AssertServesFromAsync(RunningSigner signer, ulong fence, ulong? source = null)
    {
        var lowest = source ?? fence - 2;
        for (var key = 0; key < signer.Keys.Count; key++)
        {
            foreach (var target in ((ulong[])[50, 99, 100, 101, 110, fence - 1]).Where(target => target < fence))
            {
                Assert.Equal("below_global_low_watermark", (await AskAsync(signer, target, key, fill: 2)).Reason);
            }

            Assert.Equal("below_global_low_watermark", (await AskAsync(signer, fence, key, source: lowest - 1)).Reason);
            Assert.Equal("below_global_low_watermark", (await ProposeAsync(signer, (fence * 32) - 1, key)).Reason);
            Assert.Equal(HttpStatusCode.OK, (await signer.Client.SignAsync(signer.Keys[key], Chain.RandaoJson())).Status);
            Assert.Equal(HttpStatusCode.OK, (await AskAsync(signer, fence, key, source: lowest)).Status);
            Assert.Equal(HttpStatusCode.OK, (await ProposeAsync(signer, fence * 32, key)).Status);
        }
    }

    private async Task AssertRefusesAllAsync(string reason)
    {
        await AssertSignsNothingAsync(reason);
        Assert.Equal("refuse", await NextStartAsync());
    }

    private async Task AssertSignsNothingAsync(string reason)
    {
        await using (var process = SignerProcess.Launch(_home.Data, _home.Token))
        {
            var report = await process.HealthWhenAsync(health => StateOf(health) == reason);
            Assert.Equal((HttpStatusCode.ServiceUnavailable, reason), (report.Status, StateOf(report)));
            using var client = ClientCertificate.Connect(process, _home.Data, "vc");
            var signer = new RunningSigner(process, client, _home.Keys);
            await UntilKeysAreOpenAsync(process);
            foreach (
                var answer in new[]
                {
                    await AskAsync(signer, 5000),
                    await AskAsync(signer, 100),
                    await client.SignAsync(signer.Keys[0], Chain.RandaoJson()),
                }
            )
            {
                Assert.Equal((HttpStatusCode.ServiceUnavailable, reason), (answer.Status, answer.Reason));
            }

            Assert.Contains("nothing is signed", process.Output, StringComparison.Ordinal);
        }

        var pascal = string.Concat(reason.Split('_').Select(word => char.ToUpperInvariant(word[0]) + word[1..]));
        Assert.Equal(
            4,
            (await AuditLines.ReadAsync(_home.LedgerFile)).Count(line => line.Contains($"\"rule\":\"{pascal}\"", StringComparison.Ordinal))
        );
    }

    private static Task<ApiAnswer> UntilKeysAreOpenAsync(SignerProcess process) =>
        process.HealthWhenAsync(report => report.Text.Contains("\"state\":\"open\"", StringComparison.Ordinal));

    private async Task<HttpStatusCode> VoteOnceSettledAsync(SignerProcess process, ulong target, byte fill)
    {
        await UntilKeysAreOpenAsync(process);
        using var client = ClientCertificate.Connect(process, _home.Data, "vc");
        return (await AskAsync(new RunningSigner(process, client, _home.Keys), target, fill: fill)).Status;
    }

    private async Task RunAsync(Func<RunningSigner, Task> work)
    {
        await using var process = await _home.StartAsync();
        using var client = ClientCertificate.Connect(process, _home.Data, "vc");
        await work(new RunningSigner(process, client, _home.Keys));
        await process.StopAsync();
        Assert.Equal(0, process.ExitCode);
    }

    private async Task RunAndKillAsync(Func<RunningSigner, Task> work)
    {
        await using var process = await _home.StartAsync();
        using var client = ClientCertificate.Connect(process, _home.Data, "vc");
        await work(new RunningSigner(process, client, _home.Keys));
        await process.KillAsync();
    }

    private async Task<string?> NextStartAsync() =>
        JsonDocument
            .Parse((await _home.RunAsync("rollback-protection", "status", "--json")).Succeeded().Output)
            .RootElement.GetProperty("nextStart")
            .GetString();

    private static async Task<string?> StateAsync(RunningSigner signer) => StateOf(await signer.Process.HealthWhenAsync(_ => true));

    private static async Task<string> MetricsAsync(RunningSigner signer)
    {
        using var operations = new HttpClient { BaseAddress = signer.Process.Operations };
        return (await operations.ReadAsync("/metrics")).Text;
    }

    private static string? StateOf(ApiAnswer health) =>
        health
            .Json.GetProperty("checks")
            .EnumerateArray()
            .Single(check => check.GetProperty("id").GetString() == "rollback-protection-check")
            .GetProperty("data")
            .GetProperty("state")
            .GetString();

    private sealed record RunningSigner(SignerProcess Process, HttpClient Client, IReadOnlyList<BlsPublicKey> Keys);
}
