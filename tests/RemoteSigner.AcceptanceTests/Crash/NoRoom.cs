using System.Diagnostics;
using RemoteSigner.Rig;

namespace RemoteSigner.AcceptanceTests.Crash;

/// <summary>
/// A disk that has no room for one file of a running signer, as strace has the kernel say it (ENOSPC), until this is disposed. All its
/// other files are written as ever.
/// </summary>
internal sealed class NoRoom : IAsyncDisposable
{
    private const string Writes = "write,pwrite64,writev,pwritev";

    private readonly Process _strace;

    private NoRoom(Process strace) => _strace = strace;

    public static async Task<NoRoom> ForAsync(SignerProcess signer, string file)
    {
        string[] arguments =
        [
            "-f",
            "-qq",
            "-o",
            "/dev/null",
            "-P",
            file,
            "-e",
            $"trace={Writes}",
            "-e",
            $"inject={Writes}:error=ENOSPC",
            "-p",
            $"{signer.Id}",
        ];
        var strace = Process.Start(new ProcessStartInfo("strace", arguments) { RedirectStandardError = true })!;
        strace.BeginErrorReadLine();
        for (var attempt = 0; !IsTraced(signer.Id); attempt++)
        {
            Assert.True(attempt < 1000 && !strace.HasExited, "strace does not get hold of the signer");
            await Task.Delay(10);
        }

        return new NoRoom(strace);
    }

    /// <summary>SIGTERM: strace lets the signer go first.</summary>
    public async ValueTask DisposeAsync()
    {
        (await CommandResult.OfAsync("kill", ["-TERM", $"{_strace.Id}"])).Succeeded();
        await _strace.WaitForExitAsync();
        _strace.Dispose();
    }

    // Every thread, because any of them may be the one that writes.
    private static bool IsTraced(int process) =>
        Directory
            .EnumerateDirectories($"/proc/{process}/task")
            .All(thread => !File.ReadLines(Path.Combine(thread, "status")).Contains("TracerPid:\t0"));
}
