using RemoteSigner.Audit;
using RemoteSigner.Sealing;

namespace RemoteSigner.Administration.Seals;

/// <summary>
/// Takes a slot away, of a device that must no longer open the vault: copies of the vault still have it, and it opens those alone. Not the
/// one by which signer.json opens the vault.
/// </summary>
/// <param name="keyId">Its key's id in hex, as <c>seal status</c> shows it.</param>
/// <param name="present">The key by which signer.json opens the vault.</param>
/// <param name="reach">What wraps another root key for the slots that stay.</param>
public sealed class RemoveSlot(string keyId, IKeyEncryptionKey present, SlotReach reach) : SlotAct<VaultSlot>
{
    private VaultSlot? _slot;

    public override string Action => AuditActions.SealRemove;

    private protected override string Detail => $"{Result.Type.Name()} slot of {Result.Label} ({Result.KeyIdText})";

    internal override VaultSlot Result => _slot!;

    private protected override Task<SlotPlan> PlanAsync(Vault vault, CancellationToken cancellation)
    {
        _slot = vault.Contents.Slots.FirstOrDefault(slot => string.Equals(slot.KeyIdText, keyId, StringComparison.OrdinalIgnoreCase))
            ?? throw new AdminException(
                AdminFault.UnknownSlot,
                $"the vault has no slot for a key {keyId}",
                "'remote-signer seal status' lists the slots"
            );
        return _slot.BelongsTo(present)
            ? throw new AdminException(
                AdminFault.SlotInUse,
                $"this is the slot by which signer.json opens the vault ({_slot.Label})",
                "name the other device in signer.json first"
            )
            : Task.FromResult(new SlotPlan([_slot], null, reach));
    }
}
