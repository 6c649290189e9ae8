using RemoteSigner.Slashing;

namespace RemoteSigner.RollbackProtection;

/// <summary>
/// The start protocol's judgement, without any effect. The ledger writes start n + 1 durably before the anchor counts to it, so a ledger
/// that was never put back has the anchor's count, or is one ahead after a crash between the two. Why each case is what it is: README.md
/// of this room.
/// </summary>
public static class StartRules
{
    private const string ClearHint =
        "find out what happened; 'remote-signer rollback-protection clear' then shows what is "
        + "risked and, once confirmed, lets it sign above the fence";

    public static StartDecision Decide(StartEvidence evidence) =>
        Refusal(evidence) is { } refusal ? new StartDecision.Refuse(refusal)
        : evidence.Record!.CleanStop is not { } stop || evidence.Record.Start != evidence.Anchor!.Count
            ? RaiseAfterUncleanStop(evidence.Record)
        : stop == evidence.End ? new StartDecision.Serve()
        : RaiseAfterExchange(evidence.Record, stop);

    private static RollbackRefusal? Refusal(StartEvidence evidence) =>
        evidence switch
        {
            { Contest: { } contest } => Person(RollbackReason.AnchorContested, contest),
            _ when VaultRules.RefusalOfAnother(evidence.Known, evidence.Vault) is { } another => another,
            { Stranger: { } stranger } => Person(
                RollbackReason.RecordForeign,
                $"{stranger}: this vault and its ledger are a copy from before the root "
                    + "key changed, or another vault, or somebody else wrote it"
            ),
            { Ledger: null, Anchor: null } => new(
                RollbackReason.NotEnrolled,
                "this data directory has no anchor of rollback protection yet",
                "'remote-signer rollback-protection enrol' makes one; do it only with the newest state of this data directory"
            ),
            // The fence of an older root key is gone from its device: the ledger says that it is the vault which is old.
            { Anchor: null }
                when evidence.Ledger.VaultId == evidence.VaultId && evidence.VaultGeneration < evidence.Ledger.VaultGeneration => Person(
                RollbackReason.VaultRolledBack,
                $"the vault has generation {evidence.VaultGeneration} and had "
                    + $"{evidence.Ledger.VaultGeneration} before: an old copy of the vault was put back"
            ),
            { Anchor: null } => Person(
                RollbackReason.AnchorMissing,
                $"the ledger knows start {evidence.Ledger.Start} with {evidence.Ledger.Anchor}, and there is no anchor for "
                    + "this vault: it was removed, or this is another machine or token, or vault "
                    + "and ledger are a copy from before the root key changed"
            ),
            { Ledger: null } => Person(
                RollbackReason.LedgerWithoutStart,
                $"the anchor counts {evidence.Anchor.Count} starts of this vault and the ledger has "
                    + "never seen one: it was deleted and made anew, or is of another signer"
            ),
            { Ledger.VaultId: var vault } when vault != evidence.VaultId => Person(
                RollbackReason.LedgerForeign,
                $"the ledger belongs to the vault {vault}, and the vault here is {evidence.VaultId}: one of the two was swapped"
            ),
            { Ledger.Anchor: var known, Anchor.Identity: var found } when known != found => Person(
                RollbackReason.AnchorReplaced,
                $"the ledger knows the anchor {known}, and the one here is {found}: it was replaced or made anew"
            ),
            { Anchor.Record.IsEmpty: true } => Person(
                RollbackReason.RecordMissing,
                "the anchor holds no record of the fence: it was made anew"
            ),
            { Record: null } => Person(
                RollbackReason.RecordForeign,
                "the anchor holds a record that was not made with this vault's key: somebody "
                    + "else wrote it, or the fence was moved to another anchor since"
            ),
            { Record.VaultId: var vault } when vault != evidence.VaultId => Person(
                RollbackReason.RecordForeign,
                $"the anchor holds the record of the vault {vault}, and the vault here is {evidence.VaultId}"
            ),
            _ => CountRefusal(evidence.Ledger, evidence.Anchor, evidence.Record) ?? RecordRefusal(evidence) ?? VaultRefusal(evidence),
        };

    private static RollbackRefusal? CountRefusal(LedgerStart ledger, RollbackAnchorReading anchor, FenceRecord record)
    {
        if (ledger.Start < anchor.Count)
        {
            return Person(
                RollbackReason.LedgerRolledBack,
                $"the ledger knows {ledger.Start} starts and the anchor counts {anchor.Count}: an old copy of the ledger was put back"
            );
        }

        return ledger.Start - anchor.Count > 1 || record.Start > anchor.Count
            ? Person(
                RollbackReason.CounterBehind,
                $"the anchor counts {anchor.Count} starts, the ledger {ledger.Start}, the record "
                    + $"of the fence {record.Start}: the counter was made anew or put back"
            )
            : null;
    }

    private static RollbackRefusal? RecordRefusal(StartEvidence evidence) =>
        evidence.IsRecordBehind
            ? Person(
                RollbackReason.RecordBehind,
                $"the anchor counts {evidence.Anchor!.Count} starts and its record is of start {evidence.Record!.Start}: "
                    + "the newest start died before its record was written, or another signer that uses the same anchor wrote over it"
            )
            : null;

    // A vault that is newer than both is a crash between its change and the record of it.
    private static RollbackRefusal? VaultRefusal(StartEvidence evidence)
    {
        var known = Math.Max(evidence.Record!.VaultGeneration, evidence.Ledger!.VaultGeneration);
        return evidence.VaultGeneration < known
                ? Person(
                    RollbackReason.VaultRolledBack,
                    $"the vault has generation {evidence.VaultGeneration} and had {known} before: an old copy of the vault was put back"
                )
            // The ledger is told of a changed vault before the anchor is: one that knows less is from before the change, and so is what it
            // says of keys.
            : evidence.Ledger.VaultGeneration < evidence.Record.VaultGeneration
                ? Person(
                    RollbackReason.LedgerRolledBack,
                    $"the ledger knows generation {evidence.Ledger.VaultGeneration} of the vault and the anchor "
                        + $"{evidence.Record.VaultGeneration}: an old copy of the ledger was put back"
                )
            : VaultRules.Refusal(evidence.Known, evidence.Vault) is { } refusal ? refusal
            : evidence.Record.Vault.Contradicts(evidence.Vault.Mark)
                ? Person(
                    RollbackReason.VaultUnknown,
                    $"the vault of generation {evidence.VaultGeneration} is not the one that the anchor knows: it was changed elsewhere"
                )
            : null;
    }

    private static RollbackRefusal Person(RollbackReason reason, string detail) => new(reason, detail, ClearHint);

    private static StartDecision.RaiseLowWatermarks RaiseAfterUncleanStop(FenceRecord record) =>
        new(
            new GlobalLowWatermark(
                record.Bounds,
                "the signer was not stopped in an orderly way, so nobody can tell a crash from an old copy of the ledger"
            )
        );

    private static StartDecision.RaiseLowWatermarks RaiseAfterExchange(FenceRecord record, HistoryEnd stop) =>
        new(
            new GlobalLowWatermark(
                record.Bounds,
                "the ledger is not the one that was stopped (that one ended at audit entry "
                    + $"{stop.Entries}): a copy was put back, or it was changed with another program",
                stop.Marks
            )
        );
}
