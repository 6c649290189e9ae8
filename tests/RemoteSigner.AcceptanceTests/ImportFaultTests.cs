using System.Net;
using System.Text.Json.Nodes;
using RemoteSigner.Rig;

namespace RemoteSigner.AcceptanceTests;

/// <summary>What <c>keys import</c> refuses: all or nothing, and the vault stays as it was.</summary>
public sealed class ImportFaultTests(SignerTemplate template) : IDisposable
{
    private readonly SignerHome _home = template.Copy();

    [Fact]
    public async Task Refuses_a_wrong_password()
    {
        KeystoreWriter.WriteNew(_home.Keystores, 2, "test password");
        await File.WriteAllTextAsync(Path.Combine(_home.Keystores, "keystore-1.txt"), "another");

        await RefusesAsync("keystore-1.json", "password", "--never-signed");
    }

    [Fact]
    public async Task Refuses_a_keystore_that_names_a_foreign_public_key()
    {
        var keys = KeystoreWriter.WriteNew(_home.Keystores, 2, "test password");
        Edit("keystore-0.json", keystore => keystore["pubkey"] = keys[1].ToString()[2..]);

        await RefusesAsync("keystore-0.json", "", "--never-signed");
    }

    [Fact]
    public async Task Refuses_malformed_keystores_and_names_all_of_them()
    {
        KeystoreWriter.WriteNew(_home.Keystores, 3, "test password");
        await File.WriteAllTextAsync(Path.Combine(_home.Keystores, "keystore-0.json"), "{");
        Edit("keystore-1.json", keystore => keystore["version"] = 3);

        await RefusesAsync("", "keystore-1.json", "--never-signed");
    }

    [Fact]
    public async Task Refuses_a_keystore_without_a_password_file()
    {
        KeystoreWriter.WriteNew(_home.Keystores, 1, "test password");
        File.Delete(Path.Combine(_home.Keystores, "keystore-0.txt"));

        await RefusesAsync("no password file", "--passwords", "--never-signed");
    }

    [Fact]
    public async Task Refuses_an_empty_folder()
    {
        Directory.CreateDirectory(_home.Keystores);

        await RefusesAsync("no keystore", "", "--never-signed");
    }

    [Fact]
    public async Task Wants_to_know_what_the_keys_have_signed()
    {
        KeystoreWriter.WriteNew(_home.Keystores, 1, "test password");

        await RefusesAsync("the slashing history of these keys is missing", "--never-signed");
        var both = await _home.RunAsync(
            "keys",
            "import",
            "--keystores",
            _home.Keystores,
            "--never-signed",
            "--slashing",
            _home.Beside("history.json")
        );
        Refusal.IsWrongUsage(both);
        Assert.Contains("--never-signed and --slashing cannot both be given", both.Error);
        await RefusesAsync("history.json", "", "--slashing", _home.Beside("history.json"));
    }

    [Fact]
    public async Task Refuses_a_history_that_says_nothing_about_a_key()
    {
        KeystoreWriter.WriteNew(_home.Keystores, 1, "test password");
        await WriteHistoryAsync([]);

        await RefusesAsync("says nothing about", "export the history", "--slashing", _home.Beside("history.json"));
    }

    [Fact]
    public async Task Refuses_a_history_of_another_chain()
    {
        KeystoreWriter.WriteNew(_home.Keystores, 1, "test password");
        await WriteHistoryAsync([], "0x" + new string('3', 64));

        await RefusesAsync("genesis", "", "--slashing", _home.Beside("history.json"));
    }

    [Fact]
    public async Task Refuses_a_key_that_is_there_already()
    {
        _home.Configure(_ => { });
        var keys = KeystoreWriter.Write(
            _home.Keystores,
            [
                [.. Enumerable.Repeat((byte)1, 32)],
            ],
            "test password"
        );
        (await _home.RunAsync("keys", "import", "--keystores", _home.Keystores, "--never-signed")).Succeeded();

        await RefusesAsync(keys[0].ToString(), "leave it out", "--never-signed");
    }

    [Fact]
    public async Task What_wants_the_signer_stopped_says_so_while_it_serves()
    {
        await using var signer = await _home.StartAsync();

        Refusal.IsTold(await _home.RunAsync("slashing", "watermark", "--epoch", "5"), "ledger", "stop that one first");
    }

    [Fact]
    public async Task A_history_becomes_the_low_watermark_of_the_key()
    {
        var key = KeystoreWriter.WriteNew(_home.Keystores, 1, "test password")[0];
        await WriteHistoryAsync([
            new JsonObject
            {
                ["pubkey"] = key.ToString(),
                ["signed_blocks"] = new JsonArray(),
                ["signed_attestations"] = new JsonArray(
                    new JsonObject { ["source_epoch"] = $"{Chain.Epoch - 1}", ["target_epoch"] = $"{Chain.Epoch}" }
                ),
            },
        ]);
        (await _home.RunAsync("keys", "import", "--keystores", _home.Keystores, "--slashing", _home.Beside("history.json"))).Succeeded();
        await using var signer = await _home.StartAsync();
        using var client = ClientCertificate.Connect(signer, _home.Data, "vc");

        var answer = await client.SignAsync(key, Chain.VoteJson(epochsBack: 1));

        Assert.Equal(HttpStatusCode.PreconditionFailed, answer.Status);
    }

    public void Dispose() => _home.Dispose();

    private async Task RefusesAsync(string error, string hint, params string[] options)
    {
        var before = await File.ReadAllBytesAsync(_home.VaultFile);

        var result = await _home.RunAsync(["keys", "import", "--keystores", _home.Keystores, .. options]);

        Refusal.IsTold(result with { Error = result.Error.Replace("\n  ", " ", StringComparison.Ordinal) }, error, hint);
        Assert.DoesNotContain("test password", result.Error + result.Output);
        Assert.Equal(before, await File.ReadAllBytesAsync(_home.VaultFile));
    }

    private void Edit(string name, Action<JsonNode> change)
    {
        var path = Path.Combine(_home.Keystores, name);
        var keystore = JsonNode.Parse(File.ReadAllText(path))!;
        change(keystore);
        File.WriteAllText(path, keystore.ToJsonString());
    }

    private Task WriteHistoryAsync(JsonArray validators, string? root = null) =>
        File.WriteAllTextAsync(
            _home.Beside("history.json"),
            new JsonObject
            {
                ["metadata"] = new JsonObject
                {
                    ["interchange_format_version"] = "5",
                    ["genesis_validators_root"] = root ?? Chain.Network.GenesisValidatorsRoot.ToString(),
                },
                ["data"] = validators,
            }.ToJsonString()
        );
}
