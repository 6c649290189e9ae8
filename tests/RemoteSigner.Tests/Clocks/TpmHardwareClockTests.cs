using RemoteSigner.Clocks;
using RemoteSigner.Sealing.Tpm2;
using RemoteSigner.Tests.Sealing.Tpm;

namespace RemoteSigner.Tests.Clocks;

public sealed class TpmHardwareClockTests : TpmVault
{
    [Fact]
    public async Task Goes_on_by_itself_and_begins_anew_after_a_power_cut()
    {
        await MakeVaultAsync();
        var clock = new TpmHardwareClock(Device);
        var first = await clock.ReadTimeAsync(default);
        await Task.Delay(50);

        var second = await clock.ReadTimeAsync(default);

        Assert.Equal(first.Reset, second.Reset);
        Assert.InRange(second.Elapsed - first.Elapsed, TimeSpan.FromMilliseconds(45), TimeSpan.FromSeconds(20));

        await Software.KillAsync();
        await Assert.ThrowsAsync<SealingTpmException>(() => clock.ReadTimeAsync(default));
        await Software.StartAsync();
        Assert.NotEqual(first.Reset, (await clock.ReadTimeAsync(default)).Reset);
    }
}
