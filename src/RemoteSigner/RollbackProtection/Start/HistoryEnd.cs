using RemoteSigner.Audit;
using RemoteSigner.Ledgers;
using RemoteSigner.Slashing;
using RemoteSigner.Spec;

namespace RemoteSigner.RollbackProtection;

/// <summary>
/// Where the history of a ledger ends: number and hash of its newest audit entry, which commits to every decision before it, and the digest
/// of what each key has signed last. Two ends are the same when these three are. <paramref name="Source"/> is the newest source of all
/// keys, or the lowest one that the low watermark under all keys lets pass where that is later: what may be lost had none beyond it. Newest
/// target and slot are for people. Null: none.
/// </summary>
public sealed record HistoryEnd(ulong Entries, Root Head, Root Marks, Epoch? Source, Epoch? Target, Slot? Slot)
{
    /// <summary>Of an open ledger, as it is at this point of its work.</summary>
    public static HistoryEnd Of(AuditHead head, HistoryMarks marks, GlobalLowWatermark? lowWatermark) =>
        new(
            (ulong)head.Sequence,
            new Root(head.Hash.AsSpan()),
            marks.Digest,
            Later(marks.Source, lowWatermark?.LowestSource),
            marks.Target,
            marks.Slot
        );

    /// <summary>The same, with what is asked for in one.</summary>
    public static HistoryEnd Of(LedgerTransaction transaction, SlashingProtection slashing) =>
        Of(AuditLog.HeadOf(transaction), slashing.MarksOf(transaction), SlashingProtection.LowWatermarkOf(transaction));

    /// <summary>The first epoch past all of it: the lowest fence that covers it.</summary>
    public Epoch FirstAfter(ulong slotsPerEpoch) =>
        new(
            new[]
            {
                Source is { } source ? source.Value + 2 : 0,
                Target is { } target ? target.Value + 1 : 0,
                Slot is { } slot ? (slot.Value / slotsPerEpoch) + 1 : 0,
            }.Max()
        );

    // A record of an earlier program does not have the low watermark in its source.
    public bool Equals(HistoryEnd? other) => other is not null && (Entries, Head, Marks) == (other.Entries, other.Head, other.Marks);

    public override int GetHashCode() => HashCode.Combine(Entries, Head, Marks);

    private static Epoch? Later(Epoch? one, Epoch? other) => one is null || other > one ? other : one;
}
