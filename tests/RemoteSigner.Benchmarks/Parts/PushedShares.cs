using RemoteSigner.Keys;
using RemoteSigner.Rig;
using RemoteSigner.Spec;

namespace RemoteSigner.Benchmarks;

/// <summary>
/// Shares that are pushed while the signer serves: what their signatures cost against those of shares from the vault, and what a push costs
/// by how many are held. The keystores take next to nothing to open (PBKDF2, 1,024 rounds), so that it is the rest of a push that is seen.
/// </summary>
internal static class PushedShares
{
    private const string Password = "bench";

    public static async Task MeasureAsync(Bench bench)
    {
        await MeasureSignaturesAsync(bench);
        await MeasurePushesAsync(bench);
    }

    private static async Task MeasureSignaturesAsync(Bench bench)
    {
        var length = TimeSpan.FromSeconds(bench.Of(3, 1));
        var home = await bench.HomeAsync("pushed", 128);
        await home.EnablePushAsync();
        await using var signer = await home.StartAsync();
        using var pusher = await home.PusherAsync(signer);
        var fresh = Enumerable.Range(0, home.Keys.Count).Select(_ => KeystoreWriter.New(Password)).ToList();
        await BenchHome.PushAsync(pusher, [.. fresh.Select(one => one.Json)], Password);

        // A share that comes while the signer serves is on trial for its first signatures.
        _ = await new BatchLoad(signer, home.Data, Bench.Client, [.. fresh.Select(one => one.Key)], bench.Network).RunAsync(
            KeyShare.TrialLength
        );
        LoadSeries Series(string name, IReadOnlyList<BlsPublicKey> keys)
        {
            var load = home.Load(signer, keys, firstEpoch: 1000);
            return new LoadSeries(name, () => load.RunAsync(length), bench.Cores);
        }

        var (vault, pushed) = (Series("from the vault", home.Keys), Series("pushed", [.. fresh.Select(one => one.Key)]));
        await LoadSeries.RunAllAsync(bench.Of(7, 3), bench.Cores, vault, pushed);
        var ratios = pushed.CpuRatiosTo(vault);
        bench.Report.Add(
            "pushedShareRatio",
            ratios[ratios.Count / 2],
            "≤ 1.05",
            "CPU for a signature of a share that was pushed since the start ÷ of one from the vault, after "
                + $"its trial of {KeyShare.TrialLength}, between {ratios[0]:F3} and {ratios[^1]:F3}"
        );
    }

    private static async Task MeasurePushesAsync(Bench bench)
    {
        var (few, many) = (await bench.HomeAsync("few", 10), await bench.HomeAsync("many", bench.Of(10_000, 1_000)));
        await few.EnablePushAsync();
        await many.EnablePushAsync();
        await using var small = await few.StartAsync();
        await using var large = await many.StartAsync();
        using var toSmall = await few.PusherAsync(small);
        using var toLarge = await many.PusherAsync(large);
        var ratios = new List<double>();
        var (ofSmall, ofLarge) = (0.0, 0.0);

        // In turns, as the speed of the machine changes; the first round warms up.
        for (var round = 0; round <= bench.Of(7, 3); round++)
        {
            (ofSmall, ofLarge) = (await PushAsync(small, toSmall), await PushAsync(large, toLarge));
            if (round > 0)
            {
                ratios.Add(ofLarge / ofSmall);
            }
        }

        bench.Report.Add(
            "pushCostRatio",
            ratios.Order().ElementAt(ratios.Count / 2),
            "≤ 1.2",
            $"CPU of a push with {many.Keys.Count} shares held ÷ with {few.Keys.Count}: {ofLarge:F1} and {ofSmall:F1} ms in the last round"
        );
    }

    // CPU milliseconds of a push of one share; ten are pushed.
    private static async Task<double> PushAsync(SignerProcess signer, HttpClient pusher)
    {
        const int Pushes = 10;
        List<string> keystores = [.. Enumerable.Range(0, Pushes).Select(_ => KeystoreWriter.New(Password).Json)];
        var cpu = ProcessFigures.CpuSeconds(signer.Id);
        foreach (var keystore in keystores)
        {
            await BenchHome.PushAsync(pusher, [keystore], Password);
        }

        return (ProcessFigures.CpuSeconds(signer.Id) - cpu) * 1000 / Pushes;
    }
}
