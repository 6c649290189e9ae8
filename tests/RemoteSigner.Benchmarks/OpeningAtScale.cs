using System.Diagnostics;
using System.Security.Cryptography;
using RemoteSigner.Native;
using RemoteSigner.Rig;

namespace RemoteSigner.Benchmarks;

/// <summary>How much longer the published binary takes to be ready with ten thousand sealed shares than with none.</summary>
internal static class OpeningAtScale
{
    public const int Shares = 10_000;

    /// <summary>Milliseconds, and those of a start with an empty vault.</summary>
    public static async Task<(double Shares, double Empty)> MeasureAsync(string folder, SoftToken token, string network)
    {
        string data = Path.Combine(folder, "data"), keystores = Directory.CreateDirectory(Path.Combine(folder, "keystores")).FullName;
        (await SignerProcess.RunAsync(token, "init", "--data", data, "--network", network, "--seal", "softhsm2", "--pin-file", token.PinFile)).Succeeded();
        var empty = await StartAsync(data, token);
        Write(keystores);
        (await SignerProcess.RunAsync(token, "keys", "import", "--data", data, "--keystores", keystores, "--never-signed")).Succeeded();
        return (await StartAsync(data, token) - empty, empty);
    }

    private static async Task<double> StartAsync(string data, SoftToken token)
    {
        var started = Stopwatch.GetTimestamp();
        await using var signer = await SignerProcess.StartAsync(data, token);
        return Stopwatch.GetElapsedTime(started).TotalMilliseconds;
    }

    private static void Write(string folder)
    {
        using var arena = new SecretArena();
        for (var i = 0; i < Shares; i++)
        {
            using var key = BlsSecretKey.Generate(arena, RandomNumberGenerator.GetBytes(32));
            KeystoreWriter.Write(arena, folder, i, key, "bench");
        }
    }
}
