using System.Diagnostics;
using RemoteSigner.Rig;
using RemoteSigner.Spec;

namespace RemoteSigner.Benchmarks;

/// <summary>
/// 64 validator clients that attest as fast as they are answered, each vote another root, each validator forward through the epochs.
/// </summary>
internal sealed class SigningLoad(ServerUnderLoad server, string data, string client, IReadOnlyList<BlsPublicKey> keys, Network network)
{
    private const int Connections = 64;

    private readonly Dictionary<BlsPublicKey, ulong> _epochs = keys.ToDictionary(key => key, _ => 1UL);

    /// <summary>Runs for about <paramref name="duration"/>.</summary>
    public async Task<Result> RunAsync(TimeSpan duration)
    {
        var certificate = ClientCertificate.Load(data, client);
        var connections = await Task.WhenAll(Enumerable.Range(0, Connections).Select(_ => LoadConnection.OpenAsync(server.Port, ClientCertificate.Options(data, certificate))));

        // In TLS 1.3 the client is done before the server has judged its certificate: that belongs to no signature.
        await Task.WhenAll(connections.Select(connection => connection.PostAsync(LoadConnection.Upcheck)));
        using var own = Process.GetCurrentProcess();
        var (cpu, load, started) = (ProcessFigures.CpuSeconds(server.ProcessId), own.TotalProcessorTime.TotalSeconds, Stopwatch.GetTimestamp());
        var counts = await Task.WhenAll(connections.Select((connection, i) => PumpAsync(connection, i, started, duration)));
        var elapsed = Stopwatch.GetElapsedTime(started).TotalSeconds;
        own.Refresh();
        var result = new Result(
            counts.Sum(), elapsed, ProcessFigures.CpuSeconds(server.ProcessId) - cpu, own.TotalProcessorTime.TotalSeconds - load);
        Array.ForEach(connections, connection => connection.Dispose());
        return result;
    }

    private async Task<int> PumpAsync(LoadConnection connection, int number, long started, TimeSpan duration)
    {
        var mine = keys.Where((_, i) => i % Connections == number).ToList();
        var count = 0;
        while (Stopwatch.GetElapsedTime(started) < duration)
        {
            var key = mine[count % mine.Count];
            if (!await connection.PostAsync(LoadConnection.Request(key.ToString(), NextVote(key, number))))
            {
                throw new InvalidOperationException($"the server refused a vote of {key}:\n{server.Output()}");
            }

            count++;
        }

        return count;
    }

    private string NextVote(BlsPublicKey key, int number)
    {
        lock (_epochs)
        {
            var epoch = _epochs[key]++;
            return AttestationRequest.Json(AttestationRequest.Message(network.GenesisValidatorsRoot!.Value, epoch - 1, epoch, epoch * network.SlotsPerEpoch, (byte)number));
        }
    }

    /// <summary>Signatures, wall seconds, and the CPU seconds of server and client.</summary>
    internal sealed record Result(int Signatures, double Seconds, double ServerCpu, double ClientCpu)
    {
        public double CpuPerSignature => ServerCpu / Signatures;

        public double PerSecond => Signatures / Seconds;

        public double ClientCores => ClientCpu / Seconds;
    }
}
