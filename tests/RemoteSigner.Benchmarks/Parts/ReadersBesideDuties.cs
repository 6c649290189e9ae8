using System.Diagnostics;
using RemoteSigner.Rig;

namespace RemoteSigner.Benchmarks;

/// <summary>
/// What a duty waits while others read: votes at a fixed pace, in turns alone, beside <c>audit verify</c>, <c>slashing status</c> and
/// <c>keys list</c> that run again and again, and beside a program that keeps one core busy and knows nothing of a signer: what that costs
/// is the machine's, and no reader that takes as much can cost less.
/// </summary>
internal static class ReadersBesideDuties
{
    private const int Rounds = 7;
    private const double PerSecond = 200;
    private static readonly TimeSpan _length = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Medians of the rounds: p99 in milliseconds, and the ratios to the same round's votes alone; and how many times a reader ran.
    /// </summary>
    public static async Task<Result> MeasureAsync(PacedLoad load, string data, SoftToken token)
    {
        var rounds = new List<(double Alone, double Readers, double Busy)>();
        var reads = 0;
        await load.RunAsync(PerSecond, _length);
        for (var round = 0; round < Rounds; round++)
        {
            var alone = P99(await load.RunAsync(PerSecond, _length));
            using var end = new CancellationTokenSource();
            var reading = ReadAsync(data, token, end.Token);
            var readers = P99(await load.RunAsync(PerSecond, _length));
            await end.CancelAsync();
            reads += await reading;
            using var busy = Process.Start("timeout", ["60", "sha256sum", "/dev/zero"]);
            var beside = P99(await load.RunAsync(PerSecond, _length));
            busy.Kill(entireProcessTree: true);
            await busy.WaitForExitAsync(CancellationToken.None);
            rounds.Add((alone, readers, beside));
        }

        return new Result(
            Median(rounds.Select(round => round.Alone)),
            Median(rounds.Select(round => round.Readers)),
            Median(rounds.Select(round => round.Readers / round.Alone)),
            Median(rounds.Select(round => round.Busy / round.Alone)),
            reads
        );
    }

    private static async Task<int> ReadAsync(string data, SoftToken token, CancellationToken end)
    {
        string[][] verbs =
        [
            ["audit", "verify"],
            ["slashing", "status"],
            ["keys", "list"],
        ];
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

    internal sealed record Result(double AloneMilliseconds, double BesideMilliseconds, double Ratio, double BusyRatio, int Reads);
}
