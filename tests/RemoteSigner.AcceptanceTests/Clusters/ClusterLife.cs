using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Security.Cryptography;
using RemoteSigner.AcceptanceTests.Crash;
using RemoteSigner.Clusters;
using RemoteSigner.Native;
using RemoteSigner.Rig;
using RemoteSigner.Sealing;
using RemoteSigner.Spec;

namespace RemoteSigner.AcceptanceTests.Clusters;

/// <summary>
/// The life of a cluster while duties are asked for without a pause, under every share that it ever had. In front of each step the signer
/// is killed while the step is under way; then the step is done. A judge who knows the validators' keys alone looks at every signature that
/// came out, and the shares of other operators make a group's signature of ours at each station.
/// </summary>
internal sealed class ClusterLife(SignerHome home, Network network, ulong firstTarget) : IDisposable
{
    private readonly Received _received = new();
    private readonly ConcurrentBag<double> _latencies = [];
    private readonly Dictionary<string, IReadOnlyList<IReadOnlyList<VaultShare>>> _operators = [];
    private readonly HashSet<BlsPublicKey> _alive = [];
    private ulong _target = firstTarget;

    /// <summary>One step, whichever way it is done: by a verb, or by a client of the signer that runs.</summary>
    /// <param name="Document">The document whose shares sign afterwards, of <see cref="Know"/>.</param>
    /// <param name="DoAsync">Throws where it was not done. What a kill before it has left to do may be nothing.</param>
    internal sealed record Step(string Name, string Document, Func<SignerProcess, Task> DoAsync)
    {
        /// <summary>Its shares sign no more, and no others do.</summary>
        public bool IsEnd { get; init; }

        /// <summary>Do they know the validators that they are of?</summary>
        public bool IsPlaced { get; init; } = true;
    }

    /// <summary>What a document's share of a validator signs, nothing of it slashable: posted, and what it means.</summary>
    /// <param name="sign">With the validator's own key.</param>
    internal delegate IEnumerable<(string Json, SignableMessage Message)> DutiesOf(
        string document,
        BlsPublicKey group,
        Func<SignableMessage, BlsSignature> sign
    );

    public SignerHome Home => home;

    /// <summary>A document's shares by operators, ours first; they are disposed here.</summary>
    public void Know(string document, IReadOnlyList<IReadOnlyList<VaultShare>> operators) => _operators.Add(document, operators);

    public IReadOnlyList<IReadOnlyList<VaultShare>> Of(string document) => _operators[document];

    /// <summary>A verb of the console.</summary>
    /// <param name="done">What it says where there is nothing left to do.</param>
    public Step Verb(string name, string document, string[] verb, string? done = null) => new(name, document, async _ =>
        {
            var result = await home.RunAsync(verb);
            Assert.True(
                result.ExitCode == 0 || (done is not null && result.Error.Contains(done, StringComparison.Ordinal)),
                $"{name}: {result.Error}"
            );
        });

    /// <param name="duties">What is signed at each station beside votes and blocks.</param>
    public async Task LiveAsync(IReadOnlyList<Step> steps, DutiesOf duties)
    {
        foreach (var step in steps)
        {
            await KillDuringAsync(step);
            var before = _latencies.Count;
            await using var signer = await home.StartAsync();
            await using (var load = new Load(this, signer))
            {
                await load.WarmUpAsync();
                await step.DoAsync(signer);
                await load.WarmUpAsync();
            }

            using var client = ClientCertificate.Connect(signer, home.Data, "vc");
            await AssertOneSetSignsAsync(client, step, duties);
            TestContext.Current.SendDiagnosticMessage($"{step.Name}: {_latencies.Count - before} duties beside it");
            await signer.StopAsync();
            (await home.RunAsync("audit", "verify")).Succeeded();
        }

        Assert.Empty(_received.Faults);
        Assert.Empty(_received.Invalid());
        Assert.Empty(ConflictsOfValidators());
        double[] sorted = [.. _latencies.Order()];
        Assert.NotEmpty(sorted);
        TestContext.Current.SendDiagnosticMessage(
            $"{sorted.Length} votes signed or refused beside {steps.Count} steps, p50 "
                + $"{sorted[sorted.Length / 2]:F1} ms, p99 {sorted[sorted.Length * 99 / 100]:F1} ms"
        );
    }

    public void Dispose()
    {
        foreach (var share in _operators.Values.SelectMany(nodes => nodes).SelectMany(node => node))
        {
            share.Dispose();
        }

        home.Dispose();
    }

    // The signer dies while the step is under way, as a power cut would have it.
    private async Task KillDuringAsync(Step step)
    {
        await using (var signer = await home.StartAsync())
        {
            await using (new Load(this, signer))
            {
                var doing = step.DoAsync(signer);
                await Task.Delay(TimeSpan.FromMilliseconds(RandomNumberGenerator.GetInt32(0, 1200)), TestContext.Current.CancellationToken);
                await signer.KillAsync();
                await doing.ContinueWith(
                    ended => _ = ended.Exception,
                    TestContext.Current.CancellationToken,
                    TaskContinuationOptions.ExecuteSynchronously,
                    TaskScheduler.Default
                );
            }
        }

        // Its files were there all the time: what is tested is what they say, and not the low watermarks that a doubt about them raises.
        (await home.RunAsync("rollback-protection", "clear", "--accept-risk")).Succeeded();
        (await home.RunAsync("audit", "verify")).Succeeded();
    }

    // Of each validator one share signs, and the shares of two other operators make the group's signature of its own.
    private async Task AssertOneSetSignsAsync(HttpClient client, Step step, DutiesOf duties)
    {
        var nodes = _operators[step.Document];
        var groups = nodes[0].Select(share => share.GroupKey!.Value).ToHashSet();
        if (step.IsEnd)
        {
            _alive.ExceptWith(groups);
        }
        else
        {
            _alive.UnionWith(groups);
        }

        foreach (var group in _operators.Values.SelectMany(each => each[0]).Select(share => share.GroupKey!.Value).Distinct())
        {
            List<BlsPublicKey> signing = [];
            foreach (
                var key in _operators
                    .Values.SelectMany(each => each[0])
                    .Where(share => share.GroupKey == group)
                    .Select(share => share.ShareKey)
                    .Distinct()
            )
            {
                if ((await client.SignAsync(key, Chain.RandaoJson(_target))).Status == HttpStatusCode.OK)
                {
                    signing.Add(key);
                }
            }

            Assert.True(signing.Count == (_alive.Contains(group) ? 1 : 0), $"{step.Name}: {signing.Count} shares of {group} sign");
            if (!step.IsEnd && nodes[0].FirstOrDefault(share => share.GroupKey == group) is { } ours)
            {
                Assert.Equal(ours.ShareKey, signing[0]);
                foreach (
                    var (json, message) in duties(step.Document, group, message => Combine(group, nodes, message, null))
                        .Where(duty => step.IsPlaced || duty.Message.Type is not (DutyType.Deposit or DutyType.ValidatorRegistration))
                        .Concat(Slashable())
                )
                {
                    var answer = await client.SignAsync(ours.ShareKey, json);
                    Assert.True(answer.Status == HttpStatusCode.OK, $"{step.Name}: {message.Type}: {answer.Text}");
                    var whole = Combine(group, nodes, message, BlsSignature.Parse(answer.Signature));
                    Assert.True(
                        Bls.Verify(group.Bytes, message.SigningRoot(network).Bytes, whole.Bytes),
                        $"{step.Name}: {message.Type} is not signed by the validator"
                    );
                }
            }
        }
    }

    // As many as it takes: our part, where there is one, and those of the others.
    private BlsSignature Combine(
        BlsPublicKey group,
        IReadOnlyList<IReadOnlyList<VaultShare>> nodes,
        SignableMessage message,
        BlsSignature? ours
    )
    {
        var shares = nodes.Select(node => node.Single(share => share.GroupKey == group)).ToList();
        var partials = new Dictionary<ulong, BlsSignature>();
        foreach (var share in shares.Take(shares[0].Membership!.Threshold))
        {
            var signature = new byte[BlsSignature.Length];
            share.Secret.Sign(message.SigningRoot(network).Bytes, signature);
            partials.Add(share.Membership!.ShareIndex, ours is { } given && share == shares[0] ? given : new BlsSignature(signature));
        }

        return ThresholdSignature.Combine(partials);
    }

    // Newer than what the load asked for.
    private IEnumerable<(string Json, SignableMessage Message)> Slashable()
    {
        _target += 2;
        var vote = AttestationRequest.Message(
            network.GenesisValidatorsRoot!.Value,
            _target - 1,
            _target,
            _target * network.SlotsPerEpoch,
            1
        );
        yield return (AttestationRequest.Json(vote), vote);
        var block = BlockRequest.Message(network.GenesisValidatorsRoot!.Value, _target * network.SlotsPerEpoch, 1);
        yield return (BlockRequest.Json(block), block);
    }

    /// <summary>Two signatures of one validator that it may never give, by whichever of its shares.</summary>
    private List<string> ConflictsOfValidators()
    {
        var groups = _operators
            .Values.SelectMany(nodes => nodes[0])
            .DistinctBy(share => share.ShareKey)
            .ToDictionary(share => share.ShareKey, share => share.GroupKey!.Value);
        List<string> conflicts = [];
        foreach (var validator in _received.Duties.GroupBy(duty => groups[duty.Key]))
        {
            foreach (
                var target in validator
                    .GroupBy(duty => ((SlashableContent.Attestation)duty.Content).Target)
                    .Where(target => target.DistinctBy(duty => duty.SigningRoot).Count() > 1)
            )
            {
                conflicts.Add($"{validator.Key} voted twice for {target.Key}: {string.Join(", ", target.Select(duty => duty.Claim))}");
            }
        }

        return conflicts;
    }

    /// <summary>
    /// Clients who ask for votes of every share that there ever was, for the same targets with different roots, until it is disposed.
    /// </summary>
    private sealed class Load : IAsyncDisposable
    {
        private readonly ClusterLife _life;
        private readonly CancellationTokenSource _stop = new();
        private readonly List<Task> _clients;
        private readonly HttpClient _http;
        private int _asked;

        public Load(ClusterLife life, SignerProcess signer)
        {
            (_life, _http) = (life, ClientCertificate.Connect(signer, life.Home.Data, "vc"));
            _clients =
            [
                .. life
                    ._operators.Values.SelectMany(nodes => nodes[0])
                    .Select(share => share.ShareKey)
                    .Distinct()
                    .Select((key, i) => Task.Run(() => AskAsync(key, (byte)(i % 2)))),
            ];
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
                var duty = Duty.Vote(key, _life.Network, target - 1, target, (byte)(fill + 1));
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
                    else if (
                        answer.Status
                        is not (HttpStatusCode.PreconditionFailed or HttpStatusCode.NotFound or HttpStatusCode.ServiceUnavailable)
                    )
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

    private Network Network => network;
}
