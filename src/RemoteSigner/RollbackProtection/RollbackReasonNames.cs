using System.Diagnostics;

namespace RemoteSigner.RollbackProtection;

/// <summary>
/// The name of a reason in the audit log, and its code in answers, health and metrics. Kept for years and read by others' programs: a
/// member of the enum may be renamed, its name and code here not.
/// </summary>
public static class RollbackReasonNames
{
    public static string Name(this RollbackReason reason) => Of(reason).Name;

    /// <summary>The code in metrics and answers.</summary>
    public static string Code(this RollbackReason reason) => Of(reason).Code;

    private static (string Name, string Code) Of(RollbackReason reason) =>
        reason switch
        {
            RollbackReason.NotStarted => ("NotStarted", "not_started"),
            RollbackReason.Stopping => ("Stopping", "stopping"),
            RollbackReason.FenceNotMoved => ("FenceNotMoved", "fence_not_moved"),
            RollbackReason.StartedElsewhere => ("StartedElsewhere", "started_elsewhere"),
            RollbackReason.NotEnrolled => ("NotEnrolled", "not_enrolled"),
            RollbackReason.AnchorMissing => ("AnchorMissing", "anchor_missing"),
            RollbackReason.AnchorReplaced => ("AnchorReplaced", "anchor_replaced"),
            RollbackReason.LedgerWithoutStart => ("LedgerWithoutStart", "ledger_without_start"),
            RollbackReason.AnchorSwitchedOff => ("AnchorSwitchedOff", "anchor_switched_off"),
            RollbackReason.LedgerForeign => ("LedgerForeign", "ledger_foreign"),
            RollbackReason.LedgerRolledBack => ("LedgerRolledBack", "ledger_rolled_back"),
            RollbackReason.CounterBehind => ("CounterBehind", "counter_behind"),
            RollbackReason.RecordMissing => ("RecordMissing", "record_missing"),
            RollbackReason.RecordForeign => ("RecordForeign", "record_foreign"),
            RollbackReason.RecordBehind => ("RecordBehind", "record_behind"),
            RollbackReason.VaultRolledBack => ("VaultRolledBack", "vault_rolled_back"),
            RollbackReason.AnchorContested => ("AnchorContested", "anchor_contested"),
            RollbackReason.VaultReplaced => ("VaultReplaced", "vault_replaced"),
            RollbackReason.VaultUnknown => ("VaultUnknown", "vault_unknown"),
            _ => throw new UnreachableException($"the reason {reason} has no name"),
        };
}
