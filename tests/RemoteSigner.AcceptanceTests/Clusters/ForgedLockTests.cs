using System.Text.Json;
using RemoteSigner.AcceptanceTests.RollbackProtection;
using RemoteSigner.Native;
using RemoteSigner.Rig;
using RemoteSigner.Spec;
using RemoteSigner.Tests;

namespace RemoteSigner.AcceptanceTests.Clusters;

/// <summary>
/// A lock that a stranger made of a cluster's public keys, with fees to himself, and that passes every check; and the way back for whoever
/// believed it.
/// </summary>
public sealed class ForgedLockTests(SignerTemplate template)
{
    private const string Cluster = "lock-v1_11-4of3";
    private const string Thief = "0xdededededededededededededededededededede";

    // The secret of the first operator's share of the validator that the thief has added.
    private const byte AddedShare = 23;

    private static string Genuine => Vectors.Path($"clusters/{Cluster}/cluster-lock.json");

    private static string Forged => Vectors.Path("forged/cluster-lock.json");

    private static string Node => Vectors.Path($"clusters/{Cluster}/node0");

    [Fact]
    public async Task It_is_not_kept_and_not_imported_without_the_operators_own_word()
    {
        using var home = template.Copy();

        Refusal.IsTold(await home.RunAsync("cluster", "add-lock", Forged), "nothing shows whose lock this is", "--node DIR");
        Refusal.IsTold(await home.RunAsync("cluster", "add-lock", Forged, "--node", Node), "unanchored_lock", "compare its lock_hash");
        Refusal.IsTold(
            await home.RunAsync("cluster", "import", "--lock", Forged, "--node", FolderOfTheRobbed(home), "--never-signed"),
            "unanchored_lock"
        );
        Assert.Equal("[]", (await home.RunAsync("cluster", "list", "--json")).Succeeded().Output.Trim());
    }

    [Fact]
    public async Task A_genuine_lock_is_anchored_by_the_nodes_folder_its_record_or_its_key()
    {
        var operators = Vectors.Read($"clusters/{Cluster}/cluster-lock.json")["cluster_definition"]!["operators"]!.AsArray();
        foreach (var anchor in new string[][] { ["--node", Node], ["--enr", (string)operators[3]!["enr"]!] })
        {
            using var home = template.Copy();
            (await home.RunAsync(["cluster", "add-lock", Genuine, .. anchor])).Succeeded();
            Assert.Equal("node_signature", Anchor(await home.RunAsync("cluster", "list", "--json")));
            Refusal.IsTold(await home.RunAsync(["cluster", "add-lock", Forged, "--accept-unanchored"]), "disputed_share", "remove-lock");
        }

        using var other = template.Copy();
        Refusal.IsTold(
            await other.RunAsync("cluster", "add-lock", Genuine, "--node", Vectors.Path("clusters/lock-v1_10-4of3/node0")),
            "foreign_node"
        );
        Refusal.IsTold(await other.RunAsync("cluster", "add-lock", Genuine, "--enr", "enr:nonsense"), "is no node record");
        Refusal.IsTold(await other.RunAsync("cluster", "add-lock", Genuine, "--owner", Thief), "for SSV's keyshares");
        (await other.RunAsync("cluster", "add-lock", Genuine, "--accept-unanchored")).Succeeded();
        Assert.Contains(await AuditLines.ReadAsync(other.LedgerFile), line =>
            line.Contains("cluster.document", StringComparison.Ordinal) && line.Contains("operators_word", StringComparison.Ordinal)
        );
    }

    [Fact]
    public async Task A_document_from_before_there_were_anchors_says_nothing_until_it_is_added_again()
    {
        using var home = template.Copy();
        var archive = Directory.CreateDirectory(Path.Combine(home.Data, "clusters")).FullName;
        File.Copy(Genuine, Path.Combine(archive, $"{Vectors.Read($"clusters/{Cluster}/cluster-lock.json")["lock_hash"]}.json"));
        Assert.Equal("not_anchored", Anchor(await home.RunAsync("cluster", "list", "--json")));
        Assert.Contains(
            "is not anchored says nothing",
            (await home.RunAsync("cluster", "list")).Succeeded().Error,
            StringComparison.Ordinal
        );

        (await home.RunAsync("cluster", "add-lock", Genuine, "--node", Node)).Succeeded();

        Assert.Equal("node_signature", Anchor(await home.RunAsync("cluster", "list", "--json")));
        (await home.RunAsync("cluster", "remove-lock", "0x", "--json")).Succeeded();
        Assert.Equal("[]", (await home.RunAsync("cluster", "list", "--json")).Succeeded().Output.Trim());
    }

    [Fact]
    public async Task Shares_that_were_sealed_under_it_are_bound_to_the_genuine_lock()
    {
        using var home = template.Copy();
        (
            await home.RunAsync(
                "cluster",
                "import",
                "--lock",
                Forged,
                "--node",
                FolderOfTheRobbed(home),
                "--never-signed",
                "--accept-unanchored"
            )
        ).Succeeded();
        Assert.Contains(Thief, (await home.RunAsync("cluster", "show", "0x", "--json")).Succeeded().Output, StringComparison.Ordinal);
        Refusal.IsTold(await home.RunAsync("cluster", "import", "--lock", Genuine, "--node", Node, "--never-signed"), "already_held");
        Refusal.IsTold(
            await home.RunAsync("cluster", "bind", "--lock", Genuine, "--node", Node),
            "2 of it are held under another cluster",
            "--replace"
        );

        var bound = (await home.RunAsync("cluster", "bind", "--replace", "--lock", Genuine, "--node", Node)).Succeeded();

        // The thief's own validator, which nobody else has, is left for the operator to see.
        Assert.Contains("contradicts this one and stays", bound.Error, StringComparison.Ordinal);
        (await home.RunAsync("keys", "delete", AddedKey.ToString())).Succeeded();
        using var clusters = JsonDocument.Parse((await home.RunAsync("cluster", "list", "--all", "--json")).Succeeded().Output);
        var forged = clusters
            .RootElement.EnumerateArray()
            .Single(line => line.GetProperty("shares").GetArrayLength() == 0)
            .GetProperty("clusterHash")
            .GetString()!;
        (await home.RunAsync("cluster", "remove-lock", forged)).Succeeded();
        Assert.DoesNotContain(Thief, (await home.RunAsync("cluster", "show", "0x", "--json")).Succeeded().Output, StringComparison.Ordinal);
        Refusal.IsTold(await home.RunAsync("cluster", "remove-lock", "0x"), "shares_held");
        Assert.Equal(2, (await AuditLines.ReadAsync(home.LedgerFile)).Count(line => line.Contains("key.rebind", StringComparison.Ordinal)));
        (await home.RunAsync("audit", "verify")).Succeeded();
    }

    /// <summary>
    /// A power cut between the shares and the document that they leave; without the repeat neither document could be believed.
    /// </summary>
    [Fact]
    public async Task A_repeated_bind_takes_away_what_an_interrupted_one_left()
    {
        using var home = template.Copy();
        (
            await home.RunAsync(
                "cluster",
                "import",
                "--lock",
                Forged,
                "--node",
                FolderOfTheRobbed(home),
                "--never-signed",
                "--accept-unanchored"
            )
        ).Succeeded();
        (await home.RunAsync("keys", "delete", AddedKey.ToString())).Succeeded();
        var forged = Directory.GetFiles(Path.Combine(home.Data, "clusters")).ToDictionary(path => path, File.ReadAllBytes);
        Assert.Equal(2, forged.Count);
        string[] bind = ["cluster", "bind", "--replace", "--lock", Genuine, "--node", Node];
        (await home.RunAsync(bind)).Succeeded();
        foreach (var (path, content) in forged)
        {
            Assert.False(File.Exists(path));
            await File.WriteAllBytesAsync(path, content, TestContext.Current.CancellationToken);
        }

        (await home.RunAsync(bind)).Succeeded();

        Assert.DoesNotContain(forged.Keys, File.Exists);
        Assert.Equal("node_signature", Anchor(await home.RunAsync("cluster", "list", "--json")));
    }

    private static BlsPublicKey AddedKey
    {
        get
        {
            using var arena = new SecretArena();
            using var secret = BlsSecretKey.FromBigEndian(arena, [.. new byte[31], AddedShare]);
            var key = new byte[BlsPublicKey.Length];
            secret.WritePublicKey(key);
            return new BlsPublicKey(key);
        }
    }

    // The node's own folder, with the thief's keystore put beside its own.
    private static string FolderOfTheRobbed(SignerHome home)
    {
        var keys = Directory.CreateDirectory(Path.Combine(home.Beside("robbed"), "validator_keys")).FullName;
        File.Copy(Path.Combine(Node, "charon-enr-private-key"), Path.Combine(home.Beside("robbed"), "charon-enr-private-key"));
        foreach (var file in Directory.GetFiles(Path.Combine(Node, "validator_keys")))
        {
            File.Copy(file, Path.Combine(keys, Path.GetFileName(file)));
        }

        using var arena = new SecretArena();
        using var secret = BlsSecretKey.FromBigEndian(arena, [.. new byte[31], AddedShare]);
        KeystoreWriter.Write(arena, keys, 2, secret, SignerHome.Password);
        return home.Beside("robbed");
    }

    private static string Anchor(CommandResult list)
    {
        using var clusters = JsonDocument.Parse(list.Succeeded().Output);
        return Assert.Single(clusters.RootElement.EnumerateArray()).GetProperty("anchor").GetString()!;
    }
}
