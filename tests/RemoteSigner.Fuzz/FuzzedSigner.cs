using System.Text.Json.Nodes;
using RemoteSigner.Rig;
using RemoteSigner.Spec;

namespace RemoteSigner.Fuzz;

/// <summary>
/// A signer on hoodi with every door open: mutual TLS as <c>admin</c>, who may do everything, a loopback listener as <c>vc</c>, operations,
/// and the control socket. Its clock guards nothing, so that duties of any slot come as far as they can. It has the
/// shares of a cluster and an SSV operator's key, too.
/// </summary>
internal sealed class FuzzedSigner : IAsyncDisposable
{
    public const string Cluster = "clusters/lock-v1_11-4of3";

    private FuzzedSigner(SignerHome home) => Home = home;

    public SignerHome Home { get; }

    public SignerProcess Process { get; private set; } = null!;

    public int LoopbackPort { get; } = Rig.LoopbackPort.Free();

    public string Token { get; private set; } = "";

    public BlsPublicKey Key => Home.Keys[0];

    /// <summary>The validator of a cluster, our share of it, and to whom its registration pays.</summary>
    public (BlsPublicKey Group, BlsPublicKey Share, string FeeRecipient)? Share { get; private set; }

    public static async Task<FuzzedSigner> StartAsync(string vectors)
    {
        var signer = new FuzzedSigner(await SignerHome.CreateAsync("hoodi", 4, "--client", "vc", "--client", "admin=all"));
        await signer.PrepareAsync(vectors);
        signer.Process = await signer.Home.StartAsync("--loopback-http", $"{signer.LoopbackPort}=vc");
        return signer;
    }

    public async ValueTask DisposeAsync()
    {
        if (Process is not null)
        {
            await Process.DisposeAsync();
        }

        Home.Dispose();
    }

    private async Task PrepareAsync(string vectors)
    {
        Home.Configure(options =>
        {
            options["network"]!["slotWindow"]!["enabled"] = false;
            options["clients"]!["admin"]!["manageKeys"] = true;
            options["clients"]!["admin"]!["duties"] = new JsonArray("all", "CLUSTER_LOCK");
            options["clients"]!["vc"]!["duties"] = new JsonArray("all");
            options["ssv"] = new JsonObject { ["validators"] = "any" };
            options["clients"]!["admin"]!["ssv"] = new JsonArray("all");
        });
        (await Home.RunAsync("keymanager", "token")).Succeeded();
        Token = (await File.ReadAllTextAsync(Path.Combine(Home.Data, "keymanager.token"))).Trim();
        var @lock = Path.Combine(vectors, Cluster, "cluster-lock.json");
        var hash = (string)JsonNode.Parse(await File.ReadAllTextAsync(@lock))!["lock_hash"]!;
        Home.Configure(options =>
            options["distributed"] = new JsonObject
            {
                ["endpoint"] = "https://here.example:9000",
                ["clusters"] = new JsonObject
                {
                    [hash] = new JsonObject(
                        Enumerable
                            .Range(1, 4)
                            .Select(node =>
                                KeyValuePair.Create(
                                    $"{node}",
                                    (JsonNode?)(node == 1 ? "https://here.example:9000" : $"https://signer-{node}.example:9000")
                                )
                            )
                    ),
                },
            }
        );
        (
            await Home.RunAsync("cluster", "import", "--lock", @lock, "--node", Path.Combine(vectors, Cluster, "node0"), "--never-signed")
        ).Succeeded();
        var validator = JsonNode.Parse(await File.ReadAllTextAsync(@lock))!["distributed_validators"]![0]!;
        Share = (
            BlsPublicKey.Parse((string)validator["distributed_public_key"]!),
            BlsPublicKey.Parse((string)validator["public_shares"]![0]!),
            (string)validator["builder_registration"]!["message"]!["fee_recipient"]!
        );
        var operators = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(vectors, "ssv-keyshares-4of3", "operators.json")))!;
        await File.WriteAllBytesAsync(
            Home.Beside("operator.pem"),
            Convert.FromBase64String((string)operators["operators"]![0]!["privateKey"]!)
        );
        (await Home.RunAsync("operator", "import", "--key", Home.Beside("operator.pem"))).Succeeded();
    }
}
