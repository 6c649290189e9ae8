using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using RemoteSigner.Rig;

namespace RemoteSigner.AcceptanceTests;

/// <summary>The verbs that look after a signer between two runs, and the audit log that remembers them.</summary>
public sealed class VerbTests(SignerTemplate template) : IDisposable
{
    private readonly SignerHome _home = template.Copy();

    [Fact]
    public async Task Lists_the_keys_for_people_and_for_programs()
    {
        var table = (await _home.RunAsync("keys", "list")).Succeeded();
        var lines = JsonOf(await _home.RunAsync("keys", "list", "--json"));

        Assert.Contains("public key", table.Output);
        Assert.Equal(
            _home.Keys.Select(key => key.ToString()).Order(),
            lines.EnumerateArray().Select(line => line.GetProperty("publicKey").GetString()!).Order()
        );
    }

    [Fact]
    public async Task A_terminal_obeys_nothing_of_what_an_argument_holds()
    {
        const string Bell = "x\u001b]0;owned\u0007\u001b[2J\r\nremote-signer: forged";
        string[][] verbs =
        [
            ["keys", "delete", Bell],
            ["keys", "import", "--keystores", Bell, "--never-signed"],
            ["keys", Bell],
            ["slashing", "import", Bell],
            ["slashing", "export", $"/nowhere/{Bell}"],
            ["audit", "export", $"/nowhere/{Bell}"],
            ["tls", "issue", Bell],
            ["tls", "revoke", Bell],
            ["tls", "renew", "--host", Bell],
            ["cluster", "verify", Bell],
            ["attest", "verify", Bell, "--nonce", "00"],
            ["policy", "explain", Bell],
            [Bell],
        ];
        foreach (var verb in verbs)
        {
            var result = await _home.RunAsync(verb);

            Assert.NotEqual(0, result.ExitCode);
            Assert.DoesNotContain(result.Output + result.Error, character => char.IsControl(character) && character is not '\n');
            Assert.DoesNotContain(result.Error.Split('\n'), line => line.StartsWith("remote-signer: forged", StringComparison.Ordinal));
            Assert.StartsWith("remote-signer: error: ", result.Error);
        }

        using var other = SignerHome.Empty(template.Original.Token);
        Assert.Contains("\\u001b[2J", (await other.InitAsync("hoodi", "--client", Bell)).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_export_overwrites_nothing_by_itself_and_never_a_file_of_the_signer()
    {
        var vault = await File.ReadAllBytesAsync(_home.VaultFile);
        var file = _home.Beside("precious");
        await File.WriteAllTextAsync(file, "something else");

        Assert.Equal(1, (await _home.RunAsync("slashing", "export", _home.VaultFile, "--force")).ExitCode);
        Assert.Equal(1, (await _home.RunAsync("slashing", "export", file)).ExitCode);
        Assert.Equal(vault, await File.ReadAllBytesAsync(_home.VaultFile));
        Assert.Equal("something else", await File.ReadAllTextAsync(file));
        (await _home.RunAsync("slashing", "export", file, "--force")).Succeeded();
        Assert.Contains("interchange_format_version", await File.ReadAllTextAsync(file), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("slashing")]
    [InlineData("audit")]
    public async Task An_export_into_a_folder_that_is_not_there_is_refused(string verb) =>
        Refusal.IsTold(await _home.RunAsync(verb, "export", _home.Beside("nowhere/history")), "nowhere/history", "look at the path");

    [Fact]
    public async Task A_history_that_was_exported_and_imported_elsewhere_refuses_the_same_votes()
    {
        await ServeAsync(_home, async client =>
            Assert.Equal(HttpStatusCode.OK, (await client.SignAsync(_home.Keys[0], Chain.VoteJson(fill: 1))).Status)
        );
        var file = _home.Beside("history.json");
        (await _home.RunAsync("slashing", "export", file)).Succeeded();
        using var other = template.Copy();
        var report = JsonOf(await other.RunAsync("slashing", "import", file, "--json"));

        Assert.Contains(report.EnumerateArray(), line =>
            line.GetProperty("publicKey").GetString() == _home.Keys[0].ToString() && line.GetProperty("attestationsNew").GetInt64() == 1
        );
        await ServeAsync(other, async client =>
        {
            // Not even the very same vote: an import is a claim, and grants nothing.
            Assert.Equal(HttpStatusCode.PreconditionFailed, (await client.SignAsync(_home.Keys[0], Chain.VoteJson(fill: 1))).Status);
            Assert.Equal(HttpStatusCode.PreconditionFailed, (await client.SignAsync(_home.Keys[0], Chain.VoteJson(fill: 2))).Status);
        });
    }

    [Theory]
    [InlineData("{")]
    [InlineData("""{"metadata":{"interchange_format_version":"4","genesis_validators_root":"0x00"},"data":[]}""")]
    [InlineData("[]")]
    public async Task A_file_that_is_no_history_is_refused(string text)
    {
        await File.WriteAllTextAsync(_home.Beside("history.json"), text);

        Refusal.IsTold(await _home.RunAsync("slashing", "import", _home.Beside("history.json")), "", "nothing of it was kept");
        Refusal.IsTold(await _home.RunAsync("slashing", "import", _home.Beside("nowhere.json")), "nowhere.json");
    }

    [Fact]
    public async Task Status_prune_and_watermarks_are_told_in_JSON()
    {
        // With a window on, votes that are all of the past would speak against the clock.
        _home.Configure(options => options["network"]!["slotWindow"]!["enabled"] = false);
        await ServeAsync(_home, async client =>
        {
            for (var back = 30UL; back > 0; back--)
            {
                Assert.Equal(HttpStatusCode.OK, (await client.SignAsync(_home.Keys[0], Chain.VoteJson(epochsBack: back))).Status);
            }
        });

        Assert.Equal(30, (await StatusAsync()).GetProperty("attestations").GetInt64());
        var pruned = JsonOf(await _home.RunAsync("slashing", "prune", "--keep-epochs", "16", "--json"));
        Assert.Contains(pruned.EnumerateArray(), line => line.GetProperty("attestationsDropped").GetInt64() > 0);
        (await _home.RunAsync("slashing", "watermark", "--epoch", $"{Chain.Epoch + 1}", "--key", _home.Keys[0].ToString())).Succeeded();
        Assert.Equal($"{Chain.Epoch + 1}", (await StatusAsync()).GetProperty("lowestTarget").GetString());
        await ServeAsync(_home, async client =>
            Assert.Equal(HttpStatusCode.PreconditionFailed, (await client.SignAsync(_home.Keys[0], Chain.VoteJson())).Status)
        );
    }

    [Fact]
    public async Task Watermark_options_that_do_not_go_together_are_refused()
    {
        Refusal.IsTold(await _home.RunAsync("slashing", "watermark", "--high", "--slot", "1"), "do not go together");
        Refusal.IsTold(await _home.RunAsync("slashing", "watermark"), "do not go together");
        Refusal.IsTold(await _home.RunAsync("slashing", "watermark", "--slot", "1", "--key", "0x12"), "is not a public key");
        Refusal.IsTold(
            await _home.RunAsync("slashing", "watermark", "--slot", "1", "--key", "0x" + new string('a', 96)),
            "no validator has one of these keys"
        );
    }

    [Fact]
    public async Task A_seal_can_be_doubled_and_rotated_and_the_signer_serves_on()
    {
        var before = await SlotsAsync();
        (await _home.RunAsync("seal", "enrol")).Succeeded();
        Assert.Equal(before.Count + 1, (await SlotsAsync()).Count);
        (await _home.RunAsync("seal", "rotate", "--json")).Succeeded();
        var after = await SlotsAsync();

        Assert.DoesNotContain(after, before.Contains);
        await ServeAsync(_home, async client =>
            Assert.Equal(HttpStatusCode.OK, (await client.SignAsync(_home.Keys[0], Chain.VoteJson())).Status)
        );
    }

    [Fact]
    public async Task A_deleted_key_signs_no_more_until_it_is_enabled_and_imported_again()
    {
        var key = KeystoreWriter.WriteNew(_home.Keystores, 1, SignerHome.Password)[0];
        string[] import = ["keys", "import", "--keystores", _home.Keystores, "--never-signed"];
        (await _home.RunAsync(import)).Succeeded();
        (await _home.RunAsync("keys", "delete", key.ToString())).Succeeded();

        Assert.DoesNotContain(key.ToString(), (await _home.RunAsync("keys", "list", "--json")).Output);
        Refusal.IsTold(await _home.RunAsync(import), "was deleted here", "keys enable");
        Refusal.IsTold(await _home.RunAsync("keys", "delete", "0x" + new string('a', 96)), "0xaaaa");
        (await _home.RunAsync("keys", "enable", key.ToString())).Succeeded();
        (await _home.RunAsync(import)).Succeeded();
        await ServeAsync(_home, async client => Assert.Equal(HttpStatusCode.OK, (await client.SignAsync(key, Chain.VoteJson())).Status));
    }

    [Fact]
    public async Task The_audit_log_is_intact_after_work_and_broken_after_an_edit()
    {
        await ServeAsync(_home, async client =>
        {
            await client.SignAsync(_home.Keys[0], Chain.VoteJson(fill: 1));
            await client.SignAsync(_home.Keys[0], Chain.VoteJson(fill: 2));
            await client.SignAsync("0x" + new string('a', 96), Chain.RandaoJson());
        });
        (await _home.RunAsync("slashing", "export", _home.Beside("history.json"))).Succeeded();
        var verdict = JsonOf(await _home.RunAsync("audit", "verify", "--json"));
        Assert.True(verdict.GetProperty("verified").GetBoolean());
        Assert.True(verdict.GetProperty("records").GetInt64() >= 1);

        await SqliteAsync("UPDATE audit_word SET word = CAST(replace(CAST(word AS TEXT), 'refused', 'granted') AS BLOB)");

        var broken = await _home.RunAsync("audit", "verify");
        Assert.Equal(1, broken.ExitCode);
        Assert.Contains("BROKEN", broken.Output);
    }

    [Theory]
    [InlineData("DELETE FROM audit WHERE seq = 2")]
    [InlineData("DELETE FROM recent_vote")]
    [InlineData("UPDATE recent_vote SET source = source - 1")]
    public async Task Whatever_is_changed_behind_its_back_breaks_the_verdict(string edit)
    {
        await ServeAsync(_home, async client => await client.SignAsync(_home.Keys[0], Chain.VoteJson(fill: 1)));

        await SqliteAsync(edit);

        Assert.Equal(1, (await _home.RunAsync("audit", "verify")).ExitCode);
    }

    public void Dispose() => _home.Dispose();

    private static async Task ServeAsync(SignerHome home, Func<HttpClient, Task> talk)
    {
        await using var signer = await home.StartAsync();
        using var client = ClientCertificate.Connect(signer, home.Data, "vc");
        await talk(client);
    }

    private async Task<JsonElement> StatusAsync() =>
        JsonOf(await _home.RunAsync("slashing", "status", "--json"))
            .EnumerateArray()
            .Single(line => line.GetProperty("publicKeys")[0].GetString() == _home.Keys[0].ToString());

    private async Task<List<string>> SlotsAsync() =>
        [
            .. JsonOf(await _home.RunAsync("seal", "status", "--json"))
                .GetProperty("slots")
                .EnumerateArray()
                .Select(slot => slot.GetProperty("keyId").GetString()!),
        ];

    private async Task SqliteAsync(string statement) => (await CommandResult.OfAsync("sqlite3", [_home.LedgerFile, statement])).Succeeded();

    private static JsonElement JsonOf(CommandResult result) => JsonSerializer.SerializeToElement(JsonNode.Parse(result.Succeeded().Output));
}
