using RemoteSigner.Sealing;
using RemoteSigner.Sealing.Tpm2;

namespace RemoteSigner.Tests.Sealing.Tpm;

/// <summary>Each thing that can be wrong with a TPM has a fault of its own, and opening goes on by itself where that is safe.</summary>
public sealed class TpmSealFaultTests : TpmVault
{
    [Theory]
    [InlineData(0x921, SealingTpmFault.LockedOut)]
    [InlineData(0x920, SealingTpmFault.RateLimited)]
    [InlineData(0x14B, SealingTpmFault.NvFull)]
    [InlineData(0x910, SealingTpmFault.Restarted)]
    [InlineData(0x918, SealingTpmFault.Restarted)]
    [InlineData(0x101, SealingTpmFault.Refused)]
    public async Task Tells_what_the_TPM_answers(uint code, SealingTpmFault expected)
    {
        await MakeVaultAsync();
        OnTheBus = bus => bus.Answers.Enqueue(code);

        Assert.Equal(expected, await RefusedAsync());
        Assert.Equal(DeviceCondition.Failing, Device.Condition);

        OnTheBus = _ => { };
        Assert.Equal(1, await OpenAsync());
        Assert.Equal(DeviceCondition.Ready, Device.Condition);
    }

    [Fact]
    public async Task A_TPM_that_is_not_there_is_told_from_one_that_was_killed_in_a_command_and_one_that_hangs()
    {
        await MakeVaultAsync();
        await Software.KillAsync();
        Assert.Equal(SealingTpmFault.Unreachable, await RefusedAsync());

        await Software.StartAsync();
        OnTheBus = bus => bus.ChangeCommand = command => KillAtUnseal(command);
        Assert.Equal(SealingTpmFault.Interrupted, await RefusedAsync());

        OnTheBus = _ => { };
        await Software.StartAsync();
        Assert.Equal(1, await OpenAsync());
        await Software.PauseAsync();
        Assert.Equal(SealingTpmFault.Hung, await RefusedAsync());

        await Software.ResumeAsync();
        Assert.Equal(1, await OpenAsync());
    }

    [Fact]
    public async Task An_answer_that_was_changed_on_its_way_is_noticed()
    {
        await MakeVaultAsync();
        OnTheBus = bus =>
        {
            var unsealing = false;
            bus.ChangeCommand = command => unsealing = CodeOf(command) == 0x15E;
            bus.ChangeResponse = response => response[^Math.Min(response.Length, 40)] ^= unsealing ? (byte)1 : (byte)0;
        };

        Assert.Equal(SealingTpmFault.ResponseTampered, await RefusedAsync());
    }

    [Fact]
    public async Task A_sealed_object_that_was_changed_is_told_from_another_TPM()
    {
        var provisioning = new TpmProvisioning(Device, Release, Pcrs, wantsPin: false);
        var key = await provisioning.ProvideKeyAsync("test");
        using var secret = Arena.Allocate(32);
        var vault = Guid.NewGuid();
        var context = TpmSeal.ContextOf(vault);
        var wrapped = await key.WrapAsync(secret, context, default);
        await provisioning.ApproveAsync(vault, "now");
        wrapped[^1] ^= 1;

        var refused = await Assert.ThrowsAsync<SealingTpmException>(() => key.UnwrapAsync(wrapped, context, Arena, default));

        Assert.Equal(SealingTpmFault.SealTampered, refused.Fault);
    }

    [Fact]
    public async Task The_owners_authorization_is_wanted_where_there_is_one()
    {
        (await Software.ToolAsync("changeauth", "-c", "o", "secret")).Succeeded();
        var provisioning = new TpmProvisioning(Device, Release, Pcrs, wantsPin: false);

        var refused = await Assert.ThrowsAsync<SealingTpmException>(() => provisioning.ProvideKeyAsync("test"));

        Assert.Equal(SealingTpmFault.OwnerRefused, refused.Fault);
    }

    [Fact]
    public async Task A_slot_that_is_cut_or_of_a_later_version_is_refused_as_a_vault()
    {
        await MakeVaultAsync();
        var slot = Assert.Single(Vault.List(Scene.VaultPath).Slots).Wrapped.ToArray();

        for (var length = 0; length < slot.Length; length++)
        {
            Assert.Throws<VaultException>(() => TpmSlot.Parse(slot.AsSpan(0, length)));
        }

        Assert.Throws<VaultException>(() => TpmSlot.Parse([.. slot, 0]));
        Assert.Equal(VaultFault.UnsupportedVersion, Assert.Throws<VaultException>(() => TpmSlot.Parse([2, .. slot[1..]])).Fault);
    }

    private void KillAtUnseal(byte[] command)
    {
        if (CodeOf(command) == 0x15E)
        {
            Software.Dispose();
        }
    }

    private static int CodeOf(byte[] command) => command[8] << 8 | command[9];
}
