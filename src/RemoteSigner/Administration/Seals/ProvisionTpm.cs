using RemoteSigner.Sealing;
using RemoteSigner.Sealing.Tpm2;

namespace RemoteSigner.Administration.Seals;

/// <summary>
/// Gives the vault a slot under this machine's TPM, in place of the one it may have. Every step before the vault's change may be interrupted and repeated: storage root key and counter are found
/// again, and the approval of what runs now is on disk before a slot depends on it.
/// </summary>
/// <param name="label">Of the slot, for people.</param>
/// <param name="now">For people: what runs at this moment.</param>
public sealed class ProvisionTpm(TpmProvisioning provisioning, ReleaseKey release, string tpm, string label, string now, TimeProvider time) : SlotAct<ProvisionedTpm>
{
    private ProvisionedTpm? _result;

    public override string Action => "tpm.provision";

    private protected override string Detail =>
        $"{tpm}, storage root key {Convert.ToHexStringLower(Result.Key.Id.Span)}, release key {release.Name}, approved {(Result.Approval is { } approval ? $"{approval.Pcrs} {Convert.ToHexStringLower(approval.PcrDigest)}" : "nothing yet")}";

    internal override ProvisionedTpm Result => _result!;

    // Proven only where something is approved: else nothing opens it yet.
    private protected override async Task<IReadOnlyList<VaultSlot>> PlanAsync(Vault vault, CancellationToken cancellation)
    {
        var key = await provisioning.ProvideKeyAsync(label, cancellation);
        var approval = await provisioning.ApproveAsync(vault.Contents.VaultId, now, cancellation);
        var started = time.GetTimestamp();
        var slot = await vault.PrepareSlotAsync(key, prove: approval is not null, cancellation);
        _result = new ProvisionedTpm(key, approval, approval is null ? null : time.GetElapsedTime(started));
        return vault.Slots(slot, removed: null, replace: true);
    }
}

/// <summary>The TPM's key that has a slot, what was approved (null: nothing yet), and how long sealing and opening took together.</summary>
public sealed record ProvisionedTpm(TpmSealedKey Key, TpmApproval? Approval, TimeSpan? Took);
