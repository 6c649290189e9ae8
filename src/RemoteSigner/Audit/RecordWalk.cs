using RemoteSigner.Ledgers;
using RemoteSigner.Spec;

namespace RemoteSigner.Audit;

/// <summary>
/// Walks one table of slashing records in the order of its key. A record made here (not imported) names the entry that granted it: that entry
/// must be there and say the same. So a log that was cut short shows, as long as the records are younger than the cut.
/// </summary>
internal sealed class RecordWalk
{
    private const int RowsPerStep = 1000;

    private readonly string _kind;
    private readonly string _sql;
    private readonly Func<SignedClaim, long, long, bool> _says;
    private (long Validator, long Number, long Source, byte[] Root) _last = (-1, -1, -1, []);

    private RecordWalk(string kind, string sql, Func<SignedClaim, long, long, bool> says) => (_kind, _sql, _says) = (kind, sql, says);

    public bool Ended { get; private set; }

    public long Matched { get; private set; }

    public static RecordWalk OfBlocks() => new(
        "block for slot",
        """
        SELECT b.validator, b.slot, 0, b.root, b.evidence, a.entry FROM block b LEFT JOIN audit a ON a.seq = b.evidence
        WHERE (b.validator, b.slot, 0, b.root) > (?1, ?2, ?3, ?4) ORDER BY b.validator, b.slot, b.root LIMIT ?5
        """,
        (claim, slot, _) => claim.IsBlock && Same(claim.Slot, slot));

    public static RecordWalk OfAttestations() => new(
        "vote for target epoch",
        """
        SELECT v.validator, v.target, v.source, v.root, v.evidence, a.entry FROM attestation v LEFT JOIN audit a ON a.seq = v.evidence
        WHERE (v.validator, v.target, v.source, v.root) > (?1, ?2, ?3, ?4) ORDER BY v.validator, v.target, v.source, v.root LIMIT ?5
        """,
        (claim, target, source) => claim.IsAttestation && Same(claim.Target, target) && Same(claim.Source, source));

    public AuditVerification.Broken? Walk(LedgerTransaction transaction)
    {
        var rows = transaction.Statement(_sql)
            .Bind(1, _last.Validator).Bind(2, _last.Number).Bind(3, _last.Source).Bind(4, _last.Root).Bind(5, RowsPerStep);
        var count = 0;
        for (; rows.Step(); count++)
        {
            _last = (rows.Number(0), rows.Number(1), rows.Number(2), rows.Blob(3).ToArray());
            if (rows.NumberOrNull(4) is { } evidence)
            {
                if (Problem(transaction, rows, evidence) is { } problem)
                {
                    return new AuditVerification.Broken(evidence, problem);
                }

                Matched++;
            }
        }

        Ended = count < RowsPerStep;
        return null;
    }

    private string? Problem(LedgerTransaction transaction, LedgerStatement row, long evidence)
    {
        var record = $"the record of a {_kind} {_last.Number}, root {Hex.Format(_last.Root)},";
        if (row.IsNull(5))
        {
            return $"{record} points to entry {evidence}, which is not in the log";
        }

        var claim = SignedClaim.Read(row.Blob(5));
        return _says(claim, _last.Number, _last.Source) && claim.Root is { } root && root.Bytes.SequenceEqual(_last.Root) && BelongsTo(transaction, claim, _last.Validator)
            ? null
            : $"{record} points to entry {evidence}, which says something else";
    }

    private static bool Same(ulong? claimed, long recorded) => claimed is <= long.MaxValue and { } number && (long)number == recorded;

    private static bool BelongsTo(LedgerTransaction transaction, SignedClaim claim, long validator)
    {
        var key = transaction.Statement("SELECT validator FROM public_key WHERE key = ?1").Bind(1, claim.ShareKey is { } share ? share.Bytes : []);
        var belongs = key.Step() && key.Number(0) == validator;
        key.Reset();
        return belongs;
    }
}
