using System.Diagnostics;
using RemoteSigner.Rig;

namespace RemoteSigner.AcceptanceTests.Secrets;

/// <summary>A SoftHSM2 token in a process of its own, as a token of hardware would be: <c>p11-kit server</c> behind a Unix socket.</summary>
internal sealed class TokenServer : IDisposable
{
    public const string Module = "/usr/lib/x86_64-linux-gnu/pkcs11/p11-kit-client.so";

    private const string SoftHsm = "/usr/lib/softhsm/libsofthsm2.so";

    private readonly Process _server;

    private TokenServer(Process server) => _server = server;

    public static bool IsAvailable => SoftToken.IsAvailable && File.Exists(Module);

    /// <summary>Serves <paramref name="token"/> to every program that is started with its environment and loads <see cref="Module"/>.</summary>
    public static TokenServer Start(SoftToken token, string folder)
    {
        var socket = Path.Combine(folder, "p11.sock");
        token.Environment["P11_KIT_SERVER_ADDRESS"] = $"unix:path={socket}";
        var start = new ProcessStartInfo("p11-kit", ["server", "-f", "--provider", SoftHsm, "-n", socket, $"pkcs11:token={SoftToken.Label}"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["SOFTHSM2_CONF"] = token.ConfigurationFile;
        var server = Process.Start(start)!;
        Assert.True(SpinWait.SpinUntil(() => File.Exists(socket), TimeSpan.FromSeconds(20)), "p11-kit server did not open its socket");
        return new TokenServer(server);
    }

    public void Dispose()
    {
        _server.Kill(entireProcessTree: true);
        _server.WaitForExit();
        _server.Dispose();
    }
}
