using System.Diagnostics;
using RemoteSigner.Rig;
using RemoteSigner.Spec;

namespace RemoteSigner.Benchmarks;

/// <summary>
/// Validator clients that attest as fast as they are answered, each vote another root, each validator forward through the epochs.
/// </summary>
internal sealed class SigningLoad(
    ServerUnderLoad server,
    string data,
    string client,
    IReadOnlyList<BlsPublicKey> keys,
    Network network,
    int connections = 64,
    ulong firstEpoch = 1
)
{
    private readonly Dictionary<BlsPublicKey, ulong> _epochs = keys.ToDictionary(key => key, _ => firstEpoch);
    private ulong _votes = firstEpoch << 32;

    /// <summary>Runs for about <paramref name="duration"/>.</summary>
    public async Task<Result> RunAsync(TimeSpan duration)
    {
        var certificate = ClientCertificate.Load(data, client);
        var opened = await Task.WhenAll(
            Enumerable
                .Range(0, connections)
                .Select(_ => LoadConnection.OpenAsync(server.Port, ClientCertificate.Options(data, certificate)))
        );

        // In TLS 1.3 the client is done before the server has judged its certificate: that belongs to no signature.
        await Task.WhenAll(opened.Select(connection => connection.PostAsync(LoadConnection.Upcheck)));
        var (cpu, own, written, started) = (
            ProcessFigures.CpuSeconds(server.ProcessId),
            Environment.CpuUsage.TotalTime,
            ProcessFigures.WrittenBytes(server.ProcessId),
            Stopwatch.GetTimestamp()
        );
        var counts = await Task.WhenAll(opened.Select((connection, i) => PumpAsync(connection, i, started, duration)));
        var elapsed = Stopwatch.GetElapsedTime(started).TotalSeconds;
        var result = new Result(
            counts.Sum(),
            elapsed,
            ProcessFigures.CpuSeconds(server.ProcessId) - cpu,
            (Environment.CpuUsage.TotalTime - own).TotalSeconds,
            ProcessFigures.WrittenBytes(server.ProcessId) - written
        );
        Array.ForEach(opened, connection => connection.Dispose());
        return result;
    }

    private async Task<int> PumpAsync(LoadConnection connection, int number, long started, TimeSpan duration)
    {
        var mine = keys.Where((_, i) => i % connections == number).ToList();
        var count = 0;
        while (Stopwatch.GetElapsedTime(started) < duration)
        {
            var key = mine[count % mine.Count];
            if (!await connection.PostAsync(LoadConnection.Request(key.ToString(), NextVote(key))))
            {
                throw new InvalidOperationException($"the server refused a vote of {key}:\n{server.Output()}");
            }

            count++;
        }

        return count;
    }

    private Root NextRoot()
    {
        Span<byte> root = stackalloc byte[Root.Length];
        BitConverter.TryWriteBytes(root, ++_votes);
        return new Root(root);
    }

    private string NextVote(BlsPublicKey key)
    {
        lock (_epochs)
        {
            var epoch = _epochs[key]++;
            return AttestationRequest.Json(
                AttestationRequest.Message(
                    network.GenesisValidatorsRoot!.Value,
                    epoch - 1,
                    epoch,
                    epoch * network.SlotsPerEpoch,
                    NextRoot()
                )
            );
        }
    }

    /// <summary>Signatures, wall seconds, the CPU seconds of server and client, and the bytes that the server sent to the disk.</summary>
    internal sealed record Result(int Signatures, double Seconds, double ServerCpu, double ClientCpu, long Written)
    {
        public double CpuPerSignature => ServerCpu / Signatures;

        public double PerSecond => Signatures / Seconds;

        public double WrittenPerSignature => (double)Written / Signatures;

        public double ClientCores => ClientCpu / Seconds;
    }
}
