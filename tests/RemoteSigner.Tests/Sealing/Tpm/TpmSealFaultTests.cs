using RemoteSigner.Rig;
using RemoteSigner.Sealing;
using RemoteSigner.Sealing.Tpm2;

namespace RemoteSigner.Tests.Sealing.Tpm;

/// <summary>Each thing that can be wrong with a TPM has a fault of its own, and opening goes on by itself where that is safe.</summary>
public sealed class TpmSealFaultTests : TpmVault
{
    private const int Unseal = 0x15E;
    private const int PolicyPcr = 0x17F;

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

    [Theory]
    [Trait("Speed", "slow")]
    [InlineData(0x901)]
    [InlineData(0x902)]
    [InlineData(0x903)]
    [InlineData(0x904)]
    [InlineData(0x905)]
    [InlineData(0x906)]
    [InlineData(0x908)]
    [InlineData(0x909)]
    [InlineData(0x90A)]
    [InlineData(0x922)]
    [InlineData(0x923)]
    public async Task A_TPM_that_others_use_is_asked_again(uint code)
    {
        await MakeVaultAsync();
        OnTheBus = bus => Enumerable.Repeat(code, 3).ToList().ForEach(bus.Answers.Enqueue);
        Assert.Equal(1, await OpenAsync());

        OnTheBus = bus => Enumerable.Repeat(code, 100).ToList().ForEach(bus.Answers.Enqueue);
        var refused = await Assert.ThrowsAsync<SealingTpmException>(() => OpenAsync());
        Assert.Equal(SealingTpmFault.Busy, refused.Fault);
        Assert.True(refused.MayPass);
    }

    [Fact]
    public async Task What_others_measure_between_the_policy_and_the_unsealing_does_not_keep_the_vault_shut()
    {
        await MakeVaultAsync();
        var extensions = 0;
        OnTheBus = bus => bus.SendFirst = command => CodeOf(command) == Unseal && extensions++ < 10 ? SharedTpm.ExtendCommand(10) : null;

        Assert.Equal(1, await OpenAsync());
        Assert.Equal(11, extensions);
    }

    [Fact]
    public async Task Measurements_that_never_rest_are_a_trouble_that_may_pass()
    {
        await MakeVaultAsync();
        OnTheBus = bus => bus.SendFirst = command => CodeOf(command) == Unseal ? SharedTpm.ExtendCommand(10) : null;

        var refused = await Assert.ThrowsAsync<SealingTpmException>(() => OpenAsync());

        Assert.Equal(SealingTpmFault.Busy, refused.Fault);
        Assert.True(refused.MayPass);
    }

    [Theory]
    [InlineData(Unseal)]
    [InlineData(PolicyPcr)]
    public async Task Another_measurement_of_what_was_approved_is_not_asked_again(int before)
    {
        await MakeVaultAsync();
        var (extensions, policies) = (0, 0);
        OnTheBus = bus =>
            bus.SendFirst = command =>
            {
                policies += CodeOf(command) == PolicyPcr ? 1 : 0;
                return CodeOf(command) == before && extensions++ == 0 ? SharedTpm.ExtendCommand(7) : null;
            };

        Assert.Equal(SealingTpmFault.WrongPcrs, await RefusedAsync());
        Assert.Equal(1, policies);
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
            bus.ChangeCommand = command => unsealing = CodeOf(command) == Unseal;
            bus.ChangeResponse = response => response[^Math.Min(response.Length, 40)] ^= unsealing ? (byte)1 : (byte)0;
        };

        Assert.Equal(SealingTpmFault.ResponseTampered, await RefusedAsync());
    }

    [Fact]
    public async Task A_sealed_object_that_was_changed_is_told_from_another_TPM()
    {
        var provisioning = new TpmProvisioning(Device, Release, Pcrs, wantsPin: false) { Judge = Believe };
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
        var provisioning = new TpmProvisioning(Device, Release, Pcrs, wantsPin: false) { Judge = Believe };

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
        Assert.Equal(VaultFault.UnsupportedVersion, Assert.Throws<VaultException>(() => TpmSlot.Parse([3, .. slot[1..]])).Fault);
    }

    private void KillAtUnseal(byte[] command)
    {
        if (CodeOf(command) == Unseal)
        {
            Software.Dispose();
        }
    }

    private static int CodeOf(byte[] command) => command[8] << 8 | command[9];
}
