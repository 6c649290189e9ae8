using System.Diagnostics;
using System.Security.Cryptography;
using RemoteSigner.Native;

namespace RemoteSigner.Benchmarks;

/// <summary>
/// A thousand keys over one root, on one core and with nothing around them: hash, table and the check of the burst are in it. Against as
/// many signatures of blst over distinct roots.
/// </summary>
internal static class SameRootInMemory
{
    private const int Keys = 1000;
    private const int RawSignatures = 200;

    public static Task MeasureAsync(Bench bench)
    {
        foreach (var engine in new SameRootEngine[] { SameRootEngine.Best, new PortableSameRoot() }.DistinctBy(engine => engine.Name))
        {
            var (ratio, microseconds) = Measure(engine, bench.Of(25, 5));
            var isPortable = engine is PortableSameRoot;
            bench.Report.Add(
                $"sameRootRatio1000{(isPortable ? "Portable" : "")}",
                ratio,
                isPortable ? "≥ 9" : "≥ 50",
                $"{engine.Name}: {Keys} signatures in memory, {microseconds:F2} µs each with hash, table and check ÷ raw blst, one core"
            );
        }

        return Task.CompletedTask;
    }

    // The medians of the rounds: how many times more signatures in the same time, and µs of one.
    private static (double Ratio, double Microseconds) Measure(SameRootEngine engine, int rounds)
    {
        using var arena = new SecretArena();
        using var signer = new BurstSigner(arena, engine);
        var keys = Enumerable.Range(0, Keys).Select(_ => BlsSecretKey.Generate(arena, RandomNumberGenerator.GetBytes(32))).ToArray();
        var (signatures, signed) = (new byte[Keys * Bls.SignatureLength], new bool[Keys]);
        List<double> ratios = [],
            each = [];

        // The first round makes room and compiles.
        for (var round = 0; round <= rounds; round++)
        {
            var raw = Raw(keys[0]);
            var started = Stopwatch.GetTimestamp();
            if (!signer.Sign(RandomNumberGenerator.GetBytes(32), keys, signatures, signed))
            {
                throw new InvalidOperationException("a burst was not sound");
            }

            var burst = Stopwatch.GetElapsedTime(started).TotalSeconds / Keys;
            if (round > 0)
            {
                ratios.Add(raw / burst);
                each.Add(burst * 1e6);
            }
        }

        Array.ForEach(keys, key => key.Dispose());
        return (Median(ratios), Median(each));
    }

    // Seconds of one.
    private static double Raw(BlsSecretKey key)
    {
        Span<byte> root = stackalloc byte[32];
        Span<byte> signature = stackalloc byte[Bls.SignatureLength];
        var started = Stopwatch.GetTimestamp();
        for (var i = 0; i < RawSignatures; i++)
        {
            BitConverter.TryWriteBytes(root, i);
            key.Sign(root, signature);
        }

        return Stopwatch.GetElapsedTime(started).TotalSeconds / RawSignatures;
    }

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);
}
