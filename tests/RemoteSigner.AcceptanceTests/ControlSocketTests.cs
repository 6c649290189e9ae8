using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using RemoteSigner.Rig;

namespace RemoteSigner.AcceptanceTests;

/// <summary>The console speaks to a signer that serves, over the socket in its data directory, and nobody else does.</summary>
public sealed class ControlSocketTests(SignerTemplate template) : IDisposable
{
    private const UnixFileMode Owner = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private readonly SignerHome _home = template.Copy();

    private string Socket => Path.Combine(_home.Data, "control.sock");

    [Fact]
    public async Task A_key_comes_in_signs_and_goes_while_it_serves()
    {
        await using var signer = await _home.StartAsync();
        using var client = ClientCertificate.Connect(signer, _home.Data, "vc");
        var key = KeystoreWriter.WriteNew(_home.Keystores, 1, SignerHome.Password)[0];
        string[] import = ["keys", "import", "--keystores", _home.Keystores, "--never-signed"];

        (await _home.RunAsync(import)).Succeeded();
        Assert.Equal(HttpStatusCode.OK, (await client.SignAsync(key, Chain.VoteJson())).Status);
        Assert.Contains(key.ToString(), (await _home.RunAsync("keys", "list", "--json")).Output, StringComparison.Ordinal);

        (await _home.RunAsync("keys", "delete", key.ToString())).Succeeded();
        Assert.Equal(HttpStatusCode.NotFound, (await client.SignAsync(key, Chain.VoteJson())).Status);
        Assert.Equal(HttpStatusCode.OK, (await client.SignAsync(_home.Keys[0], Chain.VoteJson())).Status);
        Refusal.IsTold(await _home.RunAsync(import), "was deleted here", "keys enable");
        Refusal.IsTold(await _home.RunAsync("keys", "delete", key.ToString()), "is not a key that may sign here");
    }

    [Fact]
    public async Task Status_prune_exports_and_the_audit_log_are_there_while_it_serves()
    {
        await using var signer = await _home.StartAsync();
        using var client = ClientCertificate.Connect(signer, _home.Data, "vc");
        Assert.Equal(HttpStatusCode.OK, (await client.SignAsync(_home.Keys[0], Chain.VoteJson())).Status);

        Assert.Contains(JsonOf(await _home.RunAsync("slashing", "status", "--json")).EnumerateArray(), line =>
            line.GetProperty("attestations").GetInt64() == 1
        );
        (await _home.RunAsync("slashing", "prune", "--keep-epochs", "16", "--json")).Succeeded();
        (await _home.RunAsync("slashing", "export", _home.Beside("history.json"))).Succeeded();
        Assert.Contains("signed_attestations", await File.ReadAllTextAsync(_home.Beside("history.json")), StringComparison.Ordinal);
        Assert.Equal(Owner, File.GetUnixFileMode(_home.Beside("history.json")));
        (await _home.RunAsync("audit", "export", _home.Beside("audit.txt"))).Succeeded();
        var entries = await File.ReadAllLinesAsync(_home.Beside("audit.txt"));
        Assert.Contains(entries, line =>
            line.Contains("slashing.export", StringComparison.Ordinal)
            && line.Contains(_home.Beside("history.json"), StringComparison.Ordinal)
            && line.Contains("\"uid ", StringComparison.Ordinal)
        );
        Assert.True(JsonOf(await _home.RunAsync("audit", "verify", "--json")).GetProperty("verified").GetBoolean());
        Assert.Equal(
            "running",
            JsonOf(await _home.RunAsync("rollback-protection", "status", "--json")).GetProperty("nextStart").GetString()
        );
        Assert.Empty(Directory.EnumerateFiles(_home.Data, ".hand-out-*"));
    }

    [Fact]
    public async Task A_seal_is_rotated_while_it_serves_and_the_next_start_opens_by_the_new_key()
    {
        await using (var signer = await _home.StartAsync())
        {
            var before = (await _home.RunAsync("seal", "status", "--json")).Succeeded().Output;
            (await _home.RunAsync("seal", "rotate", "--json")).Succeeded();
            Assert.NotEqual(before, (await _home.RunAsync("seal", "status", "--json")).Output);
            using var client = ClientCertificate.Connect(signer, _home.Data, "vc");
            Assert.Equal(HttpStatusCode.OK, (await client.SignAsync(_home.Keys[0], Chain.VoteJson())).Status);
        }

        Assert.False(File.Exists(Socket));
        await using var next = await _home.StartAsync();
        using var again = ClientCertificate.Connect(next, _home.Data, "vc");
        Assert.Equal(HttpStatusCode.OK, (await again.SignAsync(_home.Keys[0], Chain.VoteJson())).Status);
    }

    [Fact]
    public async Task Each_door_leads_to_its_own_rooms_alone()
    {
        await using var signer = await _home.StartAsync();
        using var client = ClientCertificate.Connect(signer, _home.Data, "vc");
        using var operations = new HttpClient { BaseAddress = signer.Operations };
        using var console = UnixSocket.Connect(Socket);

        Assert.Equal(HttpStatusCode.OK, (await console.GetAsync("/control/v1/slashing")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await client.GetAsync("/control/v1/slashing")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await operations.GetAsync("/control/v1/slashing")).StatusCode);
        Assert.All(
            await Task.WhenAll(
                new[] { "/api/v1/eth2/publicKeys", "/healthcheck", "/metrics", "/eth/v1/keystores", "/reload" }.Select(path =>
                    console.GetAsync(path)
                )
            ),
            answer => Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode)
        );
    }

    [Fact]
    public async Task The_socket_is_the_owners_and_a_foreign_user_is_not_let_in_where_the_mode_would_let_him()
    {
        await using var signer = await _home.StartAsync();
        Assert.Equal(Owner, File.GetUnixFileMode(Socket) & (UnixFileMode)0b111_111_111);
        Assert.SkipUnless(Environment.UserName == "root", "only root can run a command as somebody else");

        foreach (var folder in new[] { _home.Folder, _home.Data })
        {
            File.SetUnixFileMode(folder, File.GetUnixFileMode(folder) | UnixFileMode.OtherExecute);
        }

        string[] ask = ["curl", "-sS", "--unix-socket", Socket, "http://signer/control/v1/slashing"];
        var kept = await CommandResult.OfAsync("setpriv", ["--reuid=65534", "--regid=65534", "--clear-groups", .. ask]);
        File.SetUnixFileMode(Socket, Owner | UnixFileMode.OtherRead | UnixFileMode.OtherWrite);
        var foreign = await CommandResult.OfAsync("setpriv", ["--reuid=65534", "--regid=65534", "--clear-groups", .. ask]);

        Assert.Contains("validators", (await CommandResult.OfAsync(ask[0], ask[1..])).Succeeded().Output, StringComparison.Ordinal);
        Assert.NotEqual(0, kept.ExitCode);
        Assert.NotEqual(0, foreign.ExitCode);
        Assert.Empty(foreign.Output);
        Assert.Contains("user 65534 is not let in", signer.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_a_killed_signer_left_is_in_nobodys_way()
    {
        await using (var signer = await _home.StartAsync())
        {
            await signer.KillAsync();
        }

        Assert.True(File.Exists(Socket));
        (await _home.RunAsync("slashing", "status", "--json")).Succeeded();
        await using var next = await _home.StartAsync();
        (await _home.RunAsync("slashing", "status", "--json")).Succeeded();
    }

    public void Dispose() => _home.Dispose();

    private static JsonElement JsonOf(CommandResult result) => JsonSerializer.SerializeToElement(JsonNode.Parse(result.Succeeded().Output));
}
