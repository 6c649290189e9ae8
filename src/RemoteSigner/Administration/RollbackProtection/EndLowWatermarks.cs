using RemoteSigner.Audit;
using RemoteSigner.RollbackProtection;

namespace RemoteSigner.Administration.RollbackProtection;

/// <summary>
/// What a person may overrule who has seen what is risked: takes the low watermarks under all keys away and takes the ledger for the
/// newest, whatever was lost. The next start serves at once. Interrupted before the anchor has it, the next start raises the low watermarks
/// again.
/// </summary>
public sealed class EndLowWatermarks(Standing standing) : RollbackAnchorAct<bool>(standing)
{
    private StartEvidence? _evidence;

    public override string Action => AuditActions.RollbackProtectionClear;

    internal override bool Result => true;

    internal override async Task PrepareAsync(Proceeding proceeding, CancellationToken cancellation)
    {
        _evidence = await Standing.LookAsync(cancellation);
        if (StartRules.Decide(_evidence) is StartDecision.Refuse(var refusal))
        {
            throw new AdminException(AdminFault.Changed, refusal.Detail, refusal.Hint);
        }

        if (await proceeding.Pending.WriteAsync(StartLog.WasElsewhere))
        {
            throw new AdminException(
                AdminFault.StartedElsewhere,
                "the newest start of this ledger found another signer on the same anchor: that one may have signed "
                    + "since, and this ledger does not know it, so its low watermarks stay until they are past",
                "use the data directory of the other signer; where it is lost, wait here, or import its history"
            );
        }
    }

    internal override async Task<bool> CommitAsync(Proceeding proceeding)
    {
        var (record, reading) = (_evidence!.Record!, _evidence.Anchor!);
        var raised = (StartRules.Decide(_evidence) as StartDecision.RaiseLowWatermarks)?.LowWatermark;
        await proceeding.Slashing.RemoveGlobalLowWatermarkAsync(
            (transaction, lowWatermark) =>
                Note(
                    proceeding,
                    transaction,
                    reading,
                    end =>
                        (record with { Start = reading.Count, Vault = Standing.Found.Vault.Mark }).EndedAt(end).Write(Standing.Keys.Record),
                    (lowWatermark ?? raised) is { } lifted
                        ? $"the low watermarks at epoch {lifted.Fence} were taken away: {lifted.Reason}"
                        : "there were no low watermarks",
                    AuditDecision.Granted
                )
        );
        return true;
    }
}
