using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using RemoteSigner.Rig;
using RemoteSigner.Spec;

namespace RemoteSigner.AcceptanceTests;

/// <summary>
/// Whoever comes from another client names the folder in which that keeps its keys: what is there is told first, then taken in, then signed
/// with.
/// </summary>
public sealed class ClientFolderTests(SignerTemplate template) : IDisposable
{
    private readonly SignerHome _home = template.Copy();

    public static TheoryData<string> Clients => [.. ClientFolder.Clients];

    private string History => _home.Beside("history.json");

    public void Dispose() => _home.Dispose();

    [Theory]
    [MemberData(nameof(Clients))]
    public async Task The_keys_of_each_client_come_in_and_sign(string client)
    {
        var folder = ClientFolder.Write(client, Directory.CreateDirectory(_home.Beside("client")).FullName);

        (await _home.RunAsync(["keys", "import", .. folder.Options, "--never-signed"])).Succeeded();

        Assert.Equal(
            folder.Labels,
            JsonOf(await _home.RunAsync("keys", "list", "--json"))
                .EnumerateArray()
                .Where(line => folder.Keys.Any(key => key.ToString() == line.GetProperty("publicKey").GetString()))
                .Select(line => line.GetProperty("label").GetString()!)
                .Order(StringComparer.Ordinal)
        );
        await using var signer = await _home.StartAsync();
        using var vc = ClientCertificate.Connect(signer, _home.Data, "vc");
        foreach (var key in folder.Keys)
        {
            Assert.Equal(HttpStatusCode.OK, (await vc.SignAsync(key, Chain.VoteJson())).Status);
        }
    }

    /// <summary>Over the control socket, too: label and password travel with the keystore.</summary>
    [Fact]
    public async Task A_signer_that_runs_takes_Dirks_wallets_with_their_names_and_their_history()
    {
        var folder = Dirk();
        await WriteHistoryAsync(folder.Keys.Select(key => Voted(key)));
        _home.Configure(options => options["clients"]!["vc"]!["keys"] = new JsonArray("label:Wallet 1/*"));
        await using var signer = await _home.StartAsync();
        using var vc = ClientCertificate.Connect(signer, _home.Data, "vc");

        var foreseen = Told(
            await _home.RunAsync(["keys", "import", .. folder.Options, "--slashing", History, "--dry-run", "--json"]),
            exitCode: 0
        );
        var imported = (await _home.RunAsync(["keys", "import", .. folder.Options, "--slashing", History])).Succeeded();

        Assert.Equal(["would_import", "would_import"], Outcomes(foreseen));
        Assert.Contains("2 entries of the history have no list of blocks or none of votes", imported.Error, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.PreconditionFailed, (await vc.SignAsync(folder.Keys[0], Chain.VoteJson())).Status);
        Assert.Equal(HttpStatusCode.OK, (await vc.SignAsync(folder.Keys[0], Chain.RandaoJson(Chain.Epoch))).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await vc.SignAsync(folder.Keys[1], Chain.RandaoJson(Chain.Epoch))).Status);
    }

    [Fact]
    public async Task A_dry_run_tells_of_every_key_and_changes_nothing()
    {
        var folder = Dirk();
        await WriteHistoryAsync([Voted(folder.Keys[0])]);
        var status = (await _home.RunAsync("slashing", "status", "--json")).Succeeded().Output;
        var before = Contents();

        // Without its PIN the vault could not be opened.
        File.Delete(_home.Token.PinFile);
        var result = await _home.RunAsync(["keys", "import", .. folder.Options, "--slashing", History, "--dry-run", "--json"]);

        var told = Told(result, exitCode: 1);
        Assert.Equal(["would_import", "no_slashing_history"], Outcomes(told));
        Assert.Equal(
            folder.Keys.Select(key => key.ToString()),
            told.GetProperty("keys").EnumerateArray().Select(key => key.GetProperty("publicKey").GetString())
        );
        Assert.Equal(folder.Labels, told.GetProperty("keys").EnumerateArray().Select(key => key.GetProperty("label").GetString()));
        Assert.All(told.GetProperty("keys").EnumerateArray(), key =>
            Assert.Equal(("dirk", folder.Passwords), (key.GetProperty("from").GetString(), key.GetProperty("password").GetString()))
        );
        Assert.Equal(
            (0, 1),
            (told.GetProperty("keys")[0].GetProperty("blocks").GetInt32(), told.GetProperty("keys")[0].GetProperty("votes").GetInt32())
        );
        Assert.Equal(JsonValueKind.Null, told.GetProperty("keys")[1].GetProperty("blocks").ValueKind);
        Assert.Equal(5, told.GetProperty("passedOver").GetArrayLength());
        Assert.Contains("the interchange file says nothing about it", result.Error, StringComparison.Ordinal);
        Assert.DoesNotContain(ClientFolder.Password, result.Output + result.Error, StringComparison.Ordinal);
        Assert.Equal(before, Contents());
        Assert.Equal(status, (await _home.RunAsync("slashing", "status", "--json")).Succeeded().Output);
    }

    [Fact]
    public async Task A_dry_run_for_people_is_a_table_with_the_next_step()
    {
        var folder = Dirk();

        var result = (await _home.RunAsync(["keys", "import", .. folder.Options, "--never-signed", "--dry-run"])).Succeeded();

        Assert.Contains(folder.Keys[1].ToString(), result.Output, StringComparison.Ordinal);
        Assert.Contains("Wallet 2/validator-0", result.Output, StringComparison.Ordinal);
        Assert.Contains("without --dry-run", result.Error, StringComparison.Ordinal);
        Assert.Contains("passed over", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_dry_run_knows_what_is_here_was_deleted_or_never_had_its_past_stated()
    {
        var folder = Dirk();
        Assert.Equal(["no_slashing_history", "no_slashing_history"], Outcomes(Told(await DryRunAsync(folder), exitCode: 1)));
        (await _home.RunAsync(["keys", "import", .. folder.Options, "--never-signed"])).Succeeded();
        Assert.Equal(["already_held", "already_held"], Outcomes(Told(await DryRunAsync(folder, "--never-signed"), exitCode: 1)));
        (await _home.RunAsync("keys", "delete", folder.Keys[0].ToString())).Succeeded();

        Assert.Equal(["was_retired", "already_held"], Outcomes(Told(await DryRunAsync(folder, "--never-signed"), exitCode: 1)));
        await using var signer = await _home.StartAsync();
        Assert.Equal(["was_retired", "already_held"], Outcomes(Told(await DryRunAsync(folder, "--never-signed"), exitCode: 1)));
    }

    [Fact]
    public async Task A_dry_run_tells_of_passwords_that_are_missing_and_of_clients_that_may_still_run()
    {
        var folder = ClientFolder.Write("lodestar", Directory.CreateDirectory(_home.Beside("client")).FullName);
        File.Delete(Path.Combine(folder.Keystores, "secrets", folder.Keys[0].ToString()));
        var locked = Path.Combine(folder.Keystores, "keystores", folder.Keys[1].ToString(), "voting-keystore.json.lock");
        Directory.CreateDirectory(locked);

        var result = await DryRunAsync(folder, "--never-signed");

        var told = Told(result, exitCode: 1);
        Assert.Equal(["password_unreadable", "would_import"], Outcomes(told));
        Assert.Equal(locked, Assert.Single(told.GetProperty("locks").EnumerateArray()).GetString());
        Assert.Contains("the same key in two places is slashed", result.Error, StringComparison.Ordinal);
    }

    /// <summary>Such an entry may be of a key that never signed, and of one whose history was lost.</summary>
    [Fact]
    public async Task A_history_that_names_a_key_and_lists_nothing_is_refused_in_these_words()
    {
        var folder = Dirk();
        await WriteHistoryAsync([Voted(folder.Keys[0]), new JsonObject { ["pubkey"] = folder.Keys[1].ToString() }]);

        Refusal.IsTold(
            await _home.RunAsync(["keys", "import", .. folder.Options, "--slashing", History]),
            "the file names it and lists nothing it signed",
            "--never-signed"
        );
        Assert.Contains(
            "the file names it and lists nothing it signed",
            (await _home.RunAsync(["keys", "import", .. folder.Options, "--slashing", History, "--dry-run"])).Error,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task A_name_of_many_bytes_is_cut_and_no_reason_to_refuse_a_key()
    {
        var key = KeystoreWriter.WriteNew(_home.Keystores, 1, SignerHome.Password)[0];
        foreach (var ending in new[] { "json", "txt" })
        {
            File.Move(
                Path.Combine(_home.Keystores, $"keystore-0.{ending}"),
                Path.Combine(_home.Keystores, $"{new string('ä', 40)}.{ending}")
            );
        }

        (await _home.RunAsync("keys", "import", "--keystores", _home.Keystores, "--never-signed")).Succeeded();

        Assert.Contains(JsonOf(await _home.RunAsync("keys", "list", "--json")).EnumerateArray(), line =>
            line.GetProperty("publicKey").GetString() == key.ToString() && line.GetProperty("label").GetString() == new string('ä', 32)
        );
    }

    private ClientFolder Dirk() => ClientFolder.Write("dirk", Directory.CreateDirectory(_home.Beside("client")).FullName);

    private Task<CommandResult> DryRunAsync(ClientFolder folder, params string[] options) =>
        _home.RunAsync(["keys", "import", .. folder.Options, "--dry-run", "--json", .. options]);

    // Dirk leaves the empty list out.
    private static JsonObject Voted(BlsPublicKey key) =>
        new()
        {
            ["pubkey"] = key.ToString(),
            ["signed_attestations"] = new JsonArray(
                new JsonObject { ["source_epoch"] = $"{Chain.Epoch - 1}", ["target_epoch"] = $"{Chain.Epoch}" }
            ),
        };

    private Task WriteHistoryAsync(IEnumerable<JsonObject> validators) =>
        File.WriteAllTextAsync(
            History,
            new JsonObject
            {
                ["metadata"] = new JsonObject
                {
                    ["interchange_format_version"] = "5",
                    ["genesis_validators_root"] = Chain.Network.GenesisValidatorsRoot.ToString(),
                },
                ["data"] = new JsonArray([.. validators]),
            }.ToJsonString()
        );

    // The ledger's own bytes may move by being opened; what is in it is in its export.
    private IReadOnlyList<(string, string)> Contents() =>
        [
            .. Directory
                .EnumerateFiles(_home.Data, "*", SearchOption.AllDirectories)
                .Where(file => !Path.GetFileName(file).Contains("ledger", StringComparison.Ordinal))
                .Order()
                .Select(file => (file, Convert.ToHexString(File.ReadAllBytes(file)))),
        ];

    private static IEnumerable<string> Outcomes(JsonElement told) =>
        told.GetProperty("keys").EnumerateArray().Select(key => key.GetProperty("outcome").GetString()!);

    private static JsonElement Told(CommandResult result, int exitCode)
    {
        Assert.True(result.ExitCode == exitCode, $"ended with {result.ExitCode}:\n{result.Output}\n{result.Error}");
        return JsonDocument.Parse(result.Output).RootElement;
    }

    private static JsonElement JsonOf(CommandResult result) => JsonDocument.Parse(result.Succeeded().Output).RootElement;
}
