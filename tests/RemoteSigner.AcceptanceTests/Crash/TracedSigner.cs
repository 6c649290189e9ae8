using System.Diagnostics;
using RemoteSigner.Rig;

namespace RemoteSigner.AcceptanceTests.Crash;

/// <summary>A signer under strace, which attaches once it is ready: only system calls on the path of requests count.</summary>
internal static class TracedSigner
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(30);

    public static bool IsAvailable => File.Exists("/usr/bin/strace") && Environment.IsPrivilegedProcess;

    /// <summary>
    /// SIGKILL where a thread enters its <paramref name="nth"/> call of these names; the call itself is not made any more.
    /// </summary>
    public static async Task KillInFrontOfAsync(SignerProcess signer, string names, int nth)
    {
        using var strace = Attach(signer, names, $"signal=KILL:when={nth}");
        using var timeout = new CancellationTokenSource(Timeout);
        try
        {
            await strace.WaitForExitAsync(timeout.Token);
        }
        catch (OperationCanceledException)
        {
            strace.Kill();
            await signer.KillAsync();
            Assert.Fail($"the signer was not killed at its {nth}. {names}");
        }
    }

    /// <summary>
    /// SIGKILL after <paramref name="life"/>, most of which goes by between the writes of a commit, each held up by
    /// <paramref name="delay"/>.
    /// </summary>
    public static async Task KillOnSlowDiskAsync(SignerProcess signer, TimeSpan delay, TimeSpan life)
    {
        using var strace = Attach(signer, "pwrite64,fsync,fdatasync", $"delay_enter={(int)delay.TotalMicroseconds}");
        await Task.Delay(life);
        await signer.KillAsync();
        await strace.WaitForExitAsync();
    }

    // strace speaks of threads that end while it holds them up: nothing to hear.
    private static Process Attach(SignerProcess signer, string names, string injection)
    {
        string[] arguments =
        [
            "-f",
            "-qq",
            "-o",
            "/dev/null",
            "-e",
            $"trace={names}",
            "-e",
            $"inject={names}:{injection}",
            "-p",
            $"{signer.Id}",
        ];
        var strace = Process.Start(new ProcessStartInfo("strace", arguments) { RedirectStandardError = true })!;
        strace.BeginErrorReadLine();
        return strace;
    }
}
