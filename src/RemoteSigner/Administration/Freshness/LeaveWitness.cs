using RemoteSigner.Audit;
using RemoteSigner.Freshness;
using RemoteSigner.Spec;

namespace RemoteSigner.Administration.Freshness;

/// <summary>
/// Lets no witness go along from here on, after an orderly stop. The witness is voided first, then the ledger forgets its starts: else a
/// copy from before would be served while runs without a witness sign. Interrupted in between nothing is signed, and nobody vouches for the
/// ledger any more: a person clears it.
/// </summary>
public sealed class LeaveWitness(Standing standing) : WitnessAct<string>(standing)
{
    private WitnessReading? _seen;
    private long _entry;

    public override string Action => "freshness.leave";

    internal override string Result => Standing.Witness.Description;

    private protected override PendingEffect EffectOf(Root record) => new PendingEffect.HandedOver(record);

    internal override async Task PrepareAsync(Proceeding proceeding, CancellationToken cancellation)
    {
        var evidence = await Standing.LookAsync(cancellation);
        _seen =
            StartRules.Decide(evidence) is StartDecision.Serve
                ? evidence.Witness
                : throw NotStopped("leaving the witness now would hide why");
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
                    + $"start {Standing.Found.Ledger!.Start} on no witness goes along",
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
