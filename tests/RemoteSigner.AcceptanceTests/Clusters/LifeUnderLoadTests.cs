using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using RemoteSigner.AcceptanceTests.Crash;
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
/// The life of a Charon cluster while duties are asked for without a pause, under every key that it ever had. In front of each step the signer is killed while the step is under way; then the step is
/// done. A judge who knows the validators' keys alone looks at every signature that came out, and the shares of other operators make a group's signature of ours at each station.
/// </summary>
public sealed class LifeUnderLoadTests : IAsyncLifetime
{
    private static readonly Network _network = Network.Find("hoodi")!;

    private readonly SignerHome _home = SignerHome.Empty();
    private readonly SecretArena _arena = new();
    private readonly Received _received = new();
    private readonly ConcurrentBag<double> _latencies = [];
    private readonly Dictionary<string, IReadOnlyList<IReadOnlyList<VaultShare>>> _operators = [];
    private ulong _target = 100;

    private static readonly (string Name, string Document, string[] Command)[] _steps =
    [
        ("create", "create", ["cluster", "import", "--lock", LockOf("create"), "--node", NodeOf("create", 0), "--never-signed"]),
        ("add validators", "add-validators", ["cluster", "import", "--lock", LockOf("add-validators"), "--node", NodeOf("add-validators", 0), "--never-signed"]),
        ("recreate", "recreate-private-keys", ["cluster", "import", "--lock", LockOf("recreate-private-keys"), "--node", NodeOf("recreate-private-keys", 0), "--replace"]),
        ("revert", "add-validators", ["cluster", "revert", HashOf("add-validators")]),
        ("recreate again", "recreate-private-keys", ["cluster", "import", "--lock", LockOf("recreate-private-keys"), "--replace"]),
        ("commit", "recreate-private-keys", ["cluster", "commit", HashOf("recreate-private-keys")]),
    ];

    public async ValueTask InitializeAsync()
    {
        Assert.SkipUnless(SoftToken.IsAvailable || Environment.GetEnvironmentVariable("CI") == "true", "SoftHSM2 is not installed");
        (await _home.InitAsync("hoodi", "--no-slot-window", "--client", "vc=all")).Succeeded();
        foreach (var document in _steps.Select(step => step.Document).Distinct())
        {
            List<IReadOnlyList<VaultShare>> nodes = [];
            for (var node = 0; node < 3; node++)
            {
                nodes.Add(await OpenAsync(document, node));
            }

            _operators.Add(document, nodes);
        }
    }

    [Fact]
    public async Task No_share_is_lost_and_no_two_sets_sign_whenever_the_signer_is_killed()
    {
        foreach (var (name, document, command) in _steps)
        {
            await KillDuringAsync(command);
            var before = _latencies.Count;
            await using var signer = await _home.StartAsync();
            await using (var load = new Load(this, signer))
            {
                await load.WarmUpAsync();
                await DoAsync(name, command);
                await load.WarmUpAsync();
            }

            using var client = ClientCertificate.Connect(signer, _home.Data, "vc");
            await AssertOneSetSignsAsync(client, name, document);
            TestContext.Current.SendDiagnosticMessage($"{name}: {_latencies.Count - before} duties beside it");
            await signer.StopAsync();
            (await _home.RunAsync("audit", "verify")).Succeeded();
        }

        Assert.Empty(_received.Faults);
        Assert.Empty(_received.Invalid());
        Assert.Empty(ConflictsOfValidators());
        double[] sorted = [.. _latencies.Order()];
        Assert.NotEmpty(sorted);
        TestContext.Current.SendDiagnosticMessage($"{sorted.Length} votes signed or refused beside {_steps.Length} steps, p50 {sorted[sorted.Length / 2]:F1} ms, p99 {sorted[sorted.Length * 99 / 100]:F1} ms");
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var share in _operators.Values.SelectMany(nodes => nodes).SelectMany(node => node))
        {
            share.Dispose();
        }

        _home.Dispose();
        _arena.Dispose();
        await Task.CompletedTask;
    }

    // The signer dies while the step is under way, as a power cut would have it.
    private async Task KillDuringAsync(string[] command)
    {
        await using (var signer = await _home.StartAsync())
        {
            await using (new Load(this, signer))
            {
                var step = _home.RunAsync(command);
                await Task.Delay(TimeSpan.FromMilliseconds(System.Security.Cryptography.RandomNumberGenerator.GetInt32(0, 1200)), TestContext.Current.CancellationToken);
                await signer.KillAsync();
                await step;
            }
        }

        // Its files were there all the time: what is tested is what they say, and not the floors that a doubt about them raises.
        (await _home.RunAsync("freshness", "clear", "--accept-risk")).Succeeded();
        (await _home.RunAsync("audit", "verify")).Succeeded();
    }

    // What was done before the kill is not done again: nothing is left to do, or nothing is parked any more.
    private async Task DoAsync(string name, string[] command)
    {
        var result = await _home.RunAsync(command);
        Assert.True(result.ExitCode == 0 || (name is "revert" or "commit" && result.Error.Contains("no share of this cluster is parked", StringComparison.Ordinal)), $"{name}: {result.Error}");
    }

    // Of each validator one share signs, and the shares of two other operators make the group's signature of its own.
    private async Task AssertOneSetSignsAsync(HttpClient client, string step, string document)
    {
        var nodes = _operators[document];
        foreach (var group in _operators.Values.SelectMany(each => each[0]).Select(share => share.GroupKey!.Value).Distinct())
        {
            var ours = _operators.Values.SelectMany(each => each[0]).Where(share => share.GroupKey == group).Select(share => share.ShareKey).Distinct().ToList();
            List<(BlsPublicKey Key, ApiAnswer Answer)> answers = [];
            foreach (var key in ours)
            {
                answers.Add((key, await client.SignAsync(key, Chain.RandaoJson(_target))));
            }

            var signed = answers.Where(one => one.Answer.Status == HttpStatusCode.OK).ToList();
            var isKnown = step != "create" || nodes[0].Any(share => share.GroupKey == group);
            Assert.True(signed.Count == (isKnown ? 1 : 0), $"{step}: {signed.Count} shares of {group} sign");
            if (nodes[0].FirstOrDefault(share => share.GroupKey == group) is { } expected)
            {
                Assert.Equal(expected.ShareKey, signed[0].Key);
                foreach (var (body, root) in Duties(group))
                {
                    Combine(group, nodes, await SignedAsync(client, expected.ShareKey, body), root);
                }
            }
        }
    }

    private static async Task<BlsSignature> SignedAsync(HttpClient client, BlsPublicKey key, string body)
    {
        var answer = await client.SignAsync(key, body);
        Assert.True(answer.Status == HttpStatusCode.OK, $"{body[..60]}: {answer.Text}");
        return BlsSignature.Parse(answer.Signature);
    }

    private static void Combine(BlsPublicKey group, IReadOnlyList<IReadOnlyList<VaultShare>> nodes, BlsSignature ours, Root root)
    {
        var partials = new Dictionary<ulong, BlsSignature> { [1] = ours };
        foreach (var share in nodes.Skip(1).Select(node => node.Single(share => share.GroupKey == group)))
        {
            var signature = new byte[BlsSignature.Length];
            share.Secret.Sign(root.Bytes, signature);
            partials.Add(share.Membership!.ShareIndex, new BlsSignature(signature));
        }

        Assert.True(Bls.Verify(group.Bytes, root.Bytes, ThresholdSignature.Combine(partials).Bytes));
    }

    // One of each kind that needs nobody else's signature.
    private IEnumerable<(string Body, Root Root)> Duties(BlsPublicKey group)
    {
        _target += 2;
        var vote = AttestationRequest.Message(_network.GenesisValidatorsRoot!.Value, _target - 1, _target, _target * _network.SlotsPerEpoch, 1);
        yield return (AttestationRequest.Json(vote), vote.SigningRoot(_network));
        var block = BlockRequest.Message(_network.GenesisValidatorsRoot!.Value, _target * _network.SlotsPerEpoch, 1);
        yield return (BlockRequest.Json(block), block.SigningRoot(_network));
    }

    /// <summary>Two signatures of one validator that it may never give, by whichever of its shares.</summary>
    private List<string> ConflictsOfValidators()
    {
        var groups = _operators.Values.SelectMany(nodes => nodes[0]).DistinctBy(share => share.ShareKey).ToDictionary(share => share.ShareKey, share => share.GroupKey!.Value);
        List<string> conflicts = [];
        foreach (var validator in _received.Duties.GroupBy(duty => groups[duty.Key]))
        {
            foreach (var target in validator.GroupBy(duty => ((SlashableContent.Attestation)duty.Content).Target).Where(target => target.DistinctBy(duty => duty.SigningRoot).Count() > 1))
            {
                conflicts.Add($"{validator.Key} voted twice for {target.Key}: {string.Join(", ", target.Select(duty => duty.Claim))}");
            }
        }

        return conflicts;
    }

    private async Task<IReadOnlyList<VaultShare>> OpenAsync(string document, int node)
    {
        var cluster = VerifiedLock.Open(LockOf(document), new VerificationPolicy { Network = _network.Forks.GenesisVersion });
        var folder = new NodeFolder(NodeOf(document, node));
        return await new NodeKeystores(folder, cluster.Cluster, cluster.SharesOf(folder.ReadNodeKey(_arena), folder.NodeKeyFile)).OpenAsync(_arena, 1L << 30, null, TestContext.Current.CancellationToken);
    }

    private static string LockOf(string name) => Vectors.Path($"clusters-charon/{name}/cluster-lock.json");

    private static string NodeOf(string name, int node) => Vectors.Path($"clusters-charon/{name}/node{node}");

    private static string HashOf(string name) => (string)Vectors.Read($"clusters-charon/{name}/cluster-lock.json")["lock_hash"]!;

    /// <summary>Clients who ask for votes of every share that there ever was, for the same targets with different roots, until it is disposed.</summary>
    private sealed class Load : IAsyncDisposable
    {
        private readonly LifeUnderLoadTests _life;
        private readonly CancellationTokenSource _stop = new();
        private readonly List<Task> _clients;
        private readonly HttpClient _http;
        private int _asked;

        public Load(LifeUnderLoadTests life, SignerProcess signer)
        {
            (_life, _http) = (life, ClientCertificate.Connect(signer, life._home.Data, "vc"));
            _clients = [.. life._operators.Values.SelectMany(nodes => nodes[0]).Select(share => share.ShareKey).Distinct().Select((key, i) => Task.Run(() => AskAsync(key, (byte)(i % 2))))];
        }

        /// <summary>Until so many more were asked for that the load is there.</summary>
        public async Task WarmUpAsync()
        {
            for (var (until, tries) = (_asked + 60, 0); _asked < until && tries < 600; tries++)
            {
                await Task.Delay(50);
            }

            Assert.True(_asked > 0, "nothing was answered");
        }

        public async ValueTask DisposeAsync()
        {
            await _stop.CancelAsync();
            await Task.WhenAll(_clients);
            _http.Dispose();
            _stop.Dispose();
        }

        private async Task AskAsync(BlsPublicKey key, byte fill)
        {
            while (!_stop.IsCancellationRequested)
            {
                // Every share is asked for the same few targets, so that two sets would meet.
                var target = Volatile.Read(ref _life._target) + 1;
                var duty = Duty.Vote(key, _network, target - 1, target, (byte)(fill + 1));
                var started = Stopwatch.GetTimestamp();
                try
                {
                    var answer = await _http.SignAsync(key, duty.Json);
                    _life._latencies.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
                    Interlocked.Increment(ref _asked);
                    if (answer.Status == HttpStatusCode.OK)
                    {
                        _life._received.Add(duty, BlsSignature.Parse(answer.Signature));
                        Interlocked.Increment(ref _life._target);
                    }
                    else if (answer.Status is not (HttpStatusCode.PreconditionFailed or HttpStatusCode.NotFound or HttpStatusCode.ServiceUnavailable))
                    {
                        _life._received.Faults.Add($"{answer.Status} {answer.Text}");
                    }
                }
                catch (Exception gone) when (gone is HttpRequestException or IOException)
                {
                    await Task.Delay(20);
                }
            }
        }
    }
}
