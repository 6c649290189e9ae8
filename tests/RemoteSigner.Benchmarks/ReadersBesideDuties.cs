using RemoteSigner.Rig;

namespace RemoteSigner.Benchmarks;

/// <summary>What a duty waits while others read: votes at a fixed pace, in turns alone and beside <c>audit verify</c>, <c>slashing status</c> and <c>keys list</c> that run again and again.</summary>
internal static class ReadersBesideDuties
{
    private const int Rounds = 7;
    private const double PerSecond = 200;
    private static readonly TimeSpan _length = TimeSpan.FromSeconds(5);

    /// <summary>The median of the rounds' p99, in milliseconds, alone and beside readers, the median of the ratios, and how many times a reader ran.</summary>
    public static async Task<Result> MeasureAsync(PacedLoad load, string data, SoftToken token)
    {
        var rounds = new List<(double Alone, double Beside)>();
        var reads = 0;
        await load.RunAsync(PerSecond, _length);
        for (var round = 0; round < Rounds; round++)
        {
            var alone = P99(await load.RunAsync(PerSecond, _length));
            using var end = new CancellationTokenSource();
            var reading = ReadAsync(data, token, end.Token);
            var beside = P99(await load.RunAsync(PerSecond, _length));
            await end.CancelAsync();
            reads += await reading;
            rounds.Add((alone, beside));
        }

        return new Result(
            Median(rounds.Select(round => round.Alone)), Median(rounds.Select(round => round.Beside)), Median(rounds.Select(round => round.Beside / round.Alone)), reads);
    }

    private static async Task<int> ReadAsync(string data, SoftToken token, CancellationToken end)
    {
        string[][] verbs = [["audit", "verify"], ["slashing", "status"], ["keys", "list"]];
        var reads = 0;
        for (; !end.IsCancellationRequested; reads++)
        {
            (await SignerProcess.RunAsync(token, [.. verbs[reads % verbs.Length], "--data", data])).Succeeded();
        }

        return reads;
    }

    private static double P99(double[] sorted) => sorted[(int)(sorted.Length * 0.99)];

    private static double Median(IEnumerable<double> figures)
    {
        double[] sorted = [.. figures.Order()];
        return sorted[sorted.Length / 2];
    }

    internal sealed record Result(double AloneMilliseconds, double BesideMilliseconds, double Ratio, int Reads);
}
