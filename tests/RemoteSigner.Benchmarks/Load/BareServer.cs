using System.Diagnostics;
using System.Globalization;
using RemoteSigner.Rig;

namespace RemoteSigner.Benchmarks;

/// <summary>
/// Web server, mutual TLS and raw signature with nothing of a signer between them (tests/RemoteSigner.BareServer, published as the signer
/// is): what no path through this web server can be cheaper than.
/// </summary>
internal sealed class BareServer : IDisposable
{
    private readonly Process _process;
    private readonly int _port;

    private BareServer(Process process, int port) => (_process, _port) = (process, port);

    public ServerUnderLoad Load => new(_process.Id, _port, () => "(the bare server prints nothing)");

    /// <summary>Starts it with the certificates of <paramref name="data"/>, and waits until it answers.</summary>
    public static async Task<BareServer> StartAsync(string data, string client)
    {
        var port = LoopbackPort.Free();
        var binary = Path.Combine(Repository.Root, "artifacts", "bench", "bare", "bare-server");
        var server = new BareServer(
            Process.Start(new ProcessStartInfo(binary, [data, port.ToString(CultureInfo.InvariantCulture)]))!,
            port
        );
        var certificate = ClientCertificate.Load(data, client);
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                using var connection = await LoadConnection.OpenAsync(port, ClientCertificate.Options(data, certificate));
                return server;
            }
            catch (System.Net.Sockets.SocketException) when (attempt < 100 && !server._process.HasExited)
            {
                await Task.Delay(50);
            }
            catch
            {
                server.Dispose();
                throw;
            }
        }
    }

    public void Dispose()
    {
        _process.Kill();
        _process.Dispose();
    }
}
