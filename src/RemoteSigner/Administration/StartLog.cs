using System.Buffers.Binary;
using RemoteSigner.Audit;
using RemoteSigner.Ledgers;
using RemoteSigner.RollbackProtection;
using RemoteSigner.Slashing;

namespace RemoteSigner.Administration;

/// <summary>The entries of a start and a stop, which nobody asks for: they are the signer's own.</summary>
public static class StartLog
{
    private const string Elsewhere = "rollback_protection.elsewhere";

    // Its name in ledgers of before version 7.
    private const string FormerElsewhere = "freshness.elsewhere";

    private static readonly Actor _itself = new Actor.Itself();

    /// <summary>
    /// For the start protocol. What was to be written into the anchor before and is not there is told first: this start writes over it.
    /// </summary>
    public static StartEntries Entries(AuditLog audit) =>
        new(
            (transaction, counted) =>
            {
                Reconciliation.EndInAnchor(transaction, [counted.Found], (action, detail) =>
                    audit.Append(transaction, _itself.Entry(action) with { Detail = detail })
                );
                return audit.Append(transaction, Counted(counted, SlashingProtection.LowWatermarkOf(transaction)));
            },
            (transaction, lowWatermark) => audit.Append(transaction, Completed(_itself, lowWatermark)),
            refusal =>
                audit.RecordAsync(
                    _itself.Entry(AuditActions.RollbackProtectionStart, AuditDecision.Refused) with
                    {
                        Rule = refusal.Reason.Name(),
                        Detail = refusal.Detail,
                    },
                    refusal.Reason == RollbackReason.StartedElsewhere ? NoteElsewhere : null
                )
        );

    /// <summary>
    /// Did the newest start that the ledger knows find another signer on the same anchor? That one may have signed since, and this ledger
    /// does not know it.
    /// </summary>
    internal static bool WasElsewhere(LedgerTransaction transaction) =>
        SlashingProtection.StartOf(transaction) is { } start
        && (LedgerNotes.Find(transaction, Elsewhere) ?? LedgerNotes.Find(transaction, FormerElsewhere)) is { } noted
        && BinaryPrimitives.ReadUInt64BigEndian(noted) == start.Start;

    private static void NoteElsewhere(LedgerTransaction transaction)
    {
        if (SlashingProtection.StartOf(transaction) is { } start)
        {
            Span<byte> number = stackalloc byte[sizeof(ulong)];
            BinaryPrimitives.WriteUInt64BigEndian(number, start.Start);
            LedgerNotes.Put(transaction, Elsewhere, number);
        }
    }

    /// <summary>The last entry of a run, in the work that reads where its ledger ends.</summary>
    public static long Stop(AuditLog audit, LedgerTransaction transaction) =>
        audit.Append(transaction, _itself.Entry(AuditActions.RollbackProtectionStop));

    /// <summary>
    /// For the fence of a vault that got another root key: the ledger names the place where it goes on. What was to be written into the
    /// former one and is not there is told first.
    /// </summary>
    public static EvidenceWriter<(LedgerStart Start, RollbackAnchorReading Former)> Succession(AuditLog audit) =>
        (transaction, named) =>
        {
            Reconciliation.EndInAnchor(transaction, [named.Former], (action, detail) =>
                audit.Append(transaction, _itself.Entry(action) with { Detail = detail })
            );
            return audit.Append(
                transaction,
                _itself.Entry(AuditActions.RollbackProtectionRekey) with
                {
                    Detail =
                        $"the fence of vault {named.Start.VaultId} goes on under its present root "
                        + $"key: start {named.Start.Start} with {named.Start.Anchor}",
                }
            );
        };

    internal static AuditEntry Completed(Actor actor, GlobalLowWatermark lowWatermark) =>
        actor.Entry(AuditActions.RollbackProtectionComplete) with
        {
            Detail =
                "the history reaches the marks that were recorded: the low watermarks of epoch "
                + $"{lowWatermark.Fence} under all keys ended, each key stands at its newest number",
        };

    private static AuditEntry Counted(CountedStart counted, GlobalLowWatermark? lowWatermark) =>
        counted.Decision is StartDecision.RaiseLowWatermarks
            ? _itself.Entry(AuditActions.RollbackProtectionLowWatermarks) with
            {
                Detail =
                    $"start {counted.Start.Start}: epoch {lowWatermark!.Fence}, sources from "
                    + $"epoch {lowWatermark.LowestSource}: {lowWatermark.Reason}",
            }
            : _itself.Entry(AuditActions.RollbackProtectionStart) with
            {
                Detail = $"start {counted.Start.Start} with {counted.Start.Anchor}, vault generation {counted.Start.VaultGeneration}",
            };
}
