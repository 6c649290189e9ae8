using System.Diagnostics;
using System.Net.Sockets;
using System.Text;
using RemoteSigner.Rig;
using RemoteSigner.Spec;

namespace RemoteSigner.Benchmarks;

/// <summary>
/// What a client that opens a connection for nearly every signature, as Prysm does, waits for a slot's worth of them: 64 requests at once,
/// each over a connection of its own, through <c>connect</c> and on the signer's own loopback listener, in turns.
/// </summary>
internal static class NewConnections
{
    private const int AtOnce = 64;
    private const int Rounds = 21;

    /// <summary>Milliseconds until the last of them has its signature; medians. The ratio is the median of the pairs'.</summary>
    public static async Task<(double Ratio, double ThroughConnect, double ByListener)> MeasureAsync(
        string data,
        SoftToken token,
        string keystores,
        IReadOnlyList<BlsPublicKey> keys,
        Network network
    )
    {
        const string Client = "prysm";
        (
            await SignerProcess.RunAsync(
                token,
                "init",
                "--data",
                data,
                "--network",
                network.Name,
                "--no-slot-window",
                "--seal",
                "softhsm2",
                "--anchor-on-host",
                "--pin-file",
                token.PinFile,
                "--client",
                Client
            )
        ).Succeeded();
        (await SignerProcess.RunAsync(token, "keys", "import", "--data", data, "--keystores", keystores, "--never-signed")).Succeeded();
        var door = LoopbackPort.Free();
        await using var signer = await SignerProcess.StartAsync(data, token, "--loopback-http", $"{door}={Client}");
        await using var connect = ConnectProcess.Launch(signer.Api, data, Client);
        await connect.WaitUntilAsync(open: true);
        var epoch = 2_000_000UL;
        List<(double Connect, double Door)> pairs = [];
        for (var round = -3; round < Rounds; round++)
        {
            var pair = (await BurstAsync(connect.Port, keys, network, epoch++), await BurstAsync(door, keys, network, epoch++));
            if (round >= 0)
            {
                pairs.Add(pair);
            }
        }

        return (
            Median(pairs.Select(pair => pair.Connect / pair.Door)),
            Median(pairs.Select(pair => pair.Connect)),
            Median(pairs.Select(pair => pair.Door))
        );
    }

    private static double Median(IEnumerable<double> values) => values.Order().ElementAt(Rounds / 2);

    private static async Task<double> BurstAsync(int port, IReadOnlyList<BlsPublicKey> keys, Network network, ulong epoch)
    {
        var requests = keys.Take(AtOnce).Select(key => Request(key, network, epoch)).ToList();
        var started = Stopwatch.GetTimestamp();
        await Task.WhenAll(requests.Select(request => AskAsync(port, request)));
        return Stopwatch.GetElapsedTime(started).TotalMilliseconds;
    }

    private static byte[] Request(BlsPublicKey key, Network network, ulong epoch)
    {
        var body = AttestationRequest.Json(
            AttestationRequest.Message(network.GenesisValidatorsRoot!.Value, epoch - 1, epoch, epoch * network.SlotsPerEpoch, 1)
        );
        return Encoding.ASCII.GetBytes(
            $"POST /api/v1/eth2/sign/{key} HTTP/1.1\r\nHost: localhost\r\nConnection: "
                + $"close\r\nContent-Type: application/json\r\nContent-Length: {body.Length}\r\n\r\n{body}"
        );
    }

    private static async Task AskAsync(int port, byte[] request)
    {
        using var socket = new TcpClient { NoDelay = true };
        await socket.ConnectAsync("127.0.0.1", port);
        await socket.GetStream().WriteAsync(request);
        using var reader = new StreamReader(socket.GetStream(), Encoding.ASCII);
        var answer = await reader.ReadToEndAsync();
        if (!answer.StartsWith("HTTP/1.1 200", StringComparison.Ordinal))
        {
            throw new InvalidOperationException($"nothing was signed: {answer}");
        }
    }
}
