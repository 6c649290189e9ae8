using System.Buffers.Binary;
using System.Diagnostics;
using RemoteSigner.Native;

namespace RemoteSigner.Benchmarks;

/// <summary>What a signature costs at least: blst's hash_to_g2, sign and compress over distinct roots, on one core, with nothing around them.</summary>
internal static class RawBlst
{
    /// <summary>CPU seconds for one signature, the best of a few rounds: others share this machine.</summary>
    public static double CpuPerSignature()
    {
        using var arena = new SecretArena();
        using var key = BlsSecretKey.Generate(arena, new byte[32]);
        return Enumerable.Range(0, 5).Min(_ => Round(key));
    }

    private static double Round(BlsSecretKey key)
    {
        const int Count = 1500;
        Span<byte> root = stackalloc byte[32];
        Span<byte> signature = stackalloc byte[Bls.SignatureLength];
        var before = ThreadCpu();
        for (var i = 0; i < Count; i++)
        {
            BinaryPrimitives.WriteInt32LittleEndian(root, i);
            key.Sign(root, signature);
        }

        return (ThreadCpu() - before) / Count;
    }

    private static double ThreadCpu() => Process.GetCurrentProcess().TotalProcessorTime.TotalSeconds;
}
