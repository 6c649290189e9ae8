using System.Diagnostics;
using RemoteSigner.Rig;
using RemoteSigner.Spec;

namespace RemoteSigner.Benchmarks;

/// <summary>
/// Validator clients that attest at a fixed pace, each vote due at its own moment whether or not the ones before it were answered in time:
/// what waits in a queue counts as waiting.
/// </summary>
internal sealed class PacedLoad(
    ServerUnderLoad server,
    string data,
    string client,
    IReadOnlyList<BlsPublicKey> keys,
    Network network,
    ulong firstEpoch
)
{
    private const int Connections = 32;

    private ulong _epoch = firstEpoch;

    /// <summary>
    /// Votes at <paramref name="perSecond"/> for about <paramref name="duration"/>; how long each took from when it was due, in
    /// milliseconds, sorted.
    /// </summary>
    public async Task<double[]> RunAsync(double perSecond, TimeSpan duration)
    {
        var certificate = ClientCertificate.Load(data, client);
        var connections = await Task.WhenAll(
            Enumerable
                .Range(0, Connections)
                .Select(_ => LoadConnection.OpenAsync(server.Port, ClientCertificate.Options(data, certificate)))
        );
        await Task.WhenAll(connections.Select(connection => connection.PostAsync(LoadConnection.Upcheck)));
        var (started, epoch) = (Stopwatch.GetTimestamp(), _epoch++);
        var count = Math.Min((int)(perSecond * duration.TotalSeconds), keys.Count);
        var latencies = await Task.WhenAll(
            connections.Select((connection, number) => PumpAsync(connection, number, started, perSecond, count, epoch))
        );
        Array.ForEach(connections, connection => connection.Dispose());
        return [.. latencies.SelectMany(one => one).Order()];
    }

    private async Task<List<double>> PumpAsync(
        LoadConnection connection,
        int number,
        long started,
        double perSecond,
        int count,
        ulong epoch
    )
    {
        var latencies = new List<double>();
        for (var i = number; i < count; i += Connections)
        {
            var due = TimeSpan.FromSeconds(i / perSecond);
            var early = due - Stopwatch.GetElapsedTime(started);
            if (early > TimeSpan.Zero)
            {
                await Task.Delay(early);
            }

            var vote = AttestationRequest.Json(
                AttestationRequest.Message(
                    network.GenesisValidatorsRoot!.Value,
                    epoch - 1,
                    epoch,
                    epoch * network.SlotsPerEpoch,
                    (byte)number
                )
            );
            if (!await connection.PostAsync(LoadConnection.Request(keys[i].ToString(), vote)))
            {
                throw new InvalidOperationException($"the server refused a vote of {keys[i]}:\n{server.Output()}");
            }

            latencies.Add((Stopwatch.GetElapsedTime(started) - due).TotalMilliseconds);
        }

        return latencies;
    }
}
