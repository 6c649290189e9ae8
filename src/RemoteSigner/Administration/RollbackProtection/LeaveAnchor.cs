using RemoteSigner.Audit;
using RemoteSigner.RollbackProtection;
using RemoteSigner.Spec;

namespace RemoteSigner.Administration.RollbackProtection;

/// <summary>
/// Lets no anchor go along from here on, after an orderly stop. The anchor is voided first, then the ledger forgets its starts: else a
/// copy from before would be served while runs without an anchor sign. Interrupted in between nothing is signed, and nobody vouches for the
/// ledger any more: a person clears it.
/// </summary>
public sealed class LeaveAnchor(Standing standing) : RollbackAnchorAct<string>(standing)
{
    private RollbackAnchorReading? _seen;
    private long _entry;

    public override string Action => AuditActions.RollbackProtectionLeave;

    internal override string Result => Standing.Anchor.Description;

    private protected override PendingEffect EffectOf(Root record) => new PendingEffect.HandedOver(record);

    internal override async Task PrepareAsync(Proceeding proceeding, CancellationToken cancellation)
    {
        var evidence = await Standing.LookAsync(cancellation);
        _seen =
            StartRules.Decide(evidence) is StartDecision.Serve
                ? evidence.Anchor
                : throw NotStopped("leaving the anchor now would hide why");
    }

    internal override async Task<bool> CommitAsync(Proceeding proceeding)
    {
        _entry = await proceeding.Pending.WriteAsync(transaction =>
            Note(
                proceeding,
                transaction,
                _seen!,
                _ => FenceRecord.Void,
                $"the fence of vault {Standing.Found.VaultId} leaves the {Result}: from "
                    + $"start {Standing.Found.Ledger!.Start} on no anchor goes along",
                AuditDecision.Granted
            )
        );
        return true;
    }

    internal override Task FinishAsync(Proceeding proceeding) =>
        proceeding.Slashing.ForgetStartAsync(
            (transaction, _) =>
            {
                PendingActs.End(transaction);
                return _entry;
            }
        );
}
