namespace RemoteSigner.Benchmarks;

/// <summary>
/// Single requests, each over another root: what this path costs beyond the curve, against a bare web server, against a signer without a
/// fence, and against another published binary where FORMER names one.
/// </summary>
internal static class DistinctRoots
{
    private const string Allocated = "remote_signer_allocated_bytes_total";

    public static async Task MeasureAsync(Bench bench)
    {
        var report = bench.Report;
        var length = TimeSpan.FromSeconds(bench.Of(3, 1));
        var home = await bench.HomeAsync("distinct", bench.Of(1000, 250));
        await using var signer = await home.StartAsync();

        // The same keys once more without a fence, only to be compared: two such signers of real keys would get them slashed. Epochs pass
        // in half a second here, in 384 on chain: what moving the fence costs is seen some hundreds of times over.
        var unfenced = await bench.HomeAsync("unfenced", home.Keys.Count, "--rollback-protection", "none");
        await using var without = await unfenced.StartAsync();
        using var bare = await BareServer.StartAsync(home.Data, Bench.Client);

        // Another published binary, such as that of the last release, on keys of its own.
        await using var former = await FormerSigner.StartAsync(bench, home.Keys.Count);
        LoadSeries Series(string name, BenchHome where, ServerUnderLoad server)
        {
            var load = where.Load(server, home.Keys);
            return new LoadSeries(name, () => load.RunAsync(length), bench.Cores);
        }

        var signed = Series("signer", home, signer);
        var atLeast = Series("bare server", home, bare.Load);
        var unguarded = Series("without a fence", unfenced, without);
        var before = former is null ? null : Series("former binary", former.Home, former.Signer);
        var rounds = bench.Of(9, 3);
        var allocated = await Metric.ReadAsync(signer, Allocated);
        await LoadSeries.RunAllAsync(
            rounds,
            bench.Cores,
            [signed, atLeast, unguarded, .. before is null ? Array.Empty<LoadSeries>() : [before]]
        );
        var signatures = signed.Signatures + signed.WarmedUp;

        var own = signed.CpuBeyond(atLeast);
        report.Add("ownCpuRatio", own[rounds / 2], "≤ 0.08", $"(server CPU − bare server's) ÷ raw, between {own[0]:F3} and {own[^1]:F3}");
        report.Add(
            "cpuPerSignatureRatio",
            signed.CpuRatio,
            "≤ 1.15",
            $"{signed.Median(round => round.Served.CpuPerSignature) * 1e6:F0} µs; raw {signed.Median(round => round.RawCpu) * 1e6:F0} µs"
        );
        report.Add("bareServerCpuRatio", atLeast.CpuRatio, about: "the web server with mutual TLS and a raw signature, nothing of ours");
        report.Add(
            "throughputRatio",
            signed.Median(round => round.ThroughputRatio),
            "≥ 0.85",
            $"{signed.Median(round => round.Served.PerSecond):F0} per second of "
                + $"{signed.Median(round => round.RawAtBest):F0} raw, client's share taken out"
        );
        var fence = signed.CpuRatiosTo(unguarded);
        report.Add("fenceCpuRatio", fence[rounds / 2], about: $"with a fence against without, between {fence[0]:F3} and {fence[^1]:F3}");
        if (before is not null)
        {
            var ratios = signed.CpuRatiosTo(before);
            report.Add(
                "formerCpuRatio",
                ratios[rounds / 2],
                about: $"against the binary that FORMER names, between {ratios[0]:F3} and {ratios[^1]:F3}"
            );
        }

        // A binary of before does not tell.
        if (allocated is { } start && await Metric.ReadAsync(signer, Allocated) is { } end)
        {
            report.Add(
                "allocatedBytesPerRequest",
                (end - start) / signatures,
                "≤ 4096",
                $"of the managed heap, over {signatures} requests"
            );
        }

        report.Add(
            "residentMiB",
            ProcessFigures.MemoryMiB(signer.Id, "VmRSS"),
            about: $"after {signatures} votes of {home.Keys.Count} shares"
        );
        if (!bench.IsQuick)
        {
            var readers = await ReadersBesideDuties.MeasureAsync(
                new PacedLoad(signer, home.Data, Bench.Client, home.Keys, bench.Network, firstEpoch: 1_000_000),
                home.Data,
                bench.Token
            );
            report.Add(
                "p99BesideReadersRatio",
                readers.Ratio,
                "≤ 1.5",
                $"p99 {readers.AloneMilliseconds:F1} ms alone, {readers.BesideMilliseconds:F1} ms beside "
                    + $"{readers.Reads} runs of audit verify, slashing status and keys list"
            );
            report.Add(
                "p99BesideBusyCoreRatio",
                readers.BusyRatio,
                about: "beside a program that keeps one core busy and reads nothing of ours: the machine's share of the above"
            );
        }
    }
}
