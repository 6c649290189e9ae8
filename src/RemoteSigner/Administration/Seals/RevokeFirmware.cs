using RemoteSigner.Audit;
using RemoteSigner.Sealing;
using RemoteSigner.Sealing.Tpm2;

namespace RemoteSigner.Administration.Seals;

/// <summary>
/// Every approval there ever was is dead: the vault gets another root key, in another sealed object of the TPM, for which what runs now is
/// approved and nothing else; then the TPM's counter passes every approval that is known, so that copies of the vault from before do not
/// open by them either. Interrupted before the counter the vault is as it should be, and repeating it counts.
/// </summary>
/// <param name="provisioning">With the vault's release key, and a PIN as the slot has it.</param>
/// <param name="reach">What wraps another root key for the slots that stay.</param>
public sealed class RevokeFirmware(SealingTpm tpm, TpmProvisioning provisioning, ReleaseKey release, string now, SlotReach reach)
    : SlotAct<RevokedFirmware>
{
    private TpmRevocation? _revocation;
    private TpmApproval? _approval;

    public override string Action => AuditActions.TpmRevoke;

    private protected override string Detail =>
        "every approval from before is of another sealed object, and the counter goes to "
        + $"{_revocation!.Target}; alive is {_approval!.Pcrs} {Convert.ToHexStringLower(_approval.PcrDigest)}";

    internal override RevokedFirmware Result => new(_approval!, _revocation!.Beyond);

    private protected override PendingEffect EffectAt(ulong generation) =>
        new PendingEffect.Untold(
            "'remote-signer tpm status' shows the count; where it is below the one that was to be, "
                + "older copies of the vault still open by their approvals: repeat the command"
        );

    private protected override async Task<SlotPlan> PlanAsync(Vault vault, CancellationToken cancellation)
    {
        var slot = await FindAsync(vault, cancellation);
        var seal = TpmSeal.Of(slot, vault.Contents.VaultId);
        using (var expected = seal.ReleaseKey())
        {
            if (!release.Name.Equals(expected.Name) || !release.CanSign)
            {
                throw new VaultException(
                    VaultFault.WrongKey,
                    $"the release key {release.Name} is not the private half of the one that this vault was sealed for, {expected.Name}",
                    "give the right key; another one is 'remote-signer tpm provision'"
                );
            }
        }

        if (seal.WantsPin != provisioning.WantsPin)
        {
            throw new InvalidOperationException("a revocation leaves the PIN as it is");
        }

        _revocation = await TpmRevocation.PrepareAsync(tpm, seal, cancellation);
        provisioning.AtMost = _revocation.Target;
        return new SlotPlan([slot], stop => ApproveAsync(slot.Label, vault.Contents.VaultId, stop), reach);
    }

    internal override async Task FollowAsync(Proceeding proceeding)
    {
        await base.FollowAsync(proceeding);
        await _revocation!.RaiseAsync();
    }

    private async Task<VaultSlot> FindAsync(Vault vault, CancellationToken cancellation)
    {
        foreach (var slot in vault.Contents.Slots)
        {
            if (await tpm.OwnsAsync(slot, cancellation))
            {
                return slot;
            }
        }

        throw new AdminException(
            AdminFault.UnknownSlot,
            $"the vault has no slot for the {tpm.Description}",
            "'remote-signer seal status' lists the slots; 'remote-signer tpm provision' adds one"
        );
    }

    private async Task<IKeyEncryptionKey> ApproveAsync(string label, Guid vaultId, CancellationToken cancellation)
    {
        var key = await provisioning.ProvideKeyAsync(label, cancellation);
        _approval = await provisioning.ApproveAsync(vaultId, now, cancellation);
        return key;
    }
}

/// <summary>
/// What stays alive: the approval of what runs now, and those that open older copies of the vault because the counter was not raised past
/// them.
/// </summary>
public sealed record RevokedFirmware(TpmApproval Approval, IReadOnlyList<TpmApproval> Beyond);
