namespace RemoteSigner.RollbackProtection;

/// <summary>
/// Why a duty, or everything, is not signed: a reason for programs, a detail for clients and logs, a hint for the operator.
/// </summary>
public sealed record RollbackRefusal(RollbackReason Reason, string Detail, string Hint);

/// <summary>The reasons of a <see cref="RollbackRefusal"/>. All but the first four stand until a person clears them.</summary>
public enum RollbackReason
{
    /// <summary>The start protocol has not ended yet: the vault or the anchor is not there.</summary>
    NotStarted,

    /// <summary>The signer is stopping.</summary>
    Stopping,

    /// <summary>The duty is at or beyond the fence, and the anchor did not take a further one in time.</summary>
    FenceNotMoved,

    /// <summary>
    /// Another signer was started with the same anchor before or while this one ran, or this machine was cloned: only one of them may go
    /// on.
    /// </summary>
    StartedElsewhere,

    /// <summary>Neither the ledger nor the anchor knows of a start: a data directory from before there was a fence.</summary>
    NotEnrolled,

    /// <summary>The ledger has starts and there is no anchor: it was removed, or this is another machine or token.</summary>
    AnchorMissing,

    /// <summary>There is another anchor than the one the ledger knows: the hardware was replaced, or the anchor made anew.</summary>
    AnchorReplaced,

    /// <summary>There is an anchor for this vault, and the ledger has never seen a start.</summary>
    LedgerWithoutStart,

    /// <summary>
    /// The ledger knows an anchor and the configuration says that there is none: whoever wants that must leave the anchor first.
    /// </summary>
    AnchorSwitchedOff,

    /// <summary>The ledger belongs to another vault.</summary>
    LedgerForeign,

    /// <summary>The ledger's count of starts is behind the anchor: an old copy was put back.</summary>
    LedgerRolledBack,

    /// <summary>The anchor's count is behind the ledger or behind its own record: the counter was made anew or put back.</summary>
    CounterBehind,

    /// <summary>The anchor holds no record.</summary>
    RecordMissing,

    /// <summary>The anchor holds a record that was not made with this vault's key.</summary>
    RecordForeign,

    /// <summary>The record is not of the newest start: that one died before it wrote it, or another signer wrote over it.</summary>
    RecordBehind,

    /// <summary>The vault is older than the anchor or the ledger knows it: an old copy was put back.</summary>
    VaultRolledBack,

    /// <summary>The anchor shows what two wrote at the same moment, and nobody can tell which of it is right.</summary>
    AnchorContested,

    /// <summary>The vault has another id or root key than the ledger remembers: another one was put in its place.</summary>
    VaultReplaced,

    /// <summary>The vault is neither what the ledger remembers nor older: it was changed elsewhere, or nobody vouches for it.</summary>
    VaultUnknown,
}
