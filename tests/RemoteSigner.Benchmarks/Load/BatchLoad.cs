using System.Diagnostics;
using System.Text;
using RemoteSigner.Rig;
using RemoteSigner.Spec;

namespace RemoteSigner.Benchmarks;

/// <summary>
/// Every key's vote of a slot, one root, at the batch endpoint: in one request, or in several at once where a request takes no more than so
/// many keys.
/// </summary>
internal sealed class BatchLoad(
    ServerUnderLoad server,
    string data,
    string client,
    IReadOnlyList<BlsPublicKey> keys,
    Network network,
    int maxKeys = int.MaxValue
)
{
    private const int MaxConnections = 4;

    /// <summary>Of the last votes.</summary>
    public ulong Epoch { get; set; }

    /// <summary>So many slots, one after the other.</summary>
    public async Task<SigningLoad.Result> RunAsync(int slots)
    {
        var certificate = ClientCertificate.Load(data, client);
        BlsPublicKey[][] parts = [.. keys.Chunk(maxKeys)];
        var connections = await Task.WhenAll(
            Enumerable
                .Range(0, Math.Min(parts.Length, MaxConnections))
                .Select(_ => LoadConnection.OpenAsync(server.Port, ClientCertificate.Options(data, certificate)))
        );
        await Task.WhenAll(connections.Select(connection => connection.PostAsync(LoadConnection.Upcheck)));
        var (seconds, serverCpu, ownCpu, written) = (0.0, 0.0, 0.0, 0L);
        for (var slot = 0; slot < slots; slot++)
        {
            Epoch++;
            byte[][] requests = [.. parts.Select(Request)];
            var (cpu, own, bytes, started) = (
                ProcessFigures.CpuSeconds(server.ProcessId),
                Environment.CpuUsage.TotalTime,
                ProcessFigures.WrittenBytes(server.ProcessId),
                Stopwatch.GetTimestamp()
            );
            var signed = await Task.WhenAll(
                connections.Select(
                    async (connection, number) =>
                    {
                        var count = 0;
                        for (var i = number; i < requests.Length; i += connections.Length)
                        {
                            count += await connection.PostBatchAsync(requests[i]);
                        }

                        return count;
                    }
                )
            );
            seconds += Stopwatch.GetElapsedTime(started).TotalSeconds;
            ownCpu += (Environment.CpuUsage.TotalTime - own).TotalSeconds;
            serverCpu += ProcessFigures.CpuSeconds(server.ProcessId) - cpu;
            written += ProcessFigures.WrittenBytes(server.ProcessId) - bytes;
            if (signed.Sum() != keys.Count)
            {
                throw new InvalidOperationException($"{signed.Sum()} of {keys.Count} were signed:\n{server.Output()}");
            }
        }

        Array.ForEach(connections, connection => connection.Dispose());
        return new SigningLoad.Result(slots * keys.Count, seconds, serverCpu, ownCpu, written);
    }

    private byte[] Request(BlsPublicKey[] part)
    {
        var vote = AttestationRequest.Json(
            AttestationRequest.Message(network.GenesisValidatorsRoot!.Value, Epoch - 1, Epoch, Epoch * network.SlotsPerEpoch, 1)
        );
        var body = $$"""{"identifiers":[{{string.Join(',', part.Select(key => $"\"{key}\""))}}],"signing_request":{{vote}}}""";
        return Encoding.ASCII.GetBytes(
            "POST /api/v1/eth2/sign HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: "
                + $"application/json\r\nContent-Type: application/json\r\nContent-Length: {body.Length}\r\n\r\n{body}"
        );
    }
}
