using RemoteSigner.Rig;

namespace RemoteSigner.Benchmarks;

/// <summary>What a million single requests leave in memory.</summary>
internal static class HeapInTheLongRun
{
    private const int Looks = 15;

    public static async Task MeasureAsync(Bench bench)
    {
        var home = await bench.HomeAsync("heap", bench.Of(1000, 250));
        await using var signer = await home.StartAsync();
        var load = new BurstLoad(signer, home.Data, Bench.Client, home.Keys, bench.Network, firstEpoch: 1);
        _ = await load.RunAsync(10);
        var (heap, resident) = await LookAsync(signer, load);
        var requests = 10 * home.Keys.Count;
        for (var part = 0; part < 9; part++)
        {
            requests += (await load.RunAsync(bench.Of(110, 4))).Signatures;
            load.Forget();
        }

        var (heapAfter, residentAfter) = await LookAsync(signer, load);
        bench.Report.Add(
            "heapGrowthMiB",
            heapAfter - heap,
            "≤ 5",
            $"managed heap in use after the last collection, least of {Looks} looks under load, after {requests} single "
                + $"requests against after {10 * home.Keys.Count}: {heapAfter:F1} and "
                + $"{heap:F1} MiB; resident {residentAfter:F0} and {resident:F0} MiB"
        );
    }

    // A collection leaves what the older generations have not been asked for: the least of several is nearest to what is kept.
    private static async Task<(double HeapMiB, double ResidentMiB)> LookAsync(SignerProcess signer, BurstLoad load)
    {
        var looks = new List<double>();
        for (var look = 0; look < Looks; look++)
        {
            _ = await load.RunAsync(1);
            looks.Add((await Metric.ReadAsync(signer, "remote_signer_heap_bytes"))!.Value / (1 << 20));
        }

        return (looks.Min(), ProcessFigures.MemoryMiB(signer.Id, "VmRSS"));
    }
}
