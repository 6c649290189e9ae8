using System.Diagnostics;
using System.Security.Cryptography;
using RemoteSigner.Native;

namespace RemoteSigner.Benchmarks;

/// <summary>A thousand keys over one root, on one core and with nothing around them: hash, table and the check of the burst are in it. Against as many signatures of blst over distinct roots.</summary>
/// <param name="Ratio">How many times more signatures in the same time, the median of the rounds.</param>
/// <param name="MicrosecondsEach">Of one signature of the burst, the median.</param>
internal sealed record SameRootInMemory(string Variant, double Ratio, double MicrosecondsEach)
{
    private const int Keys = 1000;
    private const int RawSignatures = 200;

    public static SameRootInMemory Measure(SameRootEngine engine, int rounds)
    {
        using var arena = new SecretArena();
        using var signer = new BurstSigner(arena, engine);
        var keys = Enumerable.Range(0, Keys).Select(_ => BlsSecretKey.Generate(arena, RandomNumberGenerator.GetBytes(32))).ToArray();
        var (signatures, signed) = (new byte[Keys * Bls.SignatureLength], new bool[Keys]);
        List<double> ratios = [], each = [];

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
        return new SameRootInMemory(engine.Name, Median(ratios), Median(each));
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
