namespace RemoteSigner.Benchmarks;

/// <summary>
/// What a duty waits while keystores are pushed through the Keymanager API: votes at a fixed pace, in turns alone and for as long as a push
/// of <see cref="Count"/> keystores with the usual scrypt parameters takes.
/// </summary>
internal static class PushBesideDuties
{
    public const int Count = 16;

    private const int Rounds = 3;
    private const double PerSecond = 200;
    private static readonly TimeSpan _length = TimeSpan.FromSeconds(5);

    /// <summary>Medians of the rounds: p99 in milliseconds alone and beside a push, and their ratio; and the seconds of a push.</summary>
    public static async Task<(double Alone, double Beside, double Ratio, double Seconds)> MeasureAsync(BenchHome home)
    {
        await home.EnablePushAsync();
        await using var signer = await home.StartAsync();
        using var pusher = await home.PusherAsync(signer);
        var load = new PacedLoad(signer, home.Data, Bench.Client, home.Keys, home.Bench.Network, firstEpoch: 1_000_000);
        await load.RunAsync(PerSecond, _length);
        List<(double Alone, double Beside, double Seconds)> rounds = [];
        for (var round = 0; round < Rounds; round++)
        {
            var keystores = KeystorePush.Keystores(Count);
            var alone = P99(await load.RunAsync(PerSecond, _length));
            var push = PushAsync(pusher, keystores);
            var beside = new List<double>();
            while (!push.IsCompleted)
            {
                beside.AddRange(await load.RunAsync(PerSecond, _length));
            }

            rounds.Add((alone, P99([.. beside.Order()]), await push));
        }

        return (
            Median(rounds.Select(round => round.Alone)),
            Median(rounds.Select(round => round.Beside)),
            Median(rounds.Select(round => round.Beside / round.Alone)),
            Median(rounds.Select(round => round.Seconds))
        );
    }

    private static async Task<double> PushAsync(HttpClient pusher, IReadOnlyList<string> keystores)
    {
        var started = System.Diagnostics.Stopwatch.GetTimestamp();
        await BenchHome.PushAsync(pusher, keystores, KeystorePush.Password);
        return System.Diagnostics.Stopwatch.GetElapsedTime(started).TotalSeconds;
    }

    private static double P99(double[] sorted) => sorted[(int)(sorted.Length * 0.99)];

    private static double Median(IEnumerable<double> figures)
    {
        double[] sorted = [.. figures.Order()];
        return sorted[sorted.Length / 2];
    }
}
