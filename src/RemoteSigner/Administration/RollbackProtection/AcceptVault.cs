using RemoteSigner.Audit;
using RemoteSigner.RollbackProtection;
using RemoteSigner.Sealing;
using RemoteSigner.Slashing;

namespace RemoteSigner.Administration.RollbackProtection;

/// <summary>
/// Where no anchor goes along: what a person may overrule who has seen what is risked. The ledger remembers the vault that is there, in
/// place of the one that it knew, and, because it may be the older of the two, stands on a low watermark past all that may have been
/// signed, in the same transaction.
/// </summary>
/// <param name="vault">As it was opened.</param>
/// <param name="shown">The refusal that was shown to him.</param>
/// <param name="lost">Bounds of what may have been signed and is not in this ledger.</param>
public sealed class AcceptVault(VaultAnchor vault, RollbackRefusal shown, SignedBounds lost) : AdminAct<bool>
{
    public override string Action => AuditActions.RollbackProtectionClear;

    internal override bool Result => true;

    internal override async Task<bool> CommitAsync(Proceeding proceeding)
    {
        await proceeding.Slashing.RaiseGlobalLowWatermarkAsync(
            new GlobalLowWatermark(lost, $"a person cleared this: {shown.Detail}"),
            (transaction, _) =>
            {
                KnownVault.Put(transaction, vault);
                return proceeding.Append(transaction, Action, entry =>
                    entry with
                    {
                        Decision = AuditDecision.Granted,
                        Detail =
                            $"{shown.Reason.Name()} was cleared, without an anchor, low watermarks at epoch "
                            + $"{lost.Fence}, sources from epoch {lost.Source}: {shown.Detail}",
                    }
                );
            }
        );
        return true;
    }
}
