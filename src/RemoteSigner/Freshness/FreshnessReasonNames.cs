using System.Diagnostics;

namespace RemoteSigner.Freshness;

/// <summary>
/// The name of a reason in the audit log; in snake case it is the reason code of answers, health and metrics. Kept for years and read by
/// others' programs: a member of the enum may be renamed, its name here not.
/// </summary>
public static class FreshnessReasonNames
{
    public static string Name(this FreshnessReason reason) =>
        reason switch
        {
            FreshnessReason.NotStarted => "NotStarted",
            FreshnessReason.Stopping => "Stopping",
            FreshnessReason.FenceNotMoved => "FenceNotMoved",
            FreshnessReason.StartedElsewhere => "StartedElsewhere",
            FreshnessReason.NotEnrolled => "NotEnrolled",
            FreshnessReason.WitnessMissing => "WitnessMissing",
            FreshnessReason.WitnessReplaced => "WitnessReplaced",
            FreshnessReason.LedgerWithoutStart => "LedgerWithoutStart",
            FreshnessReason.WitnessSwitchedOff => "WitnessSwitchedOff",
            FreshnessReason.LedgerForeign => "LedgerForeign",
            FreshnessReason.LedgerRolledBack => "LedgerRolledBack",
            FreshnessReason.CounterBehind => "CounterBehind",
            FreshnessReason.RecordMissing => "RecordMissing",
            FreshnessReason.RecordForeign => "RecordForeign",
            FreshnessReason.RecordBehind => "RecordBehind",
            FreshnessReason.VaultRolledBack => "VaultRolledBack",
            FreshnessReason.WitnessContested => "WitnessContested",
            FreshnessReason.VaultReplaced => "VaultReplaced",
            FreshnessReason.VaultUnknown => "VaultUnknown",
            _ => throw new UnreachableException($"the reason {reason} has no name"),
        };
}
