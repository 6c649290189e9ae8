using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using RemoteSigner.Clusters;
using RemoteSigner.Clusters.Charon;
using RemoteSigner.Keys;
using RemoteSigner.Native;
using RemoteSigner.Rig;
using RemoteSigner.Sealing;
using RemoteSigner.Spec;
using RemoteSigner.Tests;

namespace RemoteSigner.AcceptanceTests.Clusters;

/// <summary>
/// The lives of clusters as Charon and ssv-dkg made them, step by step, each under load and with a kill before it: no share is lost, no two
/// sets sign, and what is signed is the validator's.
/// </summary>
public sealed class LifeUnderLoadTests : IDisposable
{
    private const string SsvOwner = "0x99dba1aaf5aff44bebd1dc695b83662baa2aeb32";

    // Later than what a low watermark at the clock refuses.
    private static readonly ulong _later = Chain.Epoch + 1000;

    private readonly SecretArena _arena = new();

    public void Dispose() => _arena.Dispose();

    [Fact]
    public async Task Created_from_files_validators_added_keys_made_anew_taken_back_and_committed()
    {
        using var life = await PrepareAsync("create", "add-validators", "recreate-private-keys");
        string[] anew = ["cluster", "import", "--lock", LockOf("recreate-private-keys")];

        await life.LiveAsync(
            [
                life.Verb(
                    "create",
                    "create",
                    ["cluster", "import", "--lock", LockOf("create"), "--node", NodeOf("create", 0), "--never-signed"]
                ),
                life.Verb(
                    "add validators",
                    "add-validators",
                    ["cluster", "import", "--lock", LockOf("add-validators"), "--node", NodeOf("add-validators", 0), "--never-signed"]
                ),
                life.Verb("recreate", "recreate-private-keys", [.. anew, "--node", NodeOf("recreate-private-keys", 0), "--replace"]),
                life.Verb(
                    "revert",
                    "add-validators",
                    ["cluster", "revert", HashOf("add-validators")],
                    done: "no share of this cluster is parked"
                ),
                life.Verb("recreate again", "recreate-private-keys", [.. anew, "--replace"]),
                life.Verb(
                    "commit",
                    "recreate-private-keys",
                    ["cluster", "commit", HashOf("recreate-private-keys")],
                    done: "no share of this cluster is parked"
                ),
            ],
            Others
        );
    }

    /// <summary>
    /// As a ceremony has it that pushes: the lock comes after the shares, and the next one without an aggregate, which the signers' own
    /// signatures complete.
    /// </summary>
    [Fact]
    public async Task Pushed_and_bound_and_a_validator_added_by_a_push_and_a_lock_that_is_completed()
    {
        using var life = await PrepareAsync("create", "add-validators");
        var (unsigned, completed) = (life.Home.Beside("unsigned.json"), life.Home.Beside("completed.json"));
        await File.WriteAllTextAsync(
            unsigned,
            (await File.ReadAllTextAsync(LockOf("add-validators"))).Replace(
                (string)Vectors.Read("clusters-charon/add-validators/cluster-lock.json")["signature_aggregate"]!,
                "",
                StringComparison.Ordinal
            )
        );
        var others = await OthersPartsAsync(life);

        await life.LiveAsync(
            [
                new ClusterLife.Step("push", "create", signer => PushAsync(life, signer, NodeOf("create", 0))) { IsPlaced = false },
                life.Verb("bind", "create", ["cluster", "bind", "--lock", LockOf("create"), "--enr", EnrOf("create")]),
                new ClusterLife.Step("push one more", "add-validators", signer => PushAsync(life, signer, NodeOf("add-validators", 0)))
                {
                    IsPlaced = false,
                },
                new ClusterLife.Step("complete", "add-validators", async signer =>
                {
                    File.Delete(completed);
                    (
                        await SignerProcess.RunAsync(
                            null,
                            [
                                "cluster",
                                "complete",
                                unsigned,
                                "--out",
                                completed,
                                .. others,
                                "--signer",
                                signer.Api.AbsoluteUri,
                                .. ConnectProcess.Files(life.Home.Data, "vc"),
                            ]
                        )
                    ).Succeeded();
                    Assert.Equal(await File.ReadAllTextAsync(LockOf("add-validators")), await File.ReadAllTextAsync(completed));
                }) { IsPlaced = false },
                life.Verb("bind to the completed lock", "add-validators", ["cluster", "bind", "--lock", completed]),
            ],
            Others
        );
        var held = JsonNode.Parse((await life.Home.RunAsync("cluster", "list", "--json")).Succeeded().Output)!.AsArray().Single()!;
        Assert.Equal((HashOf("add-validators"), 3), ((string)held["clusterHash"]!, held["shares"]!.AsArray().Count));
    }

    /// <summary>W16: a network of a file, of which only signed definitions would say the chain.</summary>
    [Fact]
    public async Task A_cluster_of_a_test_network()
    {
        var home = SignerHome.Empty();
        var network = home.Beside("config.yaml");
        await File.WriteAllTextAsync(
            network,
            "PRESET_BASE: mainnet\nCONFIG_NAME: devnet\nGENESIS_FORK_VERSION: 0x10000042\nSECONDS_PER_SLOT: 12\n"
        );
        using var life = await PrepareAsync(
            home,
            network,
            ["--genesis-validators-root", $"{Chain.Network.GenesisValidatorsRoot}", "--genesis-time", $"{Chain.Network.GenesisTime}"],
            "create-testnet"
        );

        await life.LiveAsync(
            [
                life.Verb(
                    "create",
                    "create-testnet",
                    ["cluster", "import", "--lock", LockOf("create-testnet"), "--node", NodeOf("create-testnet", 0), "--never-signed"]
                ),
            ],
            (_, _, _) => []
        );
    }

    [Fact]
    public async Task A_cluster_whose_definition_the_operators_have_signed()
    {
        using var life = await PrepareAsync("create-signed-definition");

        await life.LiveAsync(
            [
                life.Verb(
                    "create",
                    "create-signed-definition",
                    [
                        "cluster",
                        "import",
                        "--lock",
                        LockOf("create-signed-definition"),
                        "--node",
                        NodeOf("create-signed-definition", 0),
                        "--never-signed",
                    ]
                ),
            ],
            Others
        );
    }

    /// <summary>
    /// What the contract allows, as the operator's node passes it on: registered, removed, resigned, reshared, and again from the first
    /// block on.
    /// </summary>
    [Fact]
    public async Task An_ssv_validator_registered_removed_resigned_and_reshared()
    {
        var home = await SsvNode.PrepareAsync("--no-slot-window", "--client", "vc=all");
        using var life = new ClusterLife(home, Chain.Network, _later);
        foreach (var name in new[] { "single", "reshare", "bulk" })
        {
            life.Know(name, SsvSharesOf(name));
            (await home.RunAsync(["cluster", "add-lock", SsvNode.PathOf(name), .. SsvNode.Stated(name)])).Succeeded();
        }

        ClusterLife.Step Added(string step, string name, string document) =>
            new(step, document, signer => NodeAsync(signer, node => node.AddAsync, name));
        ClusterLife.Step Removed(string step, string name, string document) =>
            new(step, document, signer => NodeAsync(signer, node => node.RemoveAsync, name)) { IsEnd = true };
        await life.LiveAsync(
            [
                Added("register", "single", "single"),
                Added("register three at once", "bulk", "bulk"),
                Added("from the first block on", "single", "single"),
                Removed("remove", "single", "single"),
                Added("resign", "resign", "single"),
                Removed("remove the resigned", "resign", "single"),
                Added("reshare", "reshare", "reshare"),
            ],
            Others
        );

        async Task NodeAsync(SignerProcess signer, Func<SsvNode, Func<SsvNode.Share, Task<ApiAnswer>>> call, string name)
        {
            using var node = SsvNode.Connect(home, signer);
            foreach (var share in SsvNode.SharesOf(name))
            {
                _ = SsvNode.StatusOf(await call(node)(share));
            }
        }
    }

    // Every type but those that are slashable, which the life asks for at every station; as the lock has it where a deposit and a
    // registration go.
    private static IEnumerable<(string Json, SignableMessage Message)> Others(
        string document,
        BlsPublicKey group,
        Func<SignableMessage, BlsSignature> sign
    )
    {
        if (!Vectors.Has($"clusters-charon/{document}/cluster-lock.json"))
        {
            return NotSlashable(EveryDuty.Of(group, SsvOwner, sign));
        }

        var cluster = Vectors.Read($"clusters-charon/{document}/cluster-lock.json");
        var (validator, position) = cluster["distributed_validators"]!
            .AsArray()
            .Select((one, at) => (one!, at))
            .First(one => (string)one.Item1["distributed_public_key"]! == group.ToString());
        var signed = validator["partial_deposit_data"]?[0];
        var deposit = signed is null
            ? null
            : new Deposit(
                group,
                Root.Parse((string)signed["withdrawal_credentials"]!),
                ulong.Parse((string)signed["amount"]!, CultureInfo.InvariantCulture),
                ForkVersion.Parse("0x10000910")
            );
        return NotSlashable(
            EveryDuty.Of(group, (string)cluster["cluster_definition"]!["validators"]![position]!["fee_recipient_address"]!, sign, deposit)
        );

        static IEnumerable<(string, SignableMessage Message)> NotSlashable(IEnumerable<(string, SignableMessage Message)> duties) =>
            duties.Where(duty => duty.Message.Type is not (DutyType.Attestation or DutyType.Block));
    }

    private Task<ClusterLife> PrepareAsync(params string[] documents) => PrepareAsync(SignerHome.Empty(), "hoodi", [], documents);

    private async Task<ClusterLife> PrepareAsync(SignerHome home, string network, string[] options, params string[] documents)
    {
        Assert.SkipUnless(SoftToken.IsAvailable || Environment.GetEnvironmentVariable("CI") == "true", "SoftHSM2 is not installed");
        (await home.InitAsync(network, ["--no-slot-window", "--client", "vc=all", .. options])).Succeeded();
        home.Configure(settings =>
        {
            settings["clients"]!["vc"]!["duties"] = new JsonArray("all", "CLUSTER_LOCK");
            settings["clients"]!["vc"]!["manageKeys"] = true;
        });
        (await home.RunAsync("keymanager", "token")).Succeeded();
        var chain =
            network == "hoodi"
                ? Chain.Network
                : Network.Load(network) with
                {
                    GenesisValidatorsRoot = Chain.Network.GenesisValidatorsRoot,
                    GenesisTime = Chain.Network.GenesisTime,
                };
        var life = new ClusterLife(home, chain, _later);
        foreach (var document in documents)
        {
            List<IReadOnlyList<VaultShare>> nodes = [];
            for (var node = 0; node < 4; node++)
            {
                nodes.Add(await OpenAsync(document, node, chain));
            }

            life.Know(document, nodes);
        }

        return life;
    }

    private async Task<IReadOnlyList<VaultShare>> OpenAsync(string document, int node, Network network)
    {
        var cluster = VerifiedLock.Open(
            LockOf(document),
            new VerificationPolicy { Network = network.Forks.GenesisVersion, ChainId = network.DepositChainId }
        );
        var folder = new NodeFolder(NodeOf(document, node));
        return await new NodeKeystores(folder, cluster.Cluster, cluster.SharesOf(folder.ReadNodeKey(_arena), folder.NodeKeyFile)).OpenAsync(
            _arena,
            DerivationLoan.OfAll(1024),
            null,
            TestContext.Current.CancellationToken
        );
    }

    // Ours is operator 11, and what the others hold is in clear.
    private List<IReadOnlyList<VaultShare>> SsvSharesOf(string name)
    {
        var file = SsvNode.Keyshares(name);
        var clear = Vectors.Read("clusters-ssv/shares.json")["files"]![$"{name}.keyshares.json"]!.AsArray();
        return
        [
            .. file.Validators[0]
                .OperatorIds.Select(id =>
                    (IReadOnlyList<VaultShare>)
                        [
                            .. file.Validators.Select(
                                (validator, at) =>
                                {
                                    var secret = (string)
                                        clear[at]!["operators"]!.AsArray().First(one => (ulong)one!["id"]! == id)!["shareSecret"]!;
                                    return new VaultShare(
                                        validator.PublicShares[validator.OperatorIds.IndexOf(id)],
                                        validator.GroupKey,
                                        new ClusterMembership(
                                            id,
                                            (int)clear[at]!["threshold"]!,
                                            validator.OperatorIds.Length,
                                            default,
                                            ShareProvenance.SsvFile
                                        ),
                                        name,
                                        BlsSecretKey.FromBigEndian(_arena, Convert.FromHexString(secret[2..]))
                                    );
                                }
                            ),
                        ]
                ),
        ];
    }

    private static async Task PushAsync(ClusterLife life, SignerProcess signer, string node)
    {
        using var client = ClientCertificate.Connect(signer, life.Home.Data, "vc");
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue(
            "Bearer",
            await File.ReadAllTextAsync(Path.Combine(life.Home.Data, "keymanager.token"))
        );
        using var content = new StringContent(
            KeymanagerScene.Body(Path.Combine(node, "validator_keys")).ToJsonString(),
            Encoding.UTF8,
            "application/json"
        );
        var answer = await client.AskAsync(HttpMethod.Post, "/eth/v1/keystores", content);
        Assert.True(
            answer.Status == HttpStatusCode.OK && KeymanagerScene.Statuses(answer).All(status => status is "imported" or "duplicate"),
            answer.Text
        );
    }

    // What three other operators sign of the lock with their shares, in the files that they would send.
    private static async Task<string[]> OthersPartsAsync(ClusterLife life)
    {
        var root = Root.Parse(HashOf("add-validators"));
        List<string> options = [];
        foreach (var node in life.Of("add-validators").Skip(1))
        {
            var entries = node.Select(share =>
            {
                var signature = new byte[BlsSignature.Length];
                share.Secret.Sign(root.Bytes, signature);
                return new PartialsFile.Entry(
                    share.GroupKey!.Value,
                    "the lock hash",
                    root,
                    [new PartialSignature(share.Membership!.ShareIndex, new BlsSignature(signature))]
                );
            });
            var path = life.Home.Beside($"parts-{options.Count}.json");
            await File.WriteAllBytesAsync(path, new PartialsFile("CLUSTER_LOCK", root, [.. entries]).Write());
            options.AddRange(["--partials", path]);
        }

        return [.. options];
    }

    private static string LockOf(string name) => Vectors.Path($"clusters-charon/{name}/cluster-lock.json");

    private static string NodeOf(string name, int node) => Vectors.Path($"clusters-charon/{name}/node{node}");

    private static string HashOf(string name) => (string)Vectors.Read($"clusters-charon/{name}/cluster-lock.json")["lock_hash"]!;

    private static string EnrOf(string name) =>
        (string)Vectors.Read($"clusters-charon/{name}/cluster-lock.json")["cluster_definition"]!["operators"]![0]!["enr"]!;
}
