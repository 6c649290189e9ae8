using System.Globalization;
using System.Net;
using RemoteSigner.Rig;

namespace RemoteSigner.AcceptanceTests.Secrets;

/// <summary>
/// A signer that may not lock memory does not start: its secrets could be swapped out. One that may lock no more opens no more keys.
/// </summary>
public sealed class LockedMemoryTests(SignerScene scene, SignerTemplate template) : IClassFixture<SignerScene>
{
    // Root is not bound by the limit unless it loses this capability.
    private static readonly string[] _unprivileged = Environment.IsPrivilegedProcess
        ? ["setpriv", "--bounding-set", "-ipc_lock", "--inh-caps", "-ipc_lock"]
        : ["env"];

    [Fact]
    public async Task Refuses_to_start_when_the_limit_of_locked_memory_is_too_low()
    {
        var result = await SignerProcess.RunUnderAsync(
            ["prlimit", "--memlock=65536:65536", "--", .. _unprivileged],
            scene.Home.Token,
            "serve",
            "--data",
            scene.Home.Data,
            "--listen",
            $"127.0.0.1:{LoopbackPort.Free()}",
            "--operations",
            $"127.0.0.1:{LoopbackPort.Free()}"
        );

        Assert.Equal(1, result.ExitCode);
        Assert.Contains("remote-signer: error: cannot lock 256 KiB of memory for secrets", result.Error, StringComparison.Ordinal);
        Assert.Contains("LimitMEMLOCK=64M", result.Error, StringComparison.Ordinal);
    }

    /// <summary>
    /// Once they are in vault and ledger they are imported: that they do not open is told by health, and a reload makes up for it.
    /// </summary>
    [Fact]
    public async Task Pushed_keys_that_no_memory_is_left_for_are_kept_and_open_with_a_later_reload()
    {
        await using var admin = await KeymanagerScene.StartAsync(template);
        await admin.StopAsync();
        await admin.ServeUnderAsync(_unprivileged);
        await LimitAsync(admin.Signer, "4096");

        // Of the blocks that are locked a password takes eight here and its key one, until the push has ended; to be open each key needs
        // one more, and for half of them there is none.
        var count = LockedBlocks(admin.Signer) * 2 / 19;
        var folder = admin.Home.Beside("pushed");
        KeystoreWriter.WriteNew(folder, count, new string('p', 8 * 32));
        var pushed = await admin.PushAsync(KeymanagerScene.Body(folder));

        Assert.Equal(HttpStatusCode.OK, pushed.Status);
        Assert.All(KeymanagerScene.Statuses(pushed), status => Assert.Equal("imported", status));
        var shut = await admin.Signer.HealthWhenAsync(report => report.Status == HttpStatusCode.ServiceUnavailable);
        Assert.Contains("of memory for secrets", shut.Text, StringComparison.Ordinal);

        await LimitAsync(admin.Signer, "8388608");
        Assert.Equal(HttpStatusCode.Accepted, (await admin.Admin.AskAsync(HttpMethod.Post, "/reload", null)).Status);
        await admin.Signer.WaitUntilReadyAsync();
        Assert.Equal(admin.Home.Keys.Count + count, (await admin.ListAsync()).Count);
    }

    // Of 32 bytes.
    private static int LockedBlocks(SignerProcess signer)
    {
        var line = File.ReadLines($"/proc/{signer.Id}/status").Single(line => line.StartsWith("VmLck:", StringComparison.Ordinal));
        return int.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) * 1024 / 32;
    }

    private static async Task LimitAsync(SignerProcess signer, string bytes) =>
        (
            await CommandResult.OfAsync("prlimit", ["--pid", signer.Id.ToString(CultureInfo.InvariantCulture), $"--memlock={bytes}:"])
        ).Succeeded();
}
