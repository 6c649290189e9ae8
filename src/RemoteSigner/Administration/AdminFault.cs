using System.Diagnostics;

namespace RemoteSigner.Administration;

/// <summary>Why an act is refused.</summary>
public enum AdminFault
{
    /// <summary>signer.json does not grant it to this client, or not with these keys.</summary>
    NotAllowed,

    /// <summary>Vault or ledger may be an older copy that was put back.</summary>
    NotNewest,

    /// <summary>The system clock is in doubt, so nobody can say what may have been signed by now.</summary>
    ClockInDoubt,

    /// <summary>A reason is wanted, for the audit log.</summary>
    NoReason,

    /// <summary>The watermark lies beyond the clock.</summary>
    WatermarkInTheFuture,

    /// <summary>The segment has other entries than this log keeps.</summary>
    AnotherLog,

    /// <summary>Somebody who follows the log has not read all of these entries yet.</summary>
    NotDelivered,

    /// <summary>Shares are held under this document.</summary>
    SharesHeld,

    /// <summary>The vault has no such slot.</summary>
    UnknownSlot,

    /// <summary>It is the slot by which signer.json opens the vault.</summary>
    SlotInUse,

    /// <summary>The fence is still under the root key before the present one.</summary>
    NotFollowed,

    /// <summary>The slot wants a PIN, and nothing was said of one for the new slot.</summary>
    PinDropped,

    /// <summary>The anchor does not show any more what was shown.</summary>
    Changed,

    /// <summary>Another signer started on the same anchor, so the low watermarks stay.</summary>
    StartedElsewhere,

    /// <summary>The ledger is not the one that was stopped in an orderly way.</summary>
    NotStopped,

    /// <summary>The data directory has an anchor.</summary>
    Enrolled,

    /// <summary>These are not parked shares of the vault, one of each validator.</summary>
    NothingParked,

    /// <summary>No share in the vault waits to be bound to this document.</summary>
    NothingToBind,

    /// <summary>Shares of the document are here, and held under another cluster or validator.</summary>
    BoundElsewhere,

    /// <summary>The vault has no recovery key, and an export takes two hands.</summary>
    NoRecoverySlot,

    /// <summary>The recovery key that was given for an export does not open the vault; in the audit log alone.</summary>
    RecoveryKeyRefused,

    /// <summary>There is no such Charon lock here that can be read.</summary>
    NotALock,

    /// <summary>No share of the cluster signs here.</summary>
    NothingToExport,

    /// <summary>The folder of an export is not in memory, or its memory may reach a disk.</summary>
    NotInMemory,

    /// <summary>The keystores of an export could not be written; the shares sign nothing.</summary>
    ExportNotWritten,

    /// <summary>Whether the keystores of an export are still there cannot be seen.</summary>
    ExportNotSeen,

    /// <summary>The keystores of an export are still there.</summary>
    ExportStillThere,
}

/// <summary>The error code of a fault: a member may be renamed, its code not.</summary>
public static class AdminFaultCodes
{
    public static string Code(this AdminFault fault) =>
        fault switch
        {
            AdminFault.NotAllowed => "not_allowed",
            AdminFault.NotNewest => "not_newest",
            AdminFault.ClockInDoubt => "clock_in_doubt",
            AdminFault.NoReason => "no_reason",
            AdminFault.WatermarkInTheFuture => "watermark_in_the_future",
            AdminFault.AnotherLog => "another_log",
            AdminFault.NotDelivered => "not_delivered",
            AdminFault.SharesHeld => "shares_held",
            AdminFault.UnknownSlot => "unknown_slot",
            AdminFault.SlotInUse => "slot_in_use",
            AdminFault.NotFollowed => "not_followed",
            AdminFault.PinDropped => "pin_dropped",
            AdminFault.Changed => "changed",
            AdminFault.StartedElsewhere => "started_elsewhere",
            AdminFault.NotStopped => "not_stopped",
            AdminFault.Enrolled => "enrolled",
            AdminFault.NothingParked => "nothing_parked",
            AdminFault.NothingToBind => "nothing_to_bind",
            AdminFault.BoundElsewhere => "bound_elsewhere",
            AdminFault.NoRecoverySlot => "no_recovery_slot",
            AdminFault.RecoveryKeyRefused => "recovery_key_refused",
            AdminFault.NotALock => "not_a_lock",
            AdminFault.NothingToExport => "nothing_to_export",
            AdminFault.NotInMemory => "not_in_memory",
            AdminFault.ExportNotWritten => "export_not_written",
            AdminFault.ExportNotSeen => "export_not_seen",
            AdminFault.ExportStillThere => "export_still_there",
            _ => throw new UnreachableException($"the fault {fault} has no code"),
        };
}
