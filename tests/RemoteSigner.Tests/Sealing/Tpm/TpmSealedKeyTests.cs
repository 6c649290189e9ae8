using System.Security.Cryptography;
using RemoteSigner.Rig;
using RemoteSigner.Sealing;
using RemoteSigner.Sealing.Tpm2;
using RemoteSigner.Tpm2;

namespace RemoteSigner.Tests.Sealing.Tpm;

public sealed class TpmSealedKeyTests : TpmVault
{
    // As 'tpm revoke' does: another sealed object, and then the counter.
    private async Task RevokeAsync(string label, ReleaseKey? release = null)
    {
        var revocation = await TpmRevocation.PrepareAsync(Device, Seal);
        var provisioning = new TpmProvisioning(Device, release ?? Release, Pcrs, wantsPin: false)
        {
            Judge = Believe,
            AtMost = revocation.Target,
        };
        using var vault = await Vault.OpenAsync(Scene.VaultPath, Arena, (await Device.FindKeyAsync(Vault.List(Scene.VaultPath).Slots))!);
        var key = await provisioning.ProvideKeyAsync("test");
        await provisioning.ApproveAsync(vault.Contents.VaultId, label);
        using var next = await vault.PrepareRootKeyAsync([key]);
        vault.Put(next);
        await revocation.RaiseAsync();
    }

    [Fact]
    public async Task Opens_as_it_was_sealed_also_after_a_power_cut()
    {
        await MakeVaultAsync();
        Assert.Equal(1, await OpenAsync());

        await Software.RestartAsync();

        Assert.Equal(1, await OpenAsync());
    }

    [Fact]
    public async Task The_slot_is_the_storage_root_keys_and_its_wrap_fits()
    {
        await MakeVaultAsync();

        var slot = Assert.Single(Vault.List(Scene.VaultPath).Slots);

        Assert.Equal(VaultSlotType.Tpm2Sealed, slot.Type);
        Assert.Equal((await Device.ReadNameAsync()).Bytes.ToArray(), slot.KeyId.ToArray());
        Assert.InRange(slot.Wrapped.Length, 300, 500);
        Assert.Equal(slot.Wrapped.ToArray(), TpmSlot.Parse(slot.Wrapped.Span).Write());
    }

    /// <summary>
    /// A vault in the place of the present one may have a slot under a TPM of somebody else's, whose storage root key he has.
    /// </summary>
    [Fact]
    public async Task A_TPM_that_the_remembered_vault_has_no_slot_for_learns_nothing_of_the_PIN()
    {
        var device = NewDevice(pin: "7391");
        await MakeVaultAsync(device, wantsPin: true);
        device.Roots = [new TpmName([0, 11, .. RandomNumberGenerator.GetBytes(32)])];
        var sent = new List<int>();
        OnTheBus = bus => bus.ChangeCommand = command => sent.Add(SharedTpm.CodeOf(command));

        var refused = await Assert.ThrowsAsync<SealingTpmException>(() => OpenAsync(device));

        Assert.Equal(SealingTpmFault.WrongStorageRootKey, refused.Fault);
        Assert.Contains("--accept-risk", refused.Hint, StringComparison.Ordinal);
        Assert.DoesNotContain((int)TpmCc.PolicyAuthValue, sent);
        Assert.DoesNotContain((int)TpmCc.Unseal, sent);
        Assert.NotEqual(DeviceCondition.PinRefused, device.Condition);
        device.Roots = [await device.ReadNameAsync()];
        Assert.Equal(1, await OpenAsync(device));
    }

    [Fact]
    public async Task Another_TPM_does_not_open_it()
    {
        await MakeVaultAsync();
        await using var other = await SoftwareTpm.StartAsync(Directory.CreateDirectory(InFolder("o")).FullName);
        Assert.Equal(SealingTpmFault.WrongStorageRootKey, await RefusedAsync(NewDevice(other)));

        using (var tpm = RemoteSigner.Tpm2.Tpm.Open(TpmAddress.Parse(other.Address)))
        {
            using var root = tpm.ProvisionStorageRootKey(TpmPassword.Empty);
        }

        Assert.Equal(SealingTpmFault.WrongStorageRootKey, await RefusedAsync(NewDevice(other)));
    }

    [Fact]
    public async Task Other_PCR_values_need_an_approval_and_a_revocation_ends_the_former_ones()
    {
        await MakeVaultAsync();
        Extend(16);
        Assert.Equal(SealingTpmFault.WrongPcrs, await RefusedAsync());

        await ApproveNowAsync(Release);
        Assert.Equal(1, await OpenAsync());

        await RevokeAsync("later");
        Assert.Equal(1, await OpenAsync());
        await Software.RestartAsync();
        Assert.Equal(SealingTpmFault.WrongPcrs, await RefusedAsync());
        Assert.Equal(3, Approvals.Read().Count);
    }

    /// <summary>Of an interrupted revocation, and then the vault got another release key.</summary>
    [Fact]
    public async Task A_revocation_counts_past_what_a_former_release_key_approved_and_names_what_is_too_far()
    {
        await MakeVaultAsync();
        var before = (await TpmState.ReadAsync(Device, Seal.Revocation, Pcrs)).Count!.Value;
        Approvals.Add(await SignAsync("former", before + 9));
        Approvals.Add(await SignAsync("absurd", before + (2 * TpmRevocation.MaxSteps)));
        using var other = ReleaseKey.Generate();
        var copy = Scene.VaultPath + ".copy";
        File.Copy(Scene.VaultPath, copy);
        await RevokeAsync("another release key", other);
        await RevokeAsync("revoked", other);

        var revocation = await TpmRevocation.PrepareAsync(Device, Seal);

        Assert.True((await TpmState.ReadAsync(Device, Seal.Revocation, Pcrs)).Count > before + 9);
        Assert.Equal(["absurd"], revocation.Beyond.Select(approval => approval.Label));
        File.Delete(Path.Combine(Approvals.Path, Approvals.Read().Single(entry => entry.Approval?.Label == "absurd").Name));
        File.Move(copy, Scene.VaultPath, overwrite: true);
        Assert.Equal(SealingTpmFault.Revoked, await RefusedAsync());
    }

    [Fact]
    public async Task A_revocation_whose_answer_was_lost_leaves_what_runs_approved()
    {
        await MakeVaultAsync();
        await RevokeAsync("first");
        var before = (await TpmState.ReadAsync(Device, Seal.Revocation, Pcrs)).Count!.Value;
        OnTheBus = bus =>
        {
            var counting = false;
            bus.ChangeCommand = command => counting = (command[8] << 8 | command[9]) == (int)TpmCc.NV_Increment;
            bus.ChangeResponse = _ =>
            {
                if (counting)
                {
                    throw new TpmTransportException(TpmTransportFault.Closed, "cut");
                }
            };
        };

        var lost = await Assert.ThrowsAsync<SealingTpmException>(() => RevokeAsync("second"));

        OnTheBus = _ => { };
        Assert.Equal(SealingTpmFault.Interrupted, lost.Fault);
        Assert.Equal(before + 1, (await TpmState.ReadAsync(Device, Seal.Revocation, Pcrs)).Count);
        Assert.Equal(1, await OpenAsync());
    }

    [Fact]
    public async Task An_approval_counts_only_for_its_vault_its_key_and_as_it_was_signed()
    {
        await MakeVaultAsync();
        var first = Assert.Single(Approvals.Read());
        Extend(16);
        using var other = ReleaseKey.Generate();
        await ApproveNowAsync(other);
        await ApproveNowAsync(Release, vault: RandomNumberGenerator.GetBytes(32));
        Assert.Equal(SealingTpmFault.WrongPcrs, await RefusedAsync());

        Approvals.Add(first.Approval! with { PcrDigest = await PcrDigestAsync() });
        Assert.Equal(SealingTpmFault.WrongPcrs, await RefusedAsync());

        File.Delete(Path.Combine(Approvals.Path, first.Name));
        Assert.Equal(SealingTpmFault.NotApproved, await RefusedAsync());
    }

    [Fact]
    public async Task A_file_that_is_no_approval_hinders_no_other()
    {
        await MakeVaultAsync();
        await File.WriteAllTextAsync(Path.Combine(Approvals.Path, "a.approval.json"), "{");
        await File.WriteAllTextAsync(Path.Combine(Approvals.Path, "b.approval.json"), "{\"version\":2}");

        Assert.Equal(1, await OpenAsync());
        Assert.Equal(2, Approvals.Read().Count(entry => entry.Problem is not null));
    }

    [Fact]
    public async Task Provisioning_twice_changes_nothing_in_the_TPM()
    {
        await MakeVaultAsync();
        var before = await TpmState.ReadAsync(Device, Seal.Revocation, Pcrs);
        var provisioning = new TpmProvisioning(Device, Release, Pcrs, wantsPin: false) { Judge = Believe };

        var key = await provisioning.ProvideKeyAsync("again");
        await provisioning.ApproveAsync(Vault.List(Scene.VaultPath).VaultId, "again");
        using (var vault = await Vault.OpenAsync(Scene.VaultPath, Arena, key))
        {
            await vault.PutSlotAsync(key);
        }

        var after = await TpmState.ReadAsync(Device, Seal.Revocation, Pcrs);
        Assert.Equal((before.Root, before.Count), (after.Root, after.Count));
        Assert.Equal(before.NvIndices, after.NvIndices);
        Assert.Equal("again", Seal.Label);
        Assert.Equal(1, await OpenAsync());
    }

    [Fact]
    public async Task A_PIN_is_needed_where_one_is_wanted_and_a_refused_one_is_not_sent_again()
    {
        await MakeVaultAsync(NewDevice(pin: "4711"), wantsPin: true);
        Assert.True(Seal.WantsPin);
        Assert.Equal(1, await OpenAsync(NewDevice(pin: "4711")));

        var wrong = NewDevice(pin: "4712");
        Assert.Equal(SealingTpmFault.WrongPin, await RefusedAsync(wrong));
        Assert.Equal(SealingTpmFault.WrongPin, await RefusedAsync(wrong));
        wrong.GivePin(SoftHsm.Secret(Arena, "4712"));
        Assert.Equal(SealingTpmFault.WrongPin, await RefusedAsync(wrong));
        Assert.Equal(DeviceCondition.PinRefused, wrong.Condition);
        Assert.Equal(1u, (await TpmState.ReadAsync(wrong, null, Pcrs)).Lockout.Failures);

        wrong.GivePin(SoftHsm.Secret(Arena, "4711"));
        Assert.Equal(1, await OpenAsync(wrong));
        Assert.Equal(DeviceCondition.Ready, wrong.Condition);
    }

    [Fact]
    public async Task Moves_to_the_TPM_and_back_without_rewriting_a_share()
    {
        var shares = await Scene.MakeAsync(3);
        var records = await RecordsAsync();
        var provisioning = new TpmProvisioning(Device, Release, Pcrs, wantsPin: false) { Judge = Believe };
        using (var vault = await Scene.OpenAsync())
        {
            var added = await provisioning.ProvideKeyAsync("test");
            await provisioning.ApproveAsync(vault.Contents.VaultId, "now");
            await vault.PutSlotAsync(added);
        }

        var key = (await Device.FindKeyAsync(Vault.List(Scene.VaultPath).Slots))!;
        using (var vault = await Vault.OpenAsync(Scene.VaultPath, Arena, key))
        {
            Scene.AssertHolds(vault, shares);
            vault.RemoveSlot(VaultSlotType.Recovery, Scene.PublicRecovery.Id);
            await vault.AddSlotAsync(Scene.PublicRecovery);
        }

        using (var vault = await Scene.OpenAsync())
        {
            Scene.AssertHolds(vault, shares);
        }

        Assert.Equal(records, await RecordsAsync());
    }

    [Fact]
    public async Task No_root_key_passes_the_bus()
    {
        var buses = new List<RemoteSigner.Tests.Tpm2.TamperingTransport>();
        OnTheBus = buses.Add;
        using var secret = Arena.Allocate(32);
        RandomNumberGenerator.Fill(secret.Span);
        var context = RandomNumberGenerator.GetBytes(32);
        var provisioning = new TpmProvisioning(Device, Release, Pcrs, wantsPin: false) { Judge = Believe };
        var key = await provisioning.ProvideKeyAsync("test");
        var wrapped = await key.WrapAsync(secret, context, default);
        var slot = TpmSlot.Parse(wrapped);
        Approvals.Add(
            TpmApproval.Sign(
                Release,
                "now",
                new FirmwareApprovalRequest(TpmSlot.ReferenceOf(context, slot.Plan.Nonce), slot.Revocation, 1000, ""),
                Pcrs,
                await PcrDigestAsync(),
                1000
            )
        );

        using var opened = await key.UnwrapAsync(wrapped, context, Arena, default);

        Assert.True(opened.Span.SequenceEqual(secret.Span));
        Assert.True(buses.Count >= 3);
        Assert.DoesNotContain(buses, bus => bus.Carried(secret.Span));
    }

    private async Task ApproveNowAsync(ReleaseKey key, byte[]? vault = null) =>
        Approvals.Add(
            TpmApproval.Sign(
                key,
                "now",
                new FirmwareApprovalRequest(vault ?? Seal.Vault, Seal.Revocation, 0, ""),
                Pcrs,
                await PcrDigestAsync(),
                (await TpmState.ReadAsync(Device, Seal.Revocation, Pcrs)).Count!.Value + (vault is null ? 0u : 1u)
            )
        );

    private async Task<TpmApproval> SignAsync(string label, ulong atMost) =>
        TpmApproval.Sign(
            Release,
            label,
            new FirmwareApprovalRequest(Seal.Vault, Seal.Revocation, atMost, ""),
            Pcrs,
            await PcrDigestAsync(),
            atMost
        );

    private async Task<byte[]> PcrDigestAsync() => (await TpmState.ReadAsync(Device, null, Pcrs)).Pcrs.Digest();

    private async Task<byte[]> RecordsAsync()
    {
        var bytes = await File.ReadAllBytesAsync(Scene.VaultPath);
        return bytes[^(3 * 141)..];
    }
}
