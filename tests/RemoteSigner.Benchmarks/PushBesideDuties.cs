using System.Net;
using System.Net.Http.Headers;
using System.Text;
using RemoteSigner.Rig;
using RemoteSigner.Spec;

namespace RemoteSigner.Benchmarks;

/// <summary>
/// What a duty waits while keystores are pushed through the Keymanager API: votes at a fixed pace, in turns alone and for as long as a push of <see cref="Count"/> keystores with the usual scrypt
/// parameters takes.
/// </summary>
internal static class PushBesideDuties
{
    public const int Count = 16;

    private const int Rounds = 3;
    private const double PerSecond = 200;
    private const string Client = "bench";
    private const string Pusher = "charon";
    private static readonly TimeSpan _length = TimeSpan.FromSeconds(5);

    /// <summary>Medians of the rounds: p99 in milliseconds alone and beside a push, and their ratio; and the seconds of a push.</summary>
    public static async Task<(double Alone, double Beside, double Ratio, double Seconds)> MeasureAsync(string data, SoftToken token, Network network, string keystores, IReadOnlyList<BlsPublicKey> keys)
    {
        (await SignerProcess.RunAsync(
            token, "init", "--data", data, "--network", network.Name, "--no-slot-window", "--seal", "softhsm2", "--pin-file", token.PinFile, "--client", Client, "--client", Pusher, "--freshness", "none")).Succeeded();
        (await SignerProcess.RunAsync(token, "keys", "import", "--data", data, "--keystores", keystores, "--never-signed")).Succeeded();
        (await SignerProcess.RunAsync(token, "keymanager", "token", "--data", data)).Succeeded();
        var options = Path.Combine(data, "signer.json");
        await File.WriteAllTextAsync(options, (await File.ReadAllTextAsync(options)).Replace($"\"{Pusher}\": {{ ", $"\"{Pusher}\": {{ \"manageKeys\": true, ", StringComparison.Ordinal));
        await using var signer = await SignerProcess.StartAsync(data, token);
        using var pusher = ClientCertificate.Connect(signer, data, Pusher);
        pusher.Timeout = TimeSpan.FromHours(1);
        pusher.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", await File.ReadAllTextAsync(Path.Combine(data, "keymanager.token")));
        var load = new PacedLoad(signer, data, Client, keys, network, firstEpoch: 1_000_000);
        await load.RunAsync(PerSecond, _length);
        List<(double Alone, double Beside, double Seconds)> rounds = [];
        for (var round = 0; round < Rounds; round++)
        {
            var body = KeystorePush.Body(Count);
            var alone = P99(await load.RunAsync(PerSecond, _length));
            var push = PushAsync(pusher, body);
            var beside = new List<double>();
            while (!push.IsCompleted)
            {
                beside.AddRange(await load.RunAsync(PerSecond, _length));
            }

            rounds.Add((alone, P99([.. beside.Order()]), await push));
        }

        return (Median(rounds.Select(round => round.Alone)), Median(rounds.Select(round => round.Beside)), Median(rounds.Select(round => round.Beside / round.Alone)), Median(rounds.Select(round => round.Seconds)));
    }

    private static async Task<double> PushAsync(HttpClient pusher, string body)
    {
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        var started = System.Diagnostics.Stopwatch.GetTimestamp();
        var answer = await pusher.AskAsync(HttpMethod.Post, "/eth/v1/keystores", content);
        return answer.Status == HttpStatusCode.OK
            ? System.Diagnostics.Stopwatch.GetElapsedTime(started).TotalSeconds
            : throw new InvalidOperationException($"the push was answered {answer.Status}: {answer.Text}");
    }

    private static double P99(double[] sorted) => sorted[(int)(sorted.Length * 0.99)];

    private static double Median(IEnumerable<double> figures)
    {
        double[] sorted = [.. figures.Order()];
        return sorted[sorted.Length / 2];
    }
}
