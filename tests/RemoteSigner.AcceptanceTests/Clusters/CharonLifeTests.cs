using System.Net;
using System.Text.Json.Nodes;
using RemoteSigner.AcceptanceTests.RollbackProtection;
using RemoteSigner.Rig;
using RemoteSigner.Tests;

namespace RemoteSigner.AcceptanceTests.Clusters;

/// <summary>
/// What happens to the shares of a Charon cluster in its months, with the documents that real Charon wrote: validators are added, keys are
/// made anew and that is taken back, a ceremony pushes.
/// </summary>
public sealed class CharonLifeTests(SignerTemplate template)
{
    /// <summary>W11: the two shares that are here move to the new lock, and only the new validator's keystore need be there.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Added_validators_come_in_beside_the_shares_that_are_here(bool serving)
    {
        using var home = template.Copy();
        await ImportAsync(home, "create", "--never-signed");
        await using var signer = serving ? await home.StartAsync() : null;

        var added = await ImportFromAsync(home, OnlyNewKeystores(home), "add-validators", "--never-signed");

        Assert.Equal(["moved", "moved", "sealed"], DoneOf(added));
        var list = JsonOf(await home.RunAsync("cluster", "list", "--json"));
        Assert.Equal(
            (added["clusterHash"]!.ToString(), "in_force", 3),
            Assert.Single(
                list.AsArray()
                    .Select(line => (line!["clusterHash"]!.ToString(), line["state"]!.ToString(), line["shares"]!.AsArray().Count))
            )
        );
        var shown = JsonOf(await home.RunAsync("cluster", "show", (string)list[0]!["name"]!, "--json"));
        Assert.Equal(["superseded", "in_force"], shown["line"]!.AsArray().Select(one => (string)one!["state"]!));
        Assert.All(shown["line"]!.AsArray(), one => Assert.NotNull(one!["since"]));

        // The older document again is told, and a repeat of the newer one is nothing new.
        IsRefused(
            await home.RunAsync("cluster", "import", "--lock", LockOf("create"), "--node", NodeOf("create", 0)),
            1,
            "superseded_document",
            "the newer document is in force"
        );
        Assert.Equal(["unchanged", "unchanged", "unchanged"], DoneOf(await ImportAsync(home, "add-validators")));
    }

    /// <summary>W17: at any time one set signs, either way; the history of the validators goes on.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Keys_that_were_made_anew_are_taken_back_and_taken_again_and_committed(bool serving)
    {
        using var home = template.Copy();
        var former = SharesOf(await ImportAsync(home, "create", "--never-signed"));
        await using var life = new Life(home, serving);
        await life.SignAsync(former, target: 1);
        IsRefused(
            await home.RunAsync(
                "cluster",
                "import",
                "--lock",
                LockOf("recreate-private-keys"),
                "--node",
                NodeOf("recreate-private-keys", 0),
                "--from-now"
            ),
            1,
            "second_share_of_group",
            "--replace"
        );

        var latter = SharesOf(await ImportAsync(home, "recreate-private-keys", "--replace"));
        await life.SignAsync(latter, target: 2);
        await life.RefuseAsync(former);
        Assert.Equal([("in_force", 2, 0), ("parked", 0, 2)], await StatesAsync(home));

        (await home.RunAsync("cluster", "revert", LockHash("create"))).Succeeded();
        Assert.Contains(
            "in force already",
            (await home.RunAsync("cluster", "revert", LockHash("create"))).Succeeded().Error,
            StringComparison.Ordinal
        );
        await life.SignAsync(former, target: 3);
        await life.RefuseAsync(latter);

        // No keystore is asked for: the vault answers for these.
        var again = JsonOf(
            await home.RunAsync(
                "cluster",
                "import",
                "--lock",
                LockOf("recreate-private-keys"),
                "--enr",
                EnrOf("recreate-private-keys", 0),
                "--replace",
                "--json"
            )
        );
        Assert.Equal(["returned", "returned"], DoneOf(again));
        await life.SignAsync(latter, target: 4);

        (await home.RunAsync("cluster", "commit", LockHash("create"))).Succeeded();
        Refusal.IsTold(await home.RunAsync("cluster", "revert", LockHash("create")), "no share of this cluster is parked");
        Refusal.IsTold(await home.RunAsync("cluster", "commit", LockHash("create")), "no share of this cluster is parked");
        IsRefused(
            await home.RunAsync("cluster", "import", "--lock", LockOf("create"), "--node", NodeOf("create", 0), "--replace"),
            1,
            "was_retired"
        );
        await life.SignAsync(latter, target: 4);
        await life.StopAsync();
        (await home.RunAsync("audit", "verify")).Succeeded();
    }

    [Fact]
    public async Task Parked_shares_are_given_up_when_their_time_has_come()
    {
        using var home = template.Copy();
        await ImportAsync(home, "create", "--never-signed");
        IsRefused(
            await home.RunAsync(
                "cluster",
                "import",
                "--lock",
                LockOf("recreate-private-keys"),
                "--node",
                NodeOf("recreate-private-keys", 0),
                "--replace",
                "--parked-until",
                "yesterday"
            ),
            2,
            "is not a time in the future",
            "7d"
        );
        await ImportAsync(
            home,
            "recreate-private-keys",
            "--replace",
            "--parked-until",
            TimeProvider.System.GetUtcNow().AddSeconds(5).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", null)
        );
        Assert.Equal([("in_force", 2, 0), ("parked", 0, 2)], await StatesAsync(home));
        await Task.Delay(TimeSpan.FromSeconds(6), TestContext.Current.CancellationToken);

        await using (await home.StartAsync())
        {
            for (var tries = 0; tries < 100 && (await StatesAsync(home)).Exists(state => state.State == "parked"); tries++)
            {
                await Task.Delay(100, TestContext.Current.CancellationToken);
            }
        }

        Assert.Equal([("in_force", 2, 0), ("superseded", 0, 0)], await StatesAsync(home));
        Assert.Contains(await AuditLines.ReadAsync(home.LedgerFile), line => line.Contains("\"cluster.commit\"", StringComparison.Ordinal));
    }

    /// <summary>W15: a lock alone is enough where the shares were pushed; our node's private key is nowhere.</summary>
    [Fact]
    public async Task Pushed_shares_are_bound_by_the_lock_and_the_nodes_record_while_serving_and_again()
    {
        await using var scene = await KeymanagerScene.StartAsync(template);
        Assert.Equal(
            HttpStatusCode.OK,
            (await scene.PushAsync(KeymanagerScene.Body(Path.Combine(NodeOf("create", 1), "validator_keys")))).Status
        );
        var waiting = JsonOf(await scene.Home.RunAsync("keys", "list", "--json"))
            .AsArray()
            .Where(line => (string)line!["place"]! == "waits")
            .ToList();
        Assert.Equal(2, waiting.Count);
        Refusal.IsTold(
            await scene.Home.RunAsync("cluster", "bind", "--lock", LockOf("create")),
            "nothing shows whose lock this is",
            "--enr ENR"
        );

        var bound = JsonOf(await scene.Home.RunAsync("cluster", "bind", "--lock", LockOf("create"), "--enr", EnrOf("create", 1), "--json"));

        Assert.Equal(["bound", "bound"], DoneOf(bound));
        Assert.Equal(2, (int)bound["shareIndex"]!);
        Assert.Equal(
            ["unchanged", "unchanged"],
            DoneOf(JsonOf(await scene.Home.RunAsync("cluster", "bind", "--lock", LockOf("create"), "--enr", EnrOf("create", 1), "--json")))
        );

        // Of the next lock the first one tells which node is ours.
        Assert.Equal(
            ["moved", "moved"],
            DoneOf(JsonOf(await scene.Home.RunAsync("cluster", "bind", "--lock", LockOf("add-validators"), "--json")))
        );

        // As a power cut leaves it between the shares and what keeps their document by itself: the repeat needs no more than the command
        // did.
        File.Delete(Path.Combine(scene.Home.Data, "clusters", LockHash("add-validators") + ".anchor"));
        Assert.Equal(
            ["unchanged", "unchanged"],
            DoneOf(JsonOf(await scene.Home.RunAsync("cluster", "bind", "--lock", LockOf("add-validators"), "--json")))
        );
        Assert.True(File.Exists(Path.Combine(scene.Home.Data, "clusters", LockHash("add-validators") + ".anchor")));
    }

    /// <summary>W3: a document that came after the shares, and the shares once more.</summary>
    [Fact]
    public async Task A_repeated_push_learns_its_place_and_so_does_whatever_is_here_when_a_document_comes()
    {
        await using var scene = await KeymanagerScene.StartAsync(template);
        var body = KeymanagerScene.Body(Path.Combine(NodeOf("create", 2), "validator_keys"));
        Assert.Equal(HttpStatusCode.OK, (await scene.PushAsync(body)).Status);

        var kept = JsonOf(await scene.Home.RunAsync("cluster", "add-lock", LockOf("create"), "--enr", EnrOf("create", 2), "--json"));

        Assert.Equal(["bound", "bound"], DoneOf(kept));
        var again = await scene.PushAsync(body);
        Assert.Equal(HttpStatusCode.OK, again.Status);
        Assert.All(again.Json.GetProperty("data").EnumerateArray(), item =>
            Assert.Equal("duplicate", item.GetProperty("status").GetString())
        );
    }

    /// <summary>Keys were made anew, and the new shares came before anybody could know whose they are.</summary>
    [Theory]
    [InlineData("add-lock")]
    [InlineData("import")]
    public async Task Shares_that_were_pushed_beside_others_of_their_validators_are_parked_by_their_document(string door)
    {
        await using var scene = await KeymanagerScene.StartAsync(template);
        await ImportAsync(scene.Home, "create", "--never-signed");
        Assert.Equal(
            HttpStatusCode.OK,
            (await scene.PushAsync(KeymanagerScene.Body(Path.Combine(NodeOf("recreate-private-keys", 0), "validator_keys")))).Status
        );

        var done = await scene.Home.RunAsync([
            "cluster",
            door,
            .. door == "import" ? ["--lock"] : Array.Empty<string>(),
            LockOf("recreate-private-keys"),
            "--enr",
            EnrOf("recreate-private-keys", 0),
            "--json",
        ]);

        Assert.Equal(2, JsonOf(done)["yielded"]!.AsArray().Count);
        Assert.Contains($"parked and sign nothing", done.Error, StringComparison.Ordinal);
        Assert.Contains($"cluster revert {LockHash("recreate-private-keys")}", done.Error, StringComparison.Ordinal);
        Assert.Equal([("in_force", 2, 0), ("parked", 0, 2)], await StatesAsync(scene.Home));

        (await scene.Home.RunAsync("cluster", "bind", "--lock", LockOf("create"), "--enr", EnrOf("create", 0))).Succeeded();
        (await scene.Home.RunAsync("cluster", "revert", LockHash("recreate-private-keys"))).Succeeded();
        Assert.Equal(
            (LockHash("recreate-private-keys"), "in_force"),
            Assert.Single(
                JsonOf(await scene.Home.RunAsync("cluster", "list", "--all", "--json"))
                    .AsArray()
                    .Where(line => Count(line!, "active") == 2)
                    .Select(line => ((string)line!["clusterHash"]!, (string)line["state"]!))
            )
        );
    }

    [Fact]
    public async Task Orphans_of_a_ceremony_that_failed_are_told_apart_and_dropped()
    {
        await using var scene = await KeymanagerScene.StartAsync(template);
        var (orphans, keys) = scene.NewKeystores(2);
        Assert.Equal(HttpStatusCode.OK, (await scene.PushAsync(KeymanagerScene.Body(orphans))).Status);
        Assert.Equal(
            HttpStatusCode.OK,
            (await scene.PushAsync(KeymanagerScene.Body(Path.Combine(NodeOf("create", 3), "validator_keys")))).Status
        );
        Assert.All(await PushedAsync(), line => Assert.Equal("waits", (string)line["place"]!));

        // Documents are dated to the second.
        await Task.Delay(TimeSpan.FromSeconds(1), TestContext.Current.CancellationToken);
        (await scene.Home.RunAsync("cluster", "bind", "--lock", LockOf("create"), "--enr", EnrOf("create", 3))).Succeeded();

        var lines = await PushedAsync();
        var ceremony = (string)lines.First(line => keys.Contains((string)line["publicKey"]!))["ceremony"]!;
        Assert.Equal(["orphan", "orphan", "placed", "placed"], lines.Select(line => (string)line["place"]!).Order());
        Assert.Contains(
            $"keys drop --orphans-of {ceremony}",
            (await scene.Home.RunAsync("keys", "list")).Succeeded().Error,
            StringComparison.Ordinal
        );
        Refusal.IsTold(
            await scene.Home.RunAsync("keys", "drop", "--orphans-of", "2020-01-01T00:00:00.000Z"),
            "no share that waits for a document"
        );

        (await scene.Home.RunAsync("keys", "drop", "--orphans-of", ceremony)).Succeeded();

        Assert.Equal(["placed", "placed"], (await PushedAsync()).Select(line => (string)line["place"]!));

        async Task<List<JsonNode>> PushedAsync() =>
            [
                .. JsonOf(await scene.Home.RunAsync("keys", "list", "--json"))
                    .AsArray()
                    .Select(line => line!)
                    .Where(line => line["ceremony"] is not null),
            ];
    }

    /// <summary>The lock was here before: whatever is pushed for it says nothing of another ceremony whose shares wait.</summary>
    [Fact]
    public async Task Shares_that_wait_are_no_orphans_of_a_cluster_that_was_here_before_them()
    {
        await using var scene = await KeymanagerScene.StartAsync(template);
        (await scene.Home.RunAsync("cluster", "add-lock", LockOf("create"), "--enr", EnrOf("create", 3))).Succeeded();
        var (waiting, keys) = scene.NewKeystores(1);
        Assert.Equal(HttpStatusCode.OK, (await scene.PushAsync(KeymanagerScene.Body(waiting))).Status);
        Assert.Equal(
            HttpStatusCode.OK,
            (await scene.PushAsync(KeymanagerScene.Body(Path.Combine(NodeOf("create", 3), "validator_keys")))).Status
        );

        var places = JsonOf(await scene.Home.RunAsync("keys", "list", "--json"))
            .AsArray()
            .Where(line => line!["ceremony"] is not null)
            .ToDictionary(line => (string)line!["publicKey"]!, line => (string)line!["place"]!);

        Assert.Equal("waits", places[Assert.Single(keys)]);
        Assert.Equal(2, places.Values.Count(place => place == "placed"));
    }

    /// <summary>W7: nobody told this operator what the validators have signed.</summary>
    [Fact]
    public async Task An_operator_who_joins_begins_from_now_and_is_told_where_a_history_is()
    {
        using var home = template.Copy();
        Refusal.IsTold(
            await home.RunAsync("cluster", "import", "--lock", LockOf("create"), "--node", NodeOf("create", 0)),
            "the slashing history of these validators is missing",
            "--from-now"
        );
        var unknown = await home.RunAsync("cluster", "import", "--lock", LockOf("create"), "--node", NodeOf("create", 0), "--replace");
        IsRefused(unknown, 1, "no_slashing_history", "slashing export FILE --by group' has it, or say --from-now");

        IsRefused(
            await home.RunAsync(
                "cluster",
                "import",
                "--lock",
                LockOf("create"),
                "--node",
                NodeOf("create", 0),
                "--from-now",
                "--slashing",
                home.Beside("history.json")
            ),
            2,
            "--slashing and --from-now cannot both be given"
        );
        IsRefused(
            await home.RunAsync(
                "cluster",
                "import",
                "--lock",
                LockOf("create"),
                "--node",
                NodeOf("create", 0),
                "--from-now",
                "--never-signed"
            ),
            2,
            "--never-signed and --from-now cannot both be given"
        );

        var shares = SharesOf(await ImportAsync(home, "create", "--from-now"));

        await using var life = new Life(home, serving: true);
        await life.RefuseAsync(shares, HttpStatusCode.PreconditionFailed);
    }

    private static string LockOf(string name) => Vectors.Path($"clusters-charon/{name}/cluster-lock.json");

    private static string NodeOf(string name, int node) => Vectors.Path($"clusters-charon/{name}/node{node}");

    private static string LockHash(string name) => (string)Vectors.Read($"clusters-charon/{name}/cluster-lock.json")["lock_hash"]!;

    private static string EnrOf(string name, int node) =>
        (string)Vectors.Read($"clusters-charon/{name}/cluster-lock.json")["cluster_definition"]!["operators"]![node]!["enr"]!;

    private static Task<JsonNode> ImportAsync(SignerHome home, string name, params string[] options) =>
        ImportFromAsync(home, NodeOf(name, 0), name, options);

    private static async Task<JsonNode> ImportFromAsync(SignerHome home, string node, string name, params string[] options) =>
        JsonOf(await home.RunAsync(["cluster", "import", "--lock", LockOf(name), "--node", node, "--json", .. options]));

    // As an operator has it who destroyed the others' keystores.
    private static string OnlyNewKeystores(SignerHome home)
    {
        var folder = home.Beside("only-new");
        Directory.CreateDirectory(Path.Combine(folder, "validator_keys"));
        File.Copy(Path.Combine(NodeOf("add-validators", 0), "charon-enr-private-key"), Path.Combine(folder, "charon-enr-private-key"));
        foreach (var file in Directory.GetFiles(Path.Combine(NodeOf("add-validators", 0), "validator_keys"), "*-2.*"))
        {
            File.Copy(file, Path.Combine(folder, "validator_keys", Path.GetFileName(file)));
        }

        return folder;
    }

    private static List<string> DoneOf(JsonNode imported) => [.. imported["shares"]!.AsArray().Select(share => (string)share!["done"]!)];

    private static List<string> SharesOf(JsonNode imported) =>
        [.. imported["shares"]!.AsArray().Select(share => (string)share!["publicShare"]!)];

    private static async Task<List<(string State, int Active, int Parked)>> StatesAsync(SignerHome home) =>
        [
            .. JsonOf(await home.RunAsync("cluster", "list", "--all", "--json"))
                .AsArray()
                .Select(line => ((string)line!["state"]!, Count(line, "active"), Count(line, "parked")))
                .Order(),
        ];

    private static int Count(JsonNode line, string state) => line["shares"]!.AsArray().Count(share => (string)share!["state"]! == state);

    private static void IsRefused(CommandResult result, int exitCode, params string[] words)
    {
        Assert.Equal(exitCode, result.ExitCode);
        Assert.All(words, word => Assert.Contains(word, result.Error, StringComparison.Ordinal));
    }

    private static JsonNode JsonOf(CommandResult result) => JsonNode.Parse(result.Succeeded().Output)!;

    /// <summary>A signer that serves all the time, or only while it is asked.</summary>
    private sealed class Life(SignerHome home, bool serving) : IAsyncDisposable
    {
        private const ulong Latest = 4;

        private SignerProcess? _signer;

        // One share by turns: eight duties of former epochs in a row put the clock in doubt.
        public Task SignAsync(List<string> shares, ulong target) =>
            AskAsync([shares[(int)target % shares.Count]], target, HttpStatusCode.OK);

        /// <summary>As if there were no such key.</summary>
        public Task RefuseAsync(List<string> shares, HttpStatusCode status = HttpStatusCode.NotFound) => AskAsync(shares, Latest, status);

        public async Task StopAsync()
        {
            if (Interlocked.Exchange(ref _signer, null) is { } signer)
            {
                await signer.DisposeAsync();
            }
        }

        public async ValueTask DisposeAsync() => await StopAsync();

        private async Task AskAsync(List<string> shares, ulong target, HttpStatusCode status)
        {
            _signer ??= await home.StartAsync();
            using (var client = ClientCertificate.Connect(_signer, home.Data, "vc"))
            {
                foreach (var share in shares)
                {
                    var answer = await client.SignAsync(share, Chain.VoteJson(epochsBack: Latest - target));
                    Assert.True(
                        status == answer.Status,
                        $"{status} was wanted for the target {target}, and the answer is {answer.Status}: {answer.Text}"
                    );
                }
            }

            if (!serving)
            {
                await StopAsync();
            }
        }
    }
}
