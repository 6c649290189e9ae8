using RemoteSigner.Rig;

namespace RemoteSigner.AcceptanceTests.Secrets;

/// <summary>A signer that may not lock memory does not start: its secrets could be swapped out.</summary>
public sealed class LockedMemoryTests(SignerScene scene) : IClassFixture<SignerScene>
{
    [Fact]
    public async Task Refuses_to_start_when_the_limit_of_locked_memory_is_too_low()
    {
        // Root is not bound by the limit unless it loses this capability.
        string[] unprivileged = Environment.IsPrivilegedProcess
            ? ["setpriv", "--bounding-set", "-ipc_lock", "--inh-caps", "-ipc_lock"]
            : [];

        var result = await SignerProcess.RunUnderAsync(
            ["prlimit", "--memlock=65536:65536", "--", .. unprivileged],
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
}
