using RemoteSigner.Audit;
using RemoteSigner.Sealing;

namespace RemoteSigner.Administration.Seals;

/// <summary>
/// Gives a recovery key, whose private half lies offline, a slot of the vault: whoever has it and a copy of the vault has the shares.
/// </summary>
public sealed class AddRecoverySlot(RecoveryKey key) : SlotAct<RecoveryKey>
{
    public override string Action => AuditActions.SealEnrol;

    private protected override string Detail => $"recovery key {key.Label} ({Convert.ToHexStringLower(key.Id.Span)})";

    internal override RecoveryKey Result => key;

    private protected override Task<SlotPlan> PlanAsync(Vault vault, CancellationToken cancellation) =>
        Task.FromResult(new SlotPlan([], _ => Task.FromResult<IKeyEncryptionKey>(key), null));
}
