using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using RemoteSigner.Rig;
using RemoteSigner.Spec;

namespace RemoteSigner.Benchmarks;

/// <summary>A data directory and the keys that it holds.</summary>
internal sealed record BenchHome(Bench Bench, string Data, IReadOnlyList<BlsPublicKey> Keys)
{
    /// <summary>Bytes of the ledger and all that belongs to it on disk; the signer must not run.</summary>
    public long LedgerBytes =>
        Directory
            .EnumerateFiles(Data, "*ledger*", SearchOption.AllDirectories)
            .Where(path => !path.Contains("reserve", StringComparison.Ordinal))
            .Sum(path => new FileInfo(path).Length);

    public Task<SignerProcess> StartAsync(params string[] arguments) => SignerProcess.StartAsync(Data, Bench.Token, arguments);

    /// <summary>A load of votes with distinct roots.</summary>
    public SigningLoad Load(ServerUnderLoad server, IReadOnlyList<BlsPublicKey>? keys = null, int connections = 64, ulong firstEpoch = 1) =>
        new(server, Data, Bench.Client, keys ?? Keys, Bench.Network, connections, firstEpoch);

    /// <summary>Lets the client push keystores; before the start.</summary>
    public async Task EnablePushAsync()
    {
        (await SignerProcess.RunAsync(Bench.Token, "keymanager", "token", "--data", Data)).Succeeded();
        var options = Path.Combine(Data, "signer.json");
        await File.WriteAllTextAsync(
            options,
            (await File.ReadAllTextAsync(options)).Replace(
                $"\"{Bench.Client}\": {{ ",
                $"\"{Bench.Client}\": {{ \"manageKeys\": true, ",
                StringComparison.Ordinal
            )
        );
    }

    /// <summary>Who pushes: HTTP with the certificate and the token.</summary>
    public async Task<HttpClient> PusherAsync(SignerProcess signer)
    {
        var pusher = ClientCertificate.Connect(signer, Data, Bench.Client);
        pusher.Timeout = TimeSpan.FromHours(1);
        pusher.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue(
            "Bearer",
            await File.ReadAllTextAsync(Path.Combine(Data, "keymanager.token"))
        );
        return pusher;
    }

    /// <summary>Pushes keystores in one request.</summary>
    public static async Task PushAsync(HttpClient pusher, IReadOnlyList<string> keystores, string password)
    {
        var body = new JsonObject
        {
            ["keystores"] = new JsonArray([.. keystores.Select(keystore => (JsonNode)keystore)]),
            ["passwords"] = new JsonArray([.. keystores.Select(_ => (JsonNode)password)]),
        };
        using var content = new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json");
        var answer = await pusher.AskAsync(HttpMethod.Post, "/eth/v1/keystores", content);
        if (answer.Status != System.Net.HttpStatusCode.OK)
        {
            throw new InvalidOperationException($"the push was answered {answer.Status}: {answer.Text}");
        }
    }
}
