using System.Diagnostics;

namespace RemoteSigner.Tests.Sealing;

/// <summary>SoftHSM2 behind a Unix socket (<c>p11-kit server</c>): an HSM that can be killed, stopped and brought back.</summary>
internal sealed class RemoteToken : IDisposable
{
    internal const string Client = "/usr/lib/x86_64-linux-gnu/pkcs11/p11-kit-client.so";

    // The client module reads the address once in the life of the process.
    private static readonly string Socket = Path.Combine(Path.GetTempPath(), $"p11-{Environment.ProcessId}.sock");

    private readonly SoftHsm _softHsm;
    private Process? _server;

    internal RemoteToken(SoftHsm softHsm)
    {
        softHsm.Require();
        if (!File.Exists(Client))
        {
            Assert.True(Environment.GetEnvironmentVariable("CI") != "true", $"{Client} is not installed");
            Assert.Skip($"{Client} is not installed (apt-get install p11-kit p11-kit-modules)");
        }

        _softHsm = softHsm;
        SoftHsm.SetEnvironment("P11_KIT_SERVER_ADDRESS", $"unix:path={Socket}");
        Start();
    }

    internal void Start()
    {
        File.Delete(Socket);
        var start = new ProcessStartInfo(
            "p11-kit",
            ["server", "-f", "--provider", "/usr/lib/softhsm/libsofthsm2.so", "-n", Socket, "pkcs11:token=one"]
        )
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["SOFTHSM2_CONF"] = _softHsm.Configuration;
        _server = Process.Start(start)!;
        SpinWait.SpinUntil(() => File.Exists(Socket), TimeSpan.FromSeconds(10));
        Assert.True(File.Exists(Socket), "p11-kit server did not open its socket");
    }

    /// <summary>kill -9 of the server and of the child that serves our connection.</summary>
    internal void Kill()
    {
        _server?.Kill(entireProcessTree: true);
        _server?.WaitForExit();
        _server?.Dispose();
        _server = null;
    }

    /// <summary>SIGSTOP: the device hangs.</summary>
    internal void Stop() => Signal("STOP");

    /// <summary>SIGCONT: it goes on where it was.</summary>
    internal void Continue() => Signal("CONT");

    public void Dispose()
    {
        Kill();
        File.Delete(Socket);
    }

    private void Signal(string name)
    {
        var children = File.ReadAllText($"/proc/{_server!.Id}/task/{_server.Id}/children")
            .Split(' ', StringSplitOptions.RemoveEmptyEntries);
        using var kill = Process.Start("kill", ["-" + name, .. children, $"{_server.Id}"]);
        kill.WaitForExit();
        Assert.Equal(0, kill.ExitCode);
    }
}
