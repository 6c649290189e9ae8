using System.Buffers.Binary;
using System.Diagnostics;
using RemoteSigner.Native;

namespace RemoteSigner.Benchmarks;

/// <summary>
/// What signatures cost at least: blst's hash_to_g2, sign and compress over distinct roots on so many cores at once, with nothing around
/// them.
/// </summary>
/// <param name="CpuSeconds">CPU time of one signature.</param>
/// <param name="PerSecond">Signatures of all these cores together.</param>
internal sealed record RawBlst(double CpuSeconds, double PerSecond)
{
    private const int Signatures = 1500;

    /// <summary>One round. Cores that are busy together are slower than one alone, here and in the server.</summary>
    public static RawBlst Measure(int cores)
    {
        using var arena = new SecretArena();
        using var key = BlsSecretKey.Generate(arena, new byte[32]);
        using var process = Process.GetCurrentProcess();
        var (cpu, started) = (process.TotalProcessorTime, Stopwatch.GetTimestamp());
        var threads = Enumerable.Range(0, cores).Select(number => new Thread(() => Sign(key, number))).ToList();
        threads.ForEach(thread => thread.Start());
        threads.ForEach(thread => thread.Join());
        process.Refresh();
        var count = cores * Signatures;
        return new RawBlst((process.TotalProcessorTime - cpu).TotalSeconds / count, count / Stopwatch.GetElapsedTime(started).TotalSeconds);
    }

    private static void Sign(BlsSecretKey key, int number)
    {
        Span<byte> root = stackalloc byte[32];
        Span<byte> signature = stackalloc byte[Bls.SignatureLength];
        for (var i = 0; i < Signatures; i++)
        {
            BinaryPrimitives.WriteInt32LittleEndian(root, (number * Signatures) + i);
            key.Sign(root, signature);
        }
    }
}
