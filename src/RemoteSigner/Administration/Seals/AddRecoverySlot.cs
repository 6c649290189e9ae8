using RemoteSigner.Sealing;

namespace RemoteSigner.Administration.Seals;

/// <summary>Gives a recovery key, whose private half lies offline, a slot of the vault: whoever has it and a copy of the vault has the shares.</summary>
public sealed class AddRecoverySlot(RecoveryKey key) : SlotAct<RecoveryKey>
{
    public override string Action => "seal.enrol";

    private protected override string Detail => $"recovery key {key.Label} ({Convert.ToHexStringLower(key.Id.Span)})";

    internal override RecoveryKey Result => key;

    private protected override async Task<IReadOnlyList<VaultSlot>> PlanAsync(Vault vault, CancellationToken cancellation) =>
        vault.Slots(await vault.PrepareSlotAsync(key, prove: false, cancellation), removed: null);
}
