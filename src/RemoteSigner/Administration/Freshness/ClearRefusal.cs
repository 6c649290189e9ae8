using RemoteSigner.Audit;
using RemoteSigner.Freshness;
using RemoteSigner.Slashing;
using RemoteSigner.Spec;

namespace RemoteSigner.Administration.Freshness;

/// <summary>
/// What a person may overrule who has seen what is risked: takes vault, ledger and witness as they are after a refusal, with floors at the
/// fence, or at <paramref name="guess"/> where the record cannot be trusted to be the newest. The ledger stands on its floor first:
/// interrupted, it is refused again, or has these floors. The result says where they stand.
/// </summary>
/// <param name="shown">The refusal that was shown to him.</param>
public sealed class ClearRefusal(Standing standing, FreshnessReason shown, Epoch guess) : WitnessAct<SignedBounds>(standing)
{
    private StartEvidence? _evidence;
    private FreshnessRefusal? _refusal;
    private WitnessReading? _reading;

    public override string Action => "freshness.clear";

    internal override SignedBounds Result => Clearance.FloorAfter(_evidence!, _refusal!.Reason, Standing.PastTheLedger(guess));

    internal override async Task PrepareAsync(Proceeding proceeding, CancellationToken cancellation)
    {
        _evidence = await Standing.LookAsync(cancellation);
        _refusal =
            StartRules.Decide(_evidence) is StartDecision.Refuse(var refusal) && refusal.Reason == shown
                ? refusal
                : throw new AdminException(
                    "changed",
                    "the witness does not show any more what was shown",
                    "does another signer use it? Repeat the command, and look at what it shows now"
                );
        if (_evidence.Contest is not null)
        {
            await Standing.Witness.DiscardAsync(cancellation);
        }
        else if (_evidence.Stranger is not null)
        {
            await Standing.Witness.ClearAsync(cancellation);
        }

        _reading = await ProvideAsync(Standing.Witness, _evidence.Witness, cancellation);
    }

    internal override async Task<bool> CommitAsync(Proceeding proceeding)
    {
        var (found, reading, refusal, lost) = (Standing.Found, _reading!, _refusal!, Result);
        await proceeding.Slashing.RecordStartAsync(
            new LedgerStart(found.VaultId, reading.Identity, reading.Count, found.VaultGeneration),
            new GlobalFloor(lost, $"a person cleared this: {refusal.Detail}"),
            (transaction, _) =>
            {
                KnownVault.Put(transaction, found.Vault);
                return Note(
                    proceeding,
                    transaction,
                    reading,
                    _ => new FenceRecord(found.VaultId, reading.Count, lost, found.Vault.Mark, null).Write(Standing.Keys.Record),
                    $"{refusal.Reason} was cleared, floors at epoch {lost.Fence}, sources from epoch {lost.Source}: {refusal.Detail}",
                    AuditDecision.Granted
                );
            }
        );
        return true;
    }
}
