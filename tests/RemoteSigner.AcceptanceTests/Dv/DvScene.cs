using System.Text;
using System.Text.Json.Nodes;
using RemoteSigner.Native;
using RemoteSigner.Rig;
using RemoteSigner.Spec;
using RemoteSigner.Tests;

namespace RemoteSigner.AcceptanceTests.Dv;

/// <summary>
/// The four signers of a 3-of-4 cluster of the vectors (ours) with two validators, each with the shares of one node beside four whole keys:
/// client <c>vc</c> has the everyday duties, <c>admin</c> all.
/// </summary>
public class DvScene(SignerTemplate template) : IAsyncLifetime
{
    public const string Cluster = "lock-v1_11-4of3";

    /// <summary>Where the standard's profile signs.</summary>
    public const string Distributed = "/api/v1/eth2/distributed/sign";

    private readonly List<SignerHome> _homes = [];
    private readonly List<SignerProcess> _signers = [];
    private readonly List<HttpClient> _clients = [];
    private readonly List<HttpClient> _keepers = [];
    private readonly SecretArena _arena = new();

    public SignerTemplate Template { get; } = template;

    /// <summary>HTTP as <c>vc</c>, to each node in turn.</summary>
    public IReadOnlyList<HttpClient> Nodes => _clients;

    /// <summary>The same as <c>keeper</c> through a loopback listener, who may sign cluster locks and nothing else.</summary>
    public IReadOnlyList<HttpClient> Keepers => _keepers;

    /// <summary>HTTP as <c>admin</c> to the first node.</summary>
    public HttpClient Admin { get; private set; } = null!;

    /// <summary>The whole keys that every node has.</summary>
    public IReadOnlyList<BlsPublicKey> WholeKeys => _homes[0].Keys;

    public BlsPublicKey WholeKey => WholeKeys[0];

    /// <summary>The first node's folder.</summary>
    public SignerHome Home => _homes[0];

    /// <summary>Where each node's API is.</summary>
    public IReadOnlyList<Uri> Apis => [.. _signers.Select(signer => signer.Api)];

    public Uri Operations => _signers[0].Operations;

    public JsonNode Lock { get; } = Vectors.Read($"clusters/{Cluster}/cluster-lock.json");

    public BlsPublicKey Group(int validator) =>
        BlsPublicKey.Parse((string)Lock["distributed_validators"]![validator]!["distributed_public_key"]!);

    /// <summary>By node, from 0.</summary>
    public BlsPublicKey Share(int validator, int node) =>
        BlsPublicKey.Parse((string)Lock["distributed_validators"]![validator]!["public_shares"]![node]!);

    public async ValueTask InitializeAsync()
    {
        for (var node = 0; node < 4; node++)
        {
            var home = Template.Copy();
            _homes.Add(home);
            home.Configure(options =>
            {
                options["network"]!["slotWindow"]!["enabled"] = false;
                options["clients"]!["keeper"] = new JsonObject { ["duties"] = new JsonArray("CLUSTER_LOCK") };
                options["distributed"] = new JsonObject
                {
                    ["endpoint"] = Endpoint(node),
                    ["clusters"] = new JsonObject
                    {
                        [(string)Lock["lock_hash"]!] = new JsonObject(
                            Enumerable.Range(0, 4).Select(one => KeyValuePair.Create($"{one + 1}", (JsonNode?)Endpoint(one)))
                        ),
                    },
                };
            });
            (
                await home.RunAsync(
                    "cluster",
                    "import",
                    "--lock",
                    Vectors.Path($"clusters/{Cluster}/cluster-lock.json"),
                    "--node",
                    Vectors.Path($"clusters/{Cluster}/node{node}"),
                    "--never-signed"
                )
            ).Succeeded();
            await PrepareAsync(home, node);
            var door = LoopbackPort.Free();
            _signers.Add(await home.StartAsync("--loopback-http", $"{door}=keeper"));
            _keepers.Add(new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{door}") });
            _clients.Add(ClientCertificate.Connect(_signers[node], home.Data, "vc"));
        }

        Admin = ClientCertificate.Connect(_signers[0], _homes[0].Data, "admin");
    }

    /// <summary>What else a node is to have before it starts.</summary>
    protected virtual Task PrepareAsync(SignerHome home, int node) => Task.CompletedTask;

    /// <summary>Where signer.json says that a node is, from 0. Nobody dials it.</summary>
    public static string Endpoint(int node) => $"https://signer-{node + 1}.example:9000";

    /// <summary>Posts JSON below <c>/api/v1/dv</c>, or where else.</summary>
    public static async Task<ApiAnswer> PostAsync(HttpClient client, string path, string body, string root = "/api/v1/dv")
    {
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        return await client.AskAsync(HttpMethod.Post, $"{root}{path}", content);
    }

    /// <summary>A sign request that names its validator.</summary>
    public static string Item(BlsPublicKey key, string body, string name = "group_pubkey") => $$"""{"{{name}}":"{{key}}",{{body[1..]}}""";

    /// <summary>The signature of a message by a whole group, or by one share (from 1) of it.</summary>
    public BlsSignature Sign(int validator, SignableMessage message, int? share = null)
    {
        var secrets = Vectors.Read($"clusters/{Cluster}/secrets.json");
        var hex = (string)(share is { } index ? secrets["shares"]![validator]![index - 1]! : secrets["group_secrets"]![validator]!)!;
        using var key = BlsSecretKey.FromBigEndian(_arena, Convert.FromHexString(hex[2..]));
        var signature = new byte[BlsSignature.Length];
        key.Sign(message.SigningRoot(Chain.Network).Bytes, signature);
        return new BlsSignature(signature);
    }

    public virtual async ValueTask DisposeAsync()
    {
        _clients.Concat(_keepers).ToList().ForEach(client => client.Dispose());
        Admin?.Dispose();
        foreach (var signer in _signers)
        {
            await signer.DisposeAsync();
        }

        _homes.ForEach(home => home.Dispose());
        _arena.Dispose();
        GC.SuppressFinalize(this);
    }
}
