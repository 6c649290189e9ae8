using RemoteSigner.Audit;
using RemoteSigner.Ledgers;
using RemoteSigner.Spec;

namespace RemoteSigner.Administration.History;

/// <summary>
/// Drops the oldest entries of the audit log, once they are in a segment: its file is read whole, and must lead from where the log begins
/// to the very entry that the log has. A checkpoint entry says which file, up to which entry, with which hash; the chain goes on from
/// there. Slashing records stay.
/// </summary>
/// <param name="path">The segment.</param>
public sealed class DropAudit(string path) : AdminAct<AuditSegment>
{
    private const int EntriesPerTransaction = 5000;

    private AuditSegment? _segment;
    private Root _hash;

    public override string Action => AuditActions.AuditCheckpoint;

    internal override AuditSegment Result => _segment!;

    internal override async Task PrepareAsync(Proceeding proceeding, CancellationToken cancellation)
    {
        _hash = FileHash.Of(path);
        await foreach (var lot in AuditSegment.EntriesAsync(path, cancellation).Chunk(EntriesPerTransaction).WithCancellation(cancellation))
        {
            (_segment, var entries) = (lot[^1].Segment, Array.ConvertAll(lot, one => one.Entry));
            var kept = await proceeding.Audit.ReadAsync(entries[0].Sequence - 1, entries.Length);
            if (
                kept.Count != entries.Length
                || kept.Zip(entries)
                    .Any(pair =>
                        pair.First.Sequence != pair.Second.Sequence || !pair.First.Entry.Span.SequenceEqual(pair.Second.Entry.Span)
                    )
            )
            {
                throw new AdminException(
                    AdminFault.AnotherLog,
                    $"entries {entries[0].Sequence} to {entries[^1].Sequence} of the segment are not those that this log keeps",
                    "'remote-signer audit verify' says what is wrong with the log; nothing was dropped"
                );
            }
        }
    }

    internal override async Task<bool> CommitAsync(Proceeding proceeding)
    {
        await proceeding.Pending.WriteAsync(transaction =>
        {
            RequireSame(transaction, Result);
            LedgerEntries.DropThrough(transaction, Result.Last);
            return proceeding.Append(transaction, Action, entry =>
                entry with
                {
                    FileHash = _hash,
                    Through = Result.Last,
                    Head = Result.Head,
                    Detail = path,
                }
            );
        });
        return true;
    }

    /// <summary>
    /// Frees the space, a lot at a time. What a crash leaves is freed with the next drop: the chain begins after it already.
    /// </summary>
    internal override async Task FollowAsync(Proceeding proceeding)
    {
        int deleted;
        do
        {
            deleted = await proceeding.Pending.WriteAsync(transaction => LedgerEntries.DeleteDropped(transaction, EntriesPerTransaction));
        } while (deleted > 0);
    }

    private static void RequireSame(LedgerTransaction transaction, AuditSegment segment)
    {
        var hash = new byte[Root.Length];
        if (
            LedgerEntries.Base(transaction, hash) != segment.First - 1
            || !segment.Previous.Bytes.SequenceEqual(hash)
            || LedgerEntries.FindHash(transaction, segment.Last) is not { } head
            || !segment.Head.Bytes.SequenceEqual(head)
        )
        {
            throw new AdminException(
                AdminFault.AnotherLog,
                $"the segment has entries {segment.First} to {segment.Last} with head "
                    + $"{segment.Head}, and they are not the oldest that this log keeps",
                "export the log again, then drop what that file has"
            );
        }

        if (EntryFeed.SlowestPosition(transaction) is { } position && position < segment.Last)
        {
            throw new AdminException(
                AdminFault.NotDelivered,
                $"not everybody who follows this log has its entries past {position}",
                "wait until they have, or export fewer with --through"
            );
        }
    }
}
