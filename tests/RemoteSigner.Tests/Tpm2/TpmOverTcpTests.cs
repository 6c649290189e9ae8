using RemoteSigner.Rig;
using RemoteSigner.Tpm2;

namespace RemoteSigner.Tests.Tpm2;

public sealed class TpmOverTcpTests : TpmTest
{
    [Fact]
    public async Task Speaks_to_the_same_TPM_again_after_a_restart()
    {
        TpmName name;
        using (var tpm = Open())
        {
            name = PinnedRoot(tpm).Name;
        }

        await Software.RestartAsync();

        using var again = Open();
        Assert.Equal(name, PinnedRoot(again).Name);
    }

    [Fact]
    public async Task A_TPM_that_hangs_times_out()
    {
        using var tpm = Open(Brief);
        await Software.PauseAsync();

        Assert.Equal(TpmTransportFault.TimedOut, Assert.Throws<TpmTransportException>(() => tpm.ReadClock()).Fault);
    }

    protected override Task<SoftwareTpm> StartAsync(string folder) => SoftwareTpm.StartOnTcpAsync(folder);
}
