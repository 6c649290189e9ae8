using RemoteSigner.Audit;
using RemoteSigner.RollbackProtection;
using RemoteSigner.Slashing;
using RemoteSigner.Spec;

namespace RemoteSigner.Administration.RollbackProtection;

/// <summary>
/// What a person may overrule who has seen what is risked: takes vault, ledger and anchor as they are after a refusal, with low watermarks
/// at the fence, or at <paramref name="guess"/> where the record cannot be trusted to be the newest. The ledger stands on its low watermark
/// first: interrupted, it is refused again, or has these low watermarks. The result says where they stand.
/// </summary>
/// <param name="shown">The refusal that was shown to him.</param>
public sealed class ClearRefusal(Standing standing, RollbackReason shown, Epoch guess) : RollbackAnchorAct<SignedBounds>(standing)
{
    private StartEvidence? _evidence;
    private RollbackRefusal? _refusal;
    private RollbackAnchorReading? _reading;

    public override string Action => AuditActions.RollbackProtectionClear;

    internal override SignedBounds Result => Clearance.LowWatermarkAfter(_evidence!, _refusal!.Reason, Standing.PastTheLedger(guess));

    internal override async Task PrepareAsync(Proceeding proceeding, CancellationToken cancellation)
    {
        _evidence = await Standing.LookAsync(cancellation);
        _refusal =
            StartRules.Decide(_evidence) is StartDecision.Refuse(var refusal) && refusal.Reason == shown
                ? refusal
                : throw new AdminException(
                    AdminFault.Changed,
                    "the anchor does not show any more what was shown",
                    "does another signer use it? Repeat the command, and look at what it shows now"
                );
        if (_evidence.Contest is not null)
        {
            await Standing.Anchor.DiscardAsync(cancellation);
        }
        else if (_evidence.Stranger is not null)
        {
            await Standing.Anchor.ClearAsync(cancellation);
        }

        _reading = await ProvideAsync(Standing.Anchor, _evidence.Anchor, cancellation);
    }

    internal override async Task<bool> CommitAsync(Proceeding proceeding)
    {
        var (found, reading, refusal, lost) = (Standing.Found, _reading!, _refusal!, Result);
        await proceeding.Slashing.RecordStartAsync(
            new LedgerStart(found.VaultId, reading.Identity, reading.Count, found.VaultGeneration),
            new GlobalLowWatermark(lost, $"a person cleared this: {refusal.Detail}"),
            (transaction, _) =>
            {
                KnownVault.Put(transaction, found.Vault);
                return Note(
                    proceeding,
                    transaction,
                    reading,
                    _ => new FenceRecord(found.VaultId, reading.Count, lost, found.Vault.Mark, null).Write(Standing.Keys.Record),
                    $"{refusal.Reason.Name()} was cleared, low watermarks at epoch {lost.Fence}, "
                        + $"sources from epoch {lost.Source}: {refusal.Detail}",
                    AuditDecision.Granted
                );
            }
        );
        return true;
    }
}
