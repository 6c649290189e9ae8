using RemoteSigner.Ledgers;
using RemoteSigner.Slashing.Store;
using RemoteSigner.Spec;

namespace RemoteSigner.Audit;

/// <summary>
/// Walks one kind of slashing records in their order. A record made here (not imported) names the entry that granted it: that entry
/// must be there and say the same. So a log that was cut short shows, as long as the records are younger than the cut.
/// </summary>
internal sealed class RecordWalk
{
    private const int RowsPerStep = 1000;

    private readonly string _kind;
    private readonly Func<LedgerTransaction, RecordedDuty?, int, IReadOnlyList<RecordedDuty>> _after;
    private readonly Func<SignedClaim, RecordedDuty, bool> _says;
    private readonly long _base;
    private readonly bool _withSegments;
    private readonly bool _isBlocks;
    private RecordedDuty? _last;

    private RecordWalk(
        string kind,
        bool isBlocks,
        long @base,
        bool withSegments,
        Func<LedgerTransaction, RecordedDuty?, int, IReadOnlyList<RecordedDuty>> after,
        Func<SignedClaim, RecordedDuty, bool> says
    ) => (_kind, _isBlocks, _base, _withSegments, _after, _says) = (kind, isBlocks, @base, withSegments, after, says);

    public bool Ended { get; private set; }

    public long Matched { get; private set; }

    /// <summary>Records whose entry was dropped and is in no segment.</summary>
    public long Unmatched { get; private set; }

    public static RecordWalk OfBlocks(long @base, bool withSegments) =>
        new("block for slot", isBlocks: true, @base, withSegments, RecordedDuties.BlocksAfter, (claim, record) =>
            claim.IsBlock && Same(claim.Slot, record.Number)
        );

    public static RecordWalk OfRecentVotes(long @base, bool withSegments) => OfVotes(@base, withSegments, RecordedDuties.RecentVotesAfter);

    public static RecordWalk OfGatheredVotes(long @base, bool withSegments) => OfVotes(@base, withSegments, RecordedDuties.VotesAfter);

    private static RecordWalk OfVotes(
        long @base,
        bool withSegments,
        Func<LedgerTransaction, RecordedDuty?, int, IReadOnlyList<RecordedDuty>> after
    ) =>
        new("vote for target epoch", isBlocks: false, @base, withSegments, after, (claim, record) =>
            claim.IsAttestation && Same(claim.Target, record.Number) && Same(claim.Source, record.Source)
        );

    public AuditVerification.Broken? Walk(LedgerTransaction transaction)
    {
        var records = _after(transaction, _last, RowsPerStep);
        foreach (var record in records)
        {
            _last = record;
            if (record.Evidence <= _base && !_withSegments)
            {
                Unmatched++;
            }
            else if (record.Evidence is { } evidence)
            {
                if (Problem(transaction, record, evidence) is { } problem)
                {
                    return new AuditVerification.Broken(evidence, problem);
                }

                Matched++;
            }
        }

        Ended = records.Count < RowsPerStep;
        return null;
    }

    private string? Problem(LedgerTransaction transaction, RecordedDuty record, long evidence)
    {
        if (evidence <= _base && GrantedRoots.Include(transaction, record, _isBlocks, evidence))
        {
            return null;
        }

        var name = $"the record of a {_kind} {record.Number}, root {Hex.Format(record.Root.Span)},";
        if (LedgerEntries.Find(transaction, evidence) is not { } entry)
        {
            return $"{name} points to entry {evidence}, which is not in the log";
        }

        var claim = SignedClaim.Read(entry);
        return
            _says(claim, record)
            && claim is { Root: { } root, ShareKey: { } share }
            && root.Bytes.SequenceEqual(record.Root.Span)
            && RecordedDuties.AreOf(transaction, share, record.Validator)
            ? null
            : $"{name} points to entry {evidence}, which says something else";
    }

    private static bool Same(ulong? claimed, long recorded) => claimed is <= long.MaxValue and { } number && (long)number == recorded;
}
