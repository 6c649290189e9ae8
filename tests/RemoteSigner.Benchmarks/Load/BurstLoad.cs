using System.Diagnostics;
using RemoteSigner.Rig;
using RemoteSigner.Spec;

namespace RemoteSigner.Benchmarks;

/// <summary>
/// Every key's vote of a slot, one root, a request each on 64 keep-alive connections, all due at the same moment; and three proposals in
/// each such burst, on a connection of their own.
/// </summary>
internal sealed class BurstLoad(
    ServerUnderLoad server,
    string data,
    string client,
    IReadOnlyList<BlsPublicKey> keys,
    Network network,
    ulong firstEpoch
)
{
    private const int Connections = 64;
    private const int Proposals = 3;

    private ulong _epoch = firstEpoch;
    private double _length = 0.1;

    /// <summary>Milliseconds from a burst's begin to each answer, of all bursts.</summary>
    public List<double> Latencies { get; } = [];

    /// <summary>Milliseconds that each proposal took.</summary>
    public List<double> OfProposals { get; } = [];

    /// <summary>Lets go of the latencies so far.</summary>
    public void Forget()
    {
        Latencies.Clear();
        OfProposals.Clear();
    }

    /// <summary>So many bursts, one after the other; the proposals' signatures do not count.</summary>
    public async Task<SigningLoad.Result> RunAsync(int bursts)
    {
        var certificate = ClientCertificate.Load(data, client);
        var connections = await Task.WhenAll(
            Enumerable
                .Range(0, Connections + 1)
                .Select(_ => LoadConnection.OpenAsync(server.Port, ClientCertificate.Options(data, certificate)))
        );
        await Task.WhenAll(connections.Select(connection => connection.PostAsync(LoadConnection.Upcheck)));
        var (seconds, serverCpu, ownCpu, written) = (0.0, 0.0, 0.0, 0L);
        for (var burst = 0; burst < bursts; burst++)
        {
            var epoch = _epoch++;
            var vote = AttestationRequest.Json(
                AttestationRequest.Message(network.GenesisValidatorsRoot!.Value, epoch - 1, epoch, epoch * network.SlotsPerEpoch, 1)
            );
            byte[][] requests = [.. keys.Select(key => LoadConnection.Request(key.ToString(), vote))];
            byte[][] proposals = [.. Enumerable.Range(0, Proposals).Select(i => Proposal(epoch, (ulong)i))];
            var (cpu, own, bytes, started) = (
                ProcessFigures.CpuSeconds(server.ProcessId),
                Environment.CpuUsage.TotalTime,
                ProcessFigures.WrittenBytes(server.ProcessId),
                Stopwatch.GetTimestamp()
            );
            var proposing = ProposeAsync(connections[^1], proposals, started);
            var answered = await Task.WhenAll(
                connections.SkipLast(1).Select((connection, number) => PumpAsync(connection, number, requests, started))
            );
            var elapsed = Stopwatch.GetElapsedTime(started).TotalSeconds;
            ownCpu += (Environment.CpuUsage.TotalTime - own).TotalSeconds;
            serverCpu += ProcessFigures.CpuSeconds(server.ProcessId) - cpu;
            written += ProcessFigures.WrittenBytes(server.ProcessId) - bytes;
            (_length, seconds) = (elapsed, seconds + elapsed);
            Latencies.AddRange(answered.SelectMany(one => one));
            OfProposals.AddRange(await proposing);
        }

        Array.ForEach(connections, connection => connection.Dispose());
        return new SigningLoad.Result(bursts * keys.Count, seconds, serverCpu, ownCpu, written);
    }

    /// <summary>So many votes one at a time, each after a pause in which nothing is asked for; milliseconds each, sorted.</summary>
    public async Task<double[]> RunIdleAsync(int count, TimeSpan pause)
    {
        var certificate = ClientCertificate.Load(data, client);
        using var connection = await LoadConnection.OpenAsync(server.Port, ClientCertificate.Options(data, certificate));
        var milliseconds = new List<double>();
        for (var i = 0; i < count; i++)
        {
            var epoch = _epoch++;
            var request = LoadConnection.Request(
                keys[i % keys.Count].ToString(),
                AttestationRequest.Json(
                    AttestationRequest.Message(network.GenesisValidatorsRoot!.Value, epoch - 1, epoch, epoch * network.SlotsPerEpoch, 1)
                )
            );
            await Task.Delay(pause);
            milliseconds.Add(await TimeAsync(connection, request));
        }

        return [.. milliseconds.Order()];
    }

    private byte[] Proposal(ulong epoch, ulong number)
    {
        var slot = (epoch * network.SlotsPerEpoch) + number;
        return LoadConnection.Request(
            keys[(int)(slot % (ulong)keys.Count)].ToString(),
            BlockRequest.Json(BlockRequest.Message(network.GenesisValidatorsRoot!.Value, slot, 1))
        );
    }

    // Spread over the length that the last burst had.
    private async Task<List<double>> ProposeAsync(LoadConnection connection, byte[][] proposals, long started)
    {
        var milliseconds = new List<double>();
        for (var i = 0; i < proposals.Length; i++)
        {
            var early = TimeSpan.FromSeconds(_length * (i + 1) / (Proposals + 2)) - Stopwatch.GetElapsedTime(started);
            await Task.Delay(early > TimeSpan.Zero ? early : TimeSpan.Zero);
            milliseconds.Add(await TimeAsync(connection, proposals[i]));
        }

        return milliseconds;
    }

    private async Task<List<double>> PumpAsync(LoadConnection connection, int number, byte[][] requests, long started)
    {
        var milliseconds = new List<double>();
        for (var i = number; i < requests.Length; i += Connections)
        {
            await PostAsync(connection, requests[i]);
            milliseconds.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
        }

        return milliseconds;
    }

    private async Task<double> TimeAsync(LoadConnection connection, byte[] request)
    {
        var started = Stopwatch.GetTimestamp();
        await PostAsync(connection, request);
        return Stopwatch.GetElapsedTime(started).TotalMilliseconds;
    }

    private async Task PostAsync(LoadConnection connection, byte[] request)
    {
        if (!await connection.PostAsync(request))
        {
            throw new InvalidOperationException($"the server refused a duty:\n{server.Output()}");
        }
    }
}
