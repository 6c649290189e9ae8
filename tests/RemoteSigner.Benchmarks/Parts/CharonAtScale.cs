using System.Diagnostics;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using RemoteSigner.Rig;

namespace RemoteSigner.Benchmarks;

/// <summary>
/// A Charon operator with very many validators in one lock, while the signer serves: import with keystores, bind of pushed shares, and the
/// successor to which a validator was added.
/// </summary>
internal static class CharonAtScale
{
    public const int Validators = 200;

    private const int Pushed = 50;

    /// <summary>Seconds, and the most memory in use by then, MiB.</summary>
    internal sealed record Figures(
        double ImportSeconds,
        double BindSeconds,
        double SuccessorSeconds,
        double ImportMiB,
        double BindMiB,
        double SuccessorMiB
    );

    public static async Task<Figures> MeasureAsync(string folder, SoftToken token, string network)
    {
        Directory.CreateDirectory(folder);
        using var writer = new LockWriter();
        var all = writer.Deal(Validators + 1);
        string first = Path.Combine(folder, "first.json"),
            second = Path.Combine(folder, "second.json"),
            whole = Path.Combine(folder, "node"),
            quick = Path.Combine(folder, "quick"),
            added = Path.Combine(folder, "added");
        await File.WriteAllBytesAsync(first, writer.Write([.. all.SkipLast(1)]));
        await File.WriteAllBytesAsync(second, writer.Write(all));
        writer.WriteNode(whole, [.. all.SkipLast(1)], 0, isQuick: false);
        writer.WriteNode(quick, [.. all.SkipLast(1)], 0, isQuick: true);
        writer.WriteNode(added, all, Validators, isQuick: true);

        await using var imports = await StartAsync(Path.Combine(folder, "imports"), token, network);
        var import = await imports.RunAsync("cluster", "import", "--lock", first, "--node", whole, "--never-signed");
        var importMiB = imports.PeakMiB;
        var successor = await imports.RunAsync("cluster", "import", "--lock", second, "--node", added, "--never-signed");
        var successorMiB = imports.PeakMiB;

        await using var binds = await StartAsync(Path.Combine(folder, "binds"), token, network);
        await binds.PushAsync(quick);
        var bind = await binds.RunAsync("cluster", "bind", "--lock", first, "--node", quick);
        return new Figures(import, bind, successor, importMiB, binds.PeakMiB, successorMiB);
    }

    private static async Task<Place> StartAsync(string data, SoftToken token, string network)
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
                "charon=charon-push"
            )
        ).Succeeded();
        (await SignerProcess.RunAsync(token, "keymanager", "token", "--data", data)).Succeeded();
        return new Place(token, data, await SignerProcess.StartAsync(data, token));
    }

    private sealed class Place(SoftToken token, string data, SignerProcess signer) : IAsyncDisposable
    {
        public double PeakMiB => ProcessFigures.MemoryMiB(signer.Id, "VmHWM");

        public async Task<double> RunAsync(params string[] verb)
        {
            var started = Stopwatch.GetTimestamp();
            (await SignerProcess.RunAsync(token, [.. verb, "--data", data])).Succeeded();
            return Stopwatch.GetElapsedTime(started).TotalSeconds;
        }

        /// <summary>As a ceremony does, some at a time.</summary>
        public async Task PushAsync(string node)
        {
            using var client = ClientCertificate.Connect(signer, data, "charon");
            client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue(
                "Bearer",
                await File.ReadAllTextAsync(Path.Combine(data, "keymanager.token"))
            );
            foreach (var some in Directory.GetFiles(Path.Combine(node, "validator_keys"), "*.json").Chunk(Pushed))
            {
                var body = new JsonObject
                {
                    ["keystores"] = new JsonArray([.. some.Select(file => (JsonNode)File.ReadAllText(file))]),
                    ["passwords"] = new JsonArray([.. some.Select(_ => (JsonNode)SignerHome.Password)]),
                };
                using var content = new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json");
                var answer = await client.AskAsync(HttpMethod.Post, "/eth/v1/keystores", content);
                if (answer.Status != System.Net.HttpStatusCode.OK || answer.Text.Contains("\"error\"", StringComparison.Ordinal))
                {
                    throw new InvalidOperationException($"the push was answered {answer.Status}: {answer.Text}");
                }
            }
        }

        public ValueTask DisposeAsync() => signer.DisposeAsync();
    }
}
