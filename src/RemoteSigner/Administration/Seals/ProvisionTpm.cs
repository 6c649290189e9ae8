using RemoteSigner.Audit;
using RemoteSigner.Sealing;
using RemoteSigner.Sealing.Tpm2;

namespace RemoteSigner.Administration.Seals;

/// <summary>
/// Gives the vault a slot under this machine's TPM. In place of the one that it has there already, or of slots that a person gives up, the
/// vault gets another root key with it: an object without the PIN, under the former release key or in another TPM opens older copies of the
/// vault alone. Every step before the vault's change may be interrupted and repeated: storage root key and counter are found again, and the
/// approval of what runs now is on disk before a slot depends on it.
/// </summary>
/// <param name="label">Of the slot, for people.</param>
/// <param name="now">For people: what runs at this moment.</param>
/// <param name="reach">What wraps another root key for the slots that stay, and which of them do not.</param>
public sealed class ProvisionTpm(TpmProvisioning provisioning, ReleaseKey release, string tpm, string label, string now, SlotReach reach)
    : SlotAct<ProvisionedTpm>
{
    private ProvisionedTpm? _result;

    public override string Action => AuditActions.TpmProvision;

    private protected override string Detail =>
        $"{tpm}, storage root key {Convert.ToHexStringLower(Result.Key.Id.Span)}, release key {release.Name}, "
        + $"{(provisioning.WantsPin ? "with" : "without")} a PIN, approved "
        + $"{(Result.Approval is { } approval ? $"{approval.Pcrs} {Convert.ToHexStringLower(approval.PcrDigest)}" : "nothing yet")}";

    internal override ProvisionedTpm Result => _result!;

    private protected override async Task<SlotPlan> PlanAsync(Vault vault, CancellationToken cancellation)
    {
        var key = await provisioning.ProvideKeyAsync(label, cancellation);
        List<VaultSlot> former = [.. vault.Contents.Slots.Where(slot => slot.BelongsTo(key))];
        if (former.Exists(slot => TpmSeal.WantsPinOf(slot)) && !provisioning.WantsPin && !provisioning.MayDropPin)
        {
            throw new AdminException(
                AdminFault.PinDropped,
                "the slot of this TPM wants a PIN, and nothing was said of one for the new slot",
                "say --with-pin to keep or change it, or --without-pin to open the vault without one from now on"
            );
        }

        return new SlotPlan(
            former,
            stop => ApproveAsync(key, vault.Contents.VaultId, stop),
            former.Count > 0 || vault.Contents.Slots.Any(reach.Drops) ? reach : null
        );
    }

    private async Task<IKeyEncryptionKey> ApproveAsync(TpmSealedKey key, Guid vaultId, CancellationToken cancellation)
    {
        _result = new ProvisionedTpm(key, await provisioning.ApproveAsync(vaultId, now, cancellation));
        return key;
    }
}

/// <summary>The TPM's key that has a slot, and what was approved (null: nothing yet).</summary>
public sealed record ProvisionedTpm(TpmSealedKey Key, TpmApproval? Approval);
