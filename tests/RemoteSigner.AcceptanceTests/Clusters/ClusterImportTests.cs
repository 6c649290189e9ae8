using System.Net;
using System.Text.Json;
using RemoteSigner.AcceptanceTests.RollbackProtection;
using RemoteSigner.Rig;
using RemoteSigner.Tests;

namespace RemoteSigner.AcceptanceTests.Clusters;

/// <summary><c>cluster import</c>, <c>bind</c>, <c>list</c> and <c>show</c>, and the duties that such shares then sign.</summary>
public sealed class ClusterImportTests(SignerTemplate template)
{
    private const string Cluster = "lock-v1_11-4of3";

    [Theory]
    [MemberData(nameof(ClusterLocks.Genuine), MemberType = typeof(ClusterLocks))]
    public async Task Every_valid_lock_is_imported_on_every_node_and_signs(string name)
    {
        var operators = Directory.GetDirectories(Vectors.Path($"clusters/{name}"), "node*").Length;
        for (var node = 0; node < operators; node++)
        {
            using var home = template.Copy();
            var imported = JsonOf(await ImportAsync(home, name, node, "--never-signed", "--json"));
            var lines = JsonOf(await home.RunAsync("cluster", "show", imported.GetProperty("clusterHash").GetString()!, "--json"))
                .GetProperty("cluster")
                .GetProperty("shares")
                .EnumerateArray()
                .ToList();

            Assert.Equal(node + 1, imported.GetProperty("shareIndex").GetInt32());
            Assert.All(lines, line => Assert.Equal("lock_file", line.GetProperty("provenance").GetString()));
            await ServeAsync(home, async client =>
            {
                foreach (var share in lines.Select(line => line.GetProperty("shareKey").GetString()!))
                {
                    Assert.Equal(HttpStatusCode.OK, (await client.SignAsync(share, Chain.VoteJson(fill: 1))).Status);
                    Assert.Equal("double_vote", (await client.SignAsync(share, Chain.VoteJson(fill: 2))).Reason);
                }
            });
        }
    }

    [Theory]
    [MemberData(nameof(ClusterLocks.Bad), MemberType = typeof(ClusterLocks))]
    public async Task Every_bad_lock_is_refused_with_its_reason_and_changes_nothing(string name, string code)
    {
        using var home = template.Copy();
        var vault = await File.ReadAllBytesAsync(home.VaultFile);

        var refused = await home.RunAsync(
            "cluster",
            "import",
            "--lock",
            LockFile(name),
            "--node",
            NodeFolder(Cluster, 0),
            "--never-signed"
        );

        Assert.Equal(1, refused.ExitCode);
        Assert.Contains(code, refused.Error, StringComparison.Ordinal);
        Assert.Equal(vault, await File.ReadAllBytesAsync(home.VaultFile));
        Assert.Empty(JsonOf(await home.RunAsync("cluster", "list", "--json")).EnumerateArray());
    }

    [Fact]
    public async Task The_past_must_be_stated_and_another_nodes_shares_do_not_come_in()
    {
        using var home = template.Copy();

        Refusal.IsTold(await ImportAsync(home, Cluster, 0), "the slashing history of these validators is missing", "--slashing");
        (await ImportAsync(home, Cluster, 0, "--never-signed")).Succeeded();
        Refusal.IsTold(await ImportAsync(home, Cluster, 1, "--never-signed"), "other_operator");
        Assert.Contains("nothing was to be done", (await ImportAsync(home, Cluster, 0)).Succeeded().Error, StringComparison.Ordinal);
        Refusal.IsTold(
            await home.RunAsync("keys", "import", "--keystores", NodeFolder(Cluster, 2), "--never-signed"),
            "second_share_of_group"
        );
        Refusal.IsTold(await home.RunAsync("cluster", "import", "--node", NodeFolder(Cluster, 0), "--never-signed"), "cluster-lock.json");
        Assert.Equal(0, (await home.RunAsync("audit", "verify")).ExitCode);
    }

    [Fact]
    public async Task Shares_that_came_as_bare_keystores_are_bound_to_their_lock()
    {
        using var home = template.Copy();
        (await home.RunAsync("keys", "import", "--keystores", NodeFolder(Cluster, 3), "--never-signed")).Succeeded();
        Refusal.IsTold(await BindAsync(home, 2), "waits to be bound");

        (await BindAsync(home, 3)).Succeeded();
        Assert.Contains("nothing was to be done", (await BindAsync(home, 3)).Succeeded().Error, StringComparison.Ordinal);

        var held = JsonOf(await home.RunAsync("cluster", "list", "--json"))[0];
        Assert.Equal((4, 2), (held.GetProperty("shareIndex").GetInt32(), held.GetProperty("shares").GetArrayLength()));
        Assert.Contains("threshold", (await home.RunAsync("cluster", "list")).Succeeded().Output, StringComparison.Ordinal);
        Refusal.IsTold(await home.RunAsync("cluster", "show", "no-such-name"), "there is no cluster");
    }

    [Fact]
    public async Task Shares_come_in_while_the_signer_serves_and_sign_at_once()
    {
        using var home = template.Copy();
        await ServeAsync(home, async client =>
        {
            Refusal.IsTold(
                await home.RunAsync(
                    "cluster",
                    "import",
                    "--lock",
                    home.Beside("no.json"),
                    "--node",
                    NodeFolder(Cluster, 0),
                    "--never-signed"
                ),
                "no.json"
            );
            var share = JsonOf(await ImportAsync(home, Cluster, 0, "--never-signed", "--json"))
                .GetProperty("shares")[0]
                .GetProperty("publicShare")
                .GetString()!;

            Assert.Equal(HttpStatusCode.OK, (await client.SignAsync(share, Chain.VoteJson(fill: 1))).Status);
            Assert.Equal("double_vote", (await client.SignAsync(share, Chain.VoteJson(fill: 2))).Reason);
            Assert.Contains("unchanged 2", (await ImportAsync(home, Cluster, 0)).Succeeded().Error, StringComparison.Ordinal);
        });

        Assert.Contains(await AuditLines.ReadAsync(home.LedgerFile), line =>
            line.Contains("\"key.import\"", StringComparison.Ordinal) && line.Contains("\"uid ", StringComparison.Ordinal)
        );
    }

    [Fact]
    public async Task Shares_are_bound_to_their_lock_while_the_signer_serves()
    {
        using var home = template.Copy();
        await ServeAsync(home, async client =>
        {
            (await home.RunAsync("keys", "import", "--keystores", NodeFolder(Cluster, 3), "--never-signed")).Succeeded();
            Refusal.IsTold(await BindAsync(home, 2), "waits to be bound");

            (await BindAsync(home, 3)).Succeeded();

            var held = JsonOf(await home.RunAsync("cluster", "list", "--json"))[0];
            Assert.Equal((4, 2), (held.GetProperty("shareIndex").GetInt32(), held.GetProperty("shares").GetArrayLength()));
            var share = JsonOf(await home.RunAsync("cluster", "show", held.GetProperty("clusterHash").GetString()!, "--json"))
                .GetProperty("cluster")
                .GetProperty("shares")[0];
            Assert.Equal(HttpStatusCode.OK, (await client.SignAsync(share.GetProperty("shareKey").GetString()!, Chain.VoteJson())).Status);
        });
    }

    [Fact]
    public async Task History_is_exported_under_either_name()
    {
        using var home = template.Copy();
        var share = JsonOf(await ImportAsync(home, Cluster, 0, "--never-signed", "--json")).GetProperty("shares")[0];
        await ServeAsync(home, async client =>
            Assert.Equal(
                HttpStatusCode.OK,
                (await client.SignAsync(share.GetProperty("publicShare").GetString()!, Chain.VoteJson())).Status
            )
        );

        (await home.RunAsync("slashing", "export", home.Beside("both.json"))).Succeeded();
        (await home.RunAsync("slashing", "export", home.Beside("group.json"), "--by", "group")).Succeeded();
        (await home.RunAsync("slashing", "export", home.Beside("share.json"), "--by", "share")).Succeeded();

        var (group, own) = (share.GetProperty("groupKey").GetString()!, share.GetProperty("publicShare").GetString()!);
        Assert.Equal((true, true), (Keys("both.json").Contains(group), Keys("both.json").Contains(own)));
        Assert.Equal((true, false), (Keys("group.json").Contains(group), Keys("group.json").Contains(own)));
        Assert.Equal((false, true), (Keys("share.json").Contains(group), Keys("share.json").Contains(own)));
        Assert.All(home.Keys, key =>
            Assert.True(Keys("group.json").Contains(key.ToString()) && Keys("share.json").Contains(key.ToString()))
        );

        HashSet<string> Keys(string file)
        {
            using var document = JsonDocument.Parse(File.ReadAllText(home.Beside(file)));
            return [.. document.RootElement.GetProperty("data").EnumerateArray().Select(entry => entry.GetProperty("pubkey").GetString()!)];
        }
    }

    private static string LockFile(string name) => Vectors.Path($"clusters/{name}/cluster-lock.json");

    private static string NodeFolder(string name, int node) => Vectors.Path($"clusters/{name}/node{node}");

    private static Task<CommandResult> ImportAsync(SignerHome home, string name, int node, params string[] options) =>
        home.RunAsync(["cluster", "import", "--lock", LockFile(name), "--node", NodeFolder(name, node), .. options]);

    private static Task<CommandResult> BindAsync(SignerHome home, int node) =>
        home.RunAsync("cluster", "bind", "--lock", LockFile(Cluster), "--node", NodeFolder(Cluster, node));

    private static async Task ServeAsync(SignerHome home, Func<HttpClient, Task> talk)
    {
        await using var signer = await home.StartAsync();
        using var client = ClientCertificate.Connect(signer, home.Data, "vc");
        await talk(client);
    }

    private static JsonElement JsonOf(CommandResult result)
    {
        using var document = JsonDocument.Parse(result.Succeeded().Output);
        return document.RootElement.Clone();
    }
}
