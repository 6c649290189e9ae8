using RemoteSigner.Sealing;

namespace RemoteSigner.Administration.Seals;

/// <summary>Takes a slot away, of a device that is to open the vault no more; copies of the vault still have it. Not the one by which signer.json opens the vault.</summary>
/// <param name="keyId">Its key's id in hex, as <c>seal status</c> shows it.</param>
/// <param name="present">The key by which signer.json opens the vault.</param>
public sealed class RemoveSlot(string keyId, IKeyEncryptionKey present) : SlotAct<VaultSlot>
{
    private VaultSlot? _slot;

    public override string Action => "seal.remove";

    private protected override string Detail => $"{Result.Type} slot of {Result.Label} ({Convert.ToHexStringLower(Result.KeyId.Span)})";

    internal override VaultSlot Result => _slot!;

    private protected override Task<IReadOnlyList<VaultSlot>> PlanAsync(Vault vault, CancellationToken cancellation)
    {
        _slot = vault.Contents.Slots.FirstOrDefault(slot => string.Equals(Convert.ToHexString(slot.KeyId.Span), keyId, StringComparison.OrdinalIgnoreCase))
            ?? throw new AdminException("unknown_slot", $"the vault has no slot for a key {keyId}", "'remote-signer seal status' lists the slots");
        return _slot.Type == present.SlotType && _slot.KeyId.Span.SequenceEqual(present.Id.Span)
            ? throw new AdminException("slot_in_use", $"this is the slot by which signer.json opens the vault ({_slot.Label})", "name the other device in signer.json first")
            : Task.FromResult(vault.Slots(added: null, (_slot.Type, _slot.KeyId)));
    }
}
