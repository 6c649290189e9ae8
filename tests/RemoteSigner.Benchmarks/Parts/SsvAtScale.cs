using System.Diagnostics;
using System.Net;
using System.Text;
using RemoteSigner.Rig;

namespace RemoteSigner.Benchmarks;

/// <summary>
/// An SSV operator with very many validators in one keyshares file, while the signer serves: what the file costs, and what it costs those
/// who push other shares.
/// </summary>
internal static class SsvAtScale
{
    public const int Validators = 500;
    public const int Pushes = 20;

    /// <summary>
    /// One push of one share, or one message for the operator to sign: milliseconds to its answer (median), and of CPU (mean).
    /// </summary>
    internal sealed record Push(double Milliseconds, double CpuMilliseconds);

    /// <summary>What a push takes, and what is done with the file in seconds; the most memory in use by then, MiB.</summary>
    /// <param name="Alone">Nothing is held.</param>
    /// <param name="BesideDocument">The file is kept, no share of it held.</param>
    /// <param name="BesideShares">All shares of the file are held under it.</param>
    internal sealed record Figures(
        Push Alone,
        Push BesideDocument,
        Push BesideShares,
        double ImportSeconds,
        double BindSeconds,
        double SuccessorSeconds,
        double ImportMiB,
        double BindMiB,
        double SuccessorMiB,
        Push Speech
    );

    public static async Task<Figures> MeasureAsync(string folder, SoftToken token, string network)
    {
        Directory.CreateDirectory(folder);
        using var writer = new KeysharesWriter();
        var all = writer.Deal(Validators, 2, firstNonce: 0);
        var others = writer.Deal(4 * Pushes, 1, firstNonce: 10_000);
        string first = Path.Combine(folder, "first.json"),
            second = Path.Combine(folder, "second.json"),
            key = Path.Combine(folder, "operator.pem");
        await File.WriteAllBytesAsync(first, writer.Write(all, 0, 0));
        await File.WriteAllBytesAsync(second, writer.Write(all, 1, 0));
        await File.WriteAllTextAsync(key, writer.OperatorKey);
        string[] stated = [.. KeysharesWriter.Stated(all)];

        await using var imports = await Place.StartAsync(Path.Combine(folder, "imports"), token, network, key);
        var alone = await imports.PushAsync(writer, others.Take(Pushes));
        await imports.RunAsync(["cluster", "add-lock", first, .. stated]);
        var besideDocument = await imports.PushAsync(writer, others.Skip(Pushes).Take(Pushes));
        var import = await imports.RunAsync(["cluster", "import", "--ssv", first, "--never-signed", .. stated]);
        var importMiB = imports.PeakMiB;
        var besideShares = await imports.PushAsync(writer, others.Skip(2 * Pushes).Take(Pushes));
        var successor = await imports.RunAsync(["cluster", "import", "--ssv", second, .. stated]);
        var successorMiB = imports.PeakMiB;

        await using var binds = await Place.StartAsync(Path.Combine(folder, "binds"), token, network, key);
        foreach (var ten in all.Chunk(10))
        {
            await binds.PushAsync(writer, [ten]);
        }

        var bind = await binds.RunAsync(["cluster", "bind", "--ssv", first, .. stated]);
        return new Figures(
            alone,
            besideDocument,
            besideShares,
            import,
            bind,
            successor,
            importMiB,
            binds.PeakMiB,
            successorMiB,
            await binds.SignMessageAsync(all[0].GroupKey)
        );
    }

    private sealed class Place : IAsyncDisposable
    {
        private readonly SoftToken _token;
        private readonly string _data;
        private readonly SignerProcess _signer;
        private readonly HttpClient _node;

        private Place(SoftToken token, string data, SignerProcess signer) =>
            (_token, _data, _signer, _node) = (token, data, signer, ClientCertificate.Connect(signer, data, "node"));

        public double PeakMiB => ProcessFigures.MemoryMiB(_signer.Id, "VmHWM");

        public static async Task<Place> StartAsync(string data, SoftToken token, string network, string operatorKey)
        {
            (
                await SignerProcess.RunAsync(
                    token,
                    "init",
                    "--data",
                    data,
                    "--network",
                    network,
                    "--seal",
                    "softhsm2",
                    "--anchor-on-host",
                    "--pin-file",
                    token.PinFile,
                    "--client",
                    "node=ssv-node"
                )
            ).Succeeded();
            (await SignerProcess.RunAsync(token, "operator", "import", "--key", operatorKey, "--data", data)).Succeeded();
            return new Place(token, data, await SignerProcess.StartAsync(data, token));
        }

        public async Task<double> RunAsync(string[] verb)
        {
            var started = Stopwatch.GetTimestamp();
            (await SignerProcess.RunAsync(_token, [.. verb, "--data", _data])).Succeeded();
            return Stopwatch.GetElapsedTime(started).TotalSeconds;
        }

        public Task<Push> PushAsync(KeysharesWriter writer, IEnumerable<KeysharesWriter.Dealt> shares) =>
            PushAsync(writer, shares.Select(share => new[] { share }));

        public async Task<Push> PushAsync(KeysharesWriter writer, IEnumerable<KeysharesWriter.Dealt[]> pushes)
        {
            List<double> milliseconds = [];
            var cpu = ProcessFigures.CpuSeconds(_signer.Id);
            foreach (var push in pushes)
            {
                using var content = new StringContent(writer.Push(push), Encoding.UTF8, "application/json");
                var started = Stopwatch.GetTimestamp();
                var answer = await _node.AskAsync(HttpMethod.Post, "/v1/validators", content);
                milliseconds.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
                if (answer.Status != HttpStatusCode.OK)
                {
                    throw new InvalidOperationException($"the push was answered {answer.Status}: {answer.Text}");
                }
            }

            return new Push(
                milliseconds.Order().ElementAt(milliseconds.Count / 2),
                (ProcessFigures.CpuSeconds(_signer.Id) - cpu) * 1000 / milliseconds.Count
            );
        }

        /// <summary>The operator's signature of one message, on one connection.</summary>
        public async Task<Push> SignMessageAsync(Spec.BlsPublicKey validator)
        {
            var message = SsvMessages.Consensus(SsvMessages.Identifier(new(0x503), Clusters.Ssv.SsvRole.Proposer, validator));
            List<double> milliseconds = [];
            var cpu = ProcessFigures.CpuSeconds(_signer.Id);
            for (var i = 0; i < 300; i++)
            {
                using var content = new ByteArrayContent(message);
                var started = Stopwatch.GetTimestamp();
                using var answer = await _node.PostAsync(new Uri("/v1/operator/sign", UriKind.Relative), content);
                _ = await answer.EnsureSuccessStatusCode().Content.ReadAsByteArrayAsync();
                milliseconds.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
            }

            return new Push(
                milliseconds.Order().ElementAt(milliseconds.Count / 2),
                (ProcessFigures.CpuSeconds(_signer.Id) - cpu) * 1000 / milliseconds.Count
            );
        }

        public async ValueTask DisposeAsync()
        {
            _node.Dispose();
            await _signer.DisposeAsync();
        }
    }
}
