namespace RemoteSigner.Benchmarks;

/// <summary>
/// A thousand votes over one root at once, each a request of its own, proposals among them; and what one request takes while the signer has
/// nothing else to do.
/// </summary>
internal static class BurstOfASlot
{
    public static async Task MeasureAsync(Bench bench)
    {
        var report = bench.Report;
        var home = await bench.HomeAsync("burst", bench.Of(1000, 250));
        await using var signer = await home.StartAsync();
        var idle = new BurstLoad(signer, home.Data, Bench.Client, home.Keys, bench.Network, firstEpoch: 1);
        _ = await idle.RunIdleAsync(bench.Of(200, 50), TimeSpan.Zero);
        var raw = RawBlst.Measure(1);
        var waits = await idle.RunIdleAsync(bench.Of(400, 100), TimeSpan.FromMilliseconds(20));
        var after = RawBlst.Measure(1);
        var (p50, p99) = (waits[waits.Length / 2], At(waits, 0.99));
        report.Add(
            "idleP50Ratio",
            p50 / 1000 / ((raw.CpuSeconds + after.CpuSeconds) / 2),
            "≤ 1.6",
            $"p50 {p50:F2} ms, one request every 20 ms, to the answer at the client"
        );
        report.Add("idleP99Ms", p99, "≤ 5");

        var load = new BurstLoad(signer, home.Data, Bench.Client, home.Keys, bench.Network, firstEpoch: 10_000);
        var series = new LoadSeries("burst", () => load.RunAsync(bench.Of(10, 3)), bench.Cores);
        await LoadSeries.RunAllAsync(bench.Of(7, 3), bench.Cores, series);
        report.Add(
            "burstThroughputRatio",
            series.Median(round => round.ThroughputRatio),
            "≥ 3.0",
            $"{home.Keys.Count} single requests over one root on 64 connections; "
                + $"{series.Median(round => round.Served.PerSecond):F0} per second, client took "
                + $"{series.Median(round => round.Served.ClientCores):F2} of {bench.Cores} cores, which is taken out"
        );
        report.Add(
            "burstCpuRatio",
            series.CpuRatio,
            about: $"server CPU for a signature ÷ raw; {series.Median(round => round.Served.CpuPerSignature) * 1e6:F0} µs"
        );

        // As fast as the server's CPU would have it, had it the machine for itself.
        var atBest = home.Keys.Count * series.Total.CpuPerSignature / bench.Cores * 1000;
        double[] latencies = [.. load.Latencies.Order()],
            proposals = [.. load.OfProposals.Order()];
        report.Add(
            "burstP99Ratio",
            At(latencies, 0.99) / atBest,
            "≤ 1.25",
            $"p99 {At(latencies, 0.99):F0} ms from the burst's begin; at best {atBest:F0} ms; the client's share of the machine is in it"
        );
        report.Add(
            "proposalInBurstRatio",
            At(proposals, 0.95) / p99,
            "≤ 3",
            $"p95 of {proposals.Length} proposals in bursts {At(proposals, 0.95):F1} "
                + $"ms, p50 {At(proposals, 0.5):F1} ms, against the idle p99"
        );
    }

    private static double At(double[] sorted, double part) => sorted[(int)((sorted.Length - 1) * part)];
}
