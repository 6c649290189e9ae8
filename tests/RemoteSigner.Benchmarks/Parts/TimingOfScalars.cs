using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using RemoteSigner.Native;

namespace RemoteSigner.Benchmarks;

/// <summary>
/// Does the time of a burst tell of its keys? Welch's t of bursts with fixed scalars, 1 to 16, against bursts with random ones, in random
/// order; the slower half of all, in which something else may have run, is left out. A |t| above 4.5 would tell of a dependence (Reparaz,
/// Balasch and Verbauwhede, "Dude, is my code constant time?", 2017); one below it tells that these measurements found none.
/// </summary>
internal static class TimingOfScalars
{
    private const int Scalars = 16;
    private const int ScalarLength = 32;

    public static Task MeasureAsync(Bench bench)
    {
        foreach (var engine in new SameRootEngine[] { SameRootEngine.Best, new PortableSameRoot() }.DistinctBy(engine => engine.Name))
        {
            var bursts = bench.Of(40_000, 8_000);
            var (t, percent) = Measure(engine, bursts);
            bench.Report.Add(
                $"timingT{(engine is PortableSameRoot ? "Portable" : "")}",
                t,
                "≤ 4.5",
                $"{engine.Name}: t of {bursts} bursts of {Scalars}, fixed scalars against random "
                    + $"ones, of the faster half; the means differ by {percent:F3} %"
            );
        }

        return Task.CompletedTask;
    }

    private static (double T, double Percent) Measure(SameRootEngine engine, int bursts)
    {
        using var arena = new SecretArena();
        using var signer = new BurstSigner(arena, engine);
        var message = new HashedMessage(new byte[32]);
        var memory = Marshal.AllocHGlobal(Scalars * ScalarLength);
        var scalars = Enumerable.Range(0, Scalars).Select(i => memory + (i * ScalarLength)).ToArray();
        var (fixedOnes, random, signatures) = (
            new byte[Scalars * ScalarLength],
            new byte[Scalars * ScalarLength],
            new byte[Scalars * Bls.SignatureLength]
        );
        var times = new (bool IsRandom, double Ticks)[bursts];
        for (var i = 0; i < Scalars; i++)
        {
            fixedOnes[i * ScalarLength] = (byte)(i + 1);
        }

        // The first ones make room and compile.
        for (var i = -bursts / 4; i < bursts; i++)
        {
            // The same is done before the clock runs, for either kind and at the same place. Little-endian, and below 2^254, which is below
            // the group order.
            RandomNumberGenerator.Fill(random);
            var isRandom = (random[^1] & 0x80) != 0;
            for (var k = ScalarLength - 1; k < random.Length; k += ScalarLength)
            {
                random[k] &= 0x3f;
            }

            Marshal.Copy(isRandom ? random : fixedOnes, 0, memory, fixedOnes.Length);
            var started = Stopwatch.GetTimestamp();
            var isSound = signer.SignHeld(message, scalars, signatures);
            var ticks = Stopwatch.GetTimestamp() - started;
            if (!isSound)
            {
                throw new InvalidOperationException("a burst was not sound");
            }

            if (i >= 0)
            {
                times[i] = (isRandom, ticks);
            }
        }

        Marshal.FreeHGlobal(memory);
        var limit = times.Select(time => time.Ticks).Order().ElementAt(bursts / 2);
        var kept = times.Where(time => time.Ticks < limit).ToLookup(time => time.IsRandom, time => time.Ticks);
        var (mean, squaredError) = Describe([.. kept[false]]);
        var (other, otherSquaredError) = Describe([.. kept[true]]);
        return (Math.Abs(mean - other) / Math.Sqrt(squaredError + otherSquaredError), 100 * (mean - other) / other);
    }

    // Mean, and the square of its standard error.
    private static (double Mean, double SquaredError) Describe(double[] values)
    {
        var mean = values.Average();
        return (mean, values.Sum(value => (value - mean) * (value - mean)) / (values.Length - 1) / values.Length);
    }
}
