using RemoteSigner.Rig;

namespace RemoteSigner.Benchmarks;

/// <summary>
/// Bytes that a signature sends to the device, by how many connections share a commit, and bytes that stay in the ledger. The disk must be
/// one: the kernel counts nothing on tmpfs.
/// </summary>
internal static class BytesOnDisk
{
    public static async Task MeasureAsync(Bench bench)
    {
        var report = bench.Report;
        var length = TimeSpan.FromSeconds(bench.Of(6, 2));
        var home = await bench.HomeAsync("bytes", bench.Of(1000, 250));
        await using (var signer = await home.StartAsync())
        {
            _ = await home.Load(signer, connections: 32).RunAsync(length);
            _ = await new BatchLoad(signer, home.Data, Bench.Client, home.Keys, bench.Network, 1000) { Epoch = 100_000 }.RunAsync(
                bench.Of(30, 10)
            );
            var one = await home.Load(signer, connections: 1, firstEpoch: 200_000).RunAsync(length);
            report.Add("writtenBytesPerSignature1", one.WrittenPerSignature, "≤ 6000", $"{one.Signatures} signatures on one connection");
            var many = await home.Load(signer, connections: 32, firstEpoch: 300_000).RunAsync(length);
            report.Add("writtenBytesPerSignature32", many.WrittenPerSignature, "≤ 1500", $"{many.Signatures} signatures on 32 connections");
        }

        await AddGrowthAsync(bench, home, "keptBytesPerSignature", "votes in batches", signer =>
            new BatchLoad(signer, home.Data, Bench.Client, home.Keys, bench.Network, 1000) { Epoch = 400_000 }.RunAsync(bench.Of(30, 10))
        );
        await AddGrowthAsync(bench, home, "keptBytesPerSignature1", "votes one by one, each over another root: the most there is", signer =>
            home.Load(signer, connections: 1, firstEpoch: 500_000).RunAsync(length)
        );
    }

    // Between two stops, once the first votes have filled what is kept of each validator.
    private static async Task AddGrowthAsync(
        Bench bench,
        BenchHome home,
        string key,
        string what,
        Func<SignerProcess, Task<SigningLoad.Result>> loadAsync
    )
    {
        var before = home.LedgerBytes;
        int count;
        await using (var signer = await home.StartAsync())
        {
            count = (await loadAsync(signer)).Signatures;
        }

        bench.Report.Add(key, (double)(home.LedgerBytes - before) / count, "≤ 200", $"growth of the ledger's files over {count} {what}");
    }
}
