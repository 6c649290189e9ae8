using RemoteSigner.Audit;
using RemoteSigner.Consensus.Slashing;
using RemoteSigner.Consensus.Spec;

namespace RemoteSigner.Freshness;

/// <summary>
/// Where the history of a ledger ends: number and hash of its newest audit entry, which commits to every decision before it, and the digest of what
/// each key has signed last. Two ledgers with the same end are the same. The newest source, target and slot of all keys are for people (null: none).
/// </summary>
public sealed record HistoryEnd(ulong Entries, Root Head, Root Marks, Epoch? Source, Epoch? Target, Slot? Slot)
{
    /// <summary>Of an open ledger, as it is at this point of its work.</summary>
    public static HistoryEnd Of(AuditHead head, HistoryMarks marks) =>
        new((ulong)head.Sequence, new Root(head.Hash.AsSpan()), marks.Digest, marks.Source, marks.Target, marks.Slot);

    /// <summary>The first epoch past all of it: the lowest fence that covers it.</summary>
    public Epoch FirstAfter(ulong slotsPerEpoch) => new(new[]
    {
        Source is { } source ? source.Value + 2 : 0,
        Target is { } target ? target.Value + 1 : 0,
        Slot is { } slot ? (slot.Value / slotsPerEpoch) + 1 : 0,
    }.Max());
}
