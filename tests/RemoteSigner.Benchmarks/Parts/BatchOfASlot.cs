namespace RemoteSigner.Benchmarks;

/// <summary>
/// The batch endpoint: a thousand keys over one root again and again, and once a slot of mainnet. BATCH=N sends at most so many keys in a
/// request, for a binary that takes no more.
/// </summary>
internal static class BatchOfASlot
{
    private static readonly int _max = int.TryParse(Environment.GetEnvironmentVariable("BATCH"), out var most) ? most : int.MaxValue;

    public static async Task MeasureAsync(Bench bench)
    {
        var report = bench.Report;
        var home = await bench.HomeAsync("batch", bench.Of(1000, 250));
        await using (var signer = await home.StartAsync())
        {
            var load = new BatchLoad(signer, home.Data, Bench.Client, home.Keys, bench.Network, _max);
            var series = new LoadSeries("batch", () => load.RunAsync(bench.Of(20, 5)), bench.Cores);
            await LoadSeries.RunAllAsync(bench.Of(7, 3), bench.Cores, series);
            report.Add(
                "batchThroughputRatio",
                series.Median(round => round.WholeThroughputRatio),
                "≥ 10",
                $"{home.Keys.Count} shares, one root, one batch after the other; "
                    + $"{series.Median(round => round.Served.PerSecond):F0} per second"
            );
            report.Add(
                "batchCpuRatio",
                series.CpuRatio,
                about: $"server CPU for a signature ÷ raw; {series.Median(round => round.Served.CpuPerSignature) * 1e6:F1} µs"
            );

            // So many that the write-ahead log was copied into the ledger several times.
            var many = await load.RunAsync(bench.Of(1000, 50));
            report.Add(
                "writtenBytesPerSignatureBatch",
                many.WrittenPerSignature,
                "≤ 300",
                $"bytes to the device over {many.Signatures} signatures, what is copied from the write-ahead log into the ledger included"
            );
        }

        var slot = await bench.HomeAsync("slot", bench.Of(31_250, 2_000));
        await using var large = await slot.StartAsync();
        var before = ProcessFigures.MemoryMiB(large.Id, "VmHWM");
        var all = new BatchLoad(large, slot.Data, Bench.Client, slot.Keys, bench.Network, _max);
        var slots = new LoadSeries("slot", () => all.RunAsync(1), bench.Cores);
        await LoadSeries.RunAllAsync(bench.Of(7, 3), bench.Cores, slots);
        report.Add(
            "slotSeconds31250",
            slots.Median(round => round.Served.Seconds),
            "≤ 0.5",
            $"{slot.Keys.Count} shares, one root, {(_max == int.MaxValue ? "one request" : $"requests of {_max}")}; "
                + $"client took {slots.Median(round => round.Served.ClientCores):F2} of {bench.Cores} cores"
        );
        report.Add(
            "slotRatio31250",
            slots.Median(round => round.WholeThroughputRatio),
            "≥ 8",
            "signatures a second ÷ what raw blst would sign on all cores"
        );
        report.Add(
            "slotPeakMiB",
            ProcessFigures.MemoryMiB(large.Id, "VmHWM"),
            about: $"most memory in use, {before:F0} MiB before the first slot"
        );
    }
}
