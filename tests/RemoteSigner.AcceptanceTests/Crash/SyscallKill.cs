using System.Diagnostics;
using RemoteSigner.Rig;

namespace RemoteSigner.AcceptanceTests.Crash;

/// <summary>
/// SIGKILL in front of one system call: strace stops a thread of the signer where it enters its <paramref name="Nth"/> call of these names, and
/// kills the process there. The call itself is not made any more.
/// </summary>
internal sealed record SyscallKill(string Names, int Nth)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    public static bool IsAvailable => File.Exists("/usr/bin/strace") && Environment.IsPrivilegedProcess;

    /// <summary>Attaches to a signer that is ready, so that only calls on the path of requests count, and returns when the signer is dead.</summary>
    public async Task RunAsync(SignerProcess signer)
    {
        var start = new ProcessStartInfo(
            "strace", ["-f", "-qq", "-o", "/dev/null", "-e", $"trace={Names}", "-e", $"inject={Names}:signal=KILL:when={Nth}", "-p", $"{signer.Id}"]);
        using var strace = Process.Start(start)!;
        using var timeout = new CancellationTokenSource(Patience);
        try
        {
            await strace.WaitForExitAsync(timeout.Token);
        }
        catch (OperationCanceledException)
        {
            strace.Kill();
            await signer.KillAsync();
            Assert.Fail($"the signer was not killed at its {Nth}. {Names}");
        }
    }
}
