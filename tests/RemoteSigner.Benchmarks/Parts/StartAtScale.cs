using System.Diagnostics;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using RemoteSigner.Rig;

namespace RemoteSigner.Benchmarks;

/// <summary>
/// From the start of the published binary to its first signature, and its memory then, with ten and with a hundred thousand sealed shares.
/// </summary>
internal static class StartAtScale
{
    public static async Task MeasureAsync(Bench bench)
    {
        foreach (
            var (name, count, seconds, memory) in new[]
            {
                ("10k", bench.Of(10_000, 1_000), "≤ 0.5", "≤ 120"),
                ("100k", bench.Of(100_000, 3_000), "≤ 3", "≤ 300"),
            }
        )
        {
            var importStarted = Stopwatch.GetTimestamp();
            var home = await bench.HomeAsync($"start-{name}", count);
            var import = Stopwatch.GetElapsedTime(importStarted).TotalSeconds;
            var starts = new List<(double Seconds, double MiB)>();
            for (var round = 0; round < bench.Of(5, 3); round++)
            {
                starts.Add(await StartAsync(home, (ulong)round + 1));
            }

            var median = starts.OrderBy(start => start.Seconds).ElementAt(starts.Count / 2);
            bench.Report.Add(
                $"startSeconds{name}",
                median.Seconds,
                seconds,
                $"process start to the first signature, {count} shares, SoftHSM2, median of "
                    + $"{starts.Count}; keystores written and imported in {import:F0} s"
            );
            bench.Report.Add(
                $"rssMiB{name}",
                starts.Max(start => start.MiB),
                memory,
                "resident after the first signature, the most of all starts"
            );
        }
    }

    private static async Task<(double Seconds, double MiB)> StartAsync(BenchHome home, ulong epoch)
    {
        var vote = AttestationRequest.Json(
            AttestationRequest.Message(
                home.Bench.Network.GenesisValidatorsRoot!.Value,
                epoch - 1,
                epoch,
                epoch * home.Bench.Network.SlotsPerEpoch,
                1
            )
        );
        var request = LoadConnection.Request(home.Keys[^1].ToString(), vote);
        var tls = ClientCertificate.Options(home.Data, ClientCertificate.Load(home.Data, Bench.Client));
        var started = Stopwatch.GetTimestamp();
        await using var signer = SignerProcess.Launch(home.Data, home.Bench.Token);
        LoadConnection? connection = null;
        while (connection is null || !await connection.PostAsync(request))
        {
            if (signer.HasExited || Stopwatch.GetElapsedTime(started) > TimeSpan.FromMinutes(2))
            {
                throw new InvalidOperationException($"the signer signs nothing:\n{signer.Output}");
            }

            await Task.Delay(5);

            // Kept, as clients do: a handshake every few milliseconds would be what is measured.
            connection ??= await TryOpenAsync(signer, tls);
        }

        var figures = (Stopwatch.GetElapsedTime(started).TotalSeconds, ProcessFigures.MemoryMiB(signer.Id, "VmRSS"));
        connection.Dispose();
        return figures;
    }

    private static async Task<LoadConnection?> TryOpenAsync(SignerProcess signer, SslClientAuthenticationOptions tls)
    {
        try
        {
            return await LoadConnection.OpenAsync(signer.ApiPort, tls);
        }
        catch (Exception exception) when (exception is SocketException or IOException or AuthenticationException)
        {
            // Not listening yet.
            return null;
        }
    }
}
