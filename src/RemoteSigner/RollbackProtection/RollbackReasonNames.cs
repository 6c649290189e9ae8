using System.Diagnostics;

namespace RemoteSigner.RollbackProtection;

/// <summary>
/// The name of a reason in the audit log; in snake case it is the reason code of answers, health and metrics. Kept for years and read by
/// others' programs: a member of the enum may be renamed, its name here not.
/// </summary>
public static class RollbackReasonNames
{
    public static string Name(this RollbackReason reason) =>
        reason switch
        {
            RollbackReason.NotStarted => "NotStarted",
            RollbackReason.Stopping => "Stopping",
            RollbackReason.FenceNotMoved => "FenceNotMoved",
            RollbackReason.StartedElsewhere => "StartedElsewhere",
            RollbackReason.NotEnrolled => "NotEnrolled",
            RollbackReason.AnchorMissing => "AnchorMissing",
            RollbackReason.AnchorReplaced => "AnchorReplaced",
            RollbackReason.LedgerWithoutStart => "LedgerWithoutStart",
            RollbackReason.AnchorSwitchedOff => "AnchorSwitchedOff",
            RollbackReason.LedgerForeign => "LedgerForeign",
            RollbackReason.LedgerRolledBack => "LedgerRolledBack",
            RollbackReason.CounterBehind => "CounterBehind",
            RollbackReason.RecordMissing => "RecordMissing",
            RollbackReason.RecordForeign => "RecordForeign",
            RollbackReason.RecordBehind => "RecordBehind",
            RollbackReason.VaultRolledBack => "VaultRolledBack",
            RollbackReason.AnchorContested => "AnchorContested",
            RollbackReason.VaultReplaced => "VaultReplaced",
            RollbackReason.VaultUnknown => "VaultUnknown",
            _ => throw new UnreachableException($"the reason {reason} has no name"),
        };
}
