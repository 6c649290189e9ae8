using RemoteSigner.Ledgers;
using RemoteSigner.Spec;

namespace RemoteSigner.Slashing.Store;

/// <summary>The slashing records for whoever holds the audit log against them. Reads only.</summary>
public static class RecordedDuties
{
    /// <summary>
    /// Up to <paramref name="limit"/> records of blocks after this one (null: from the first), by validator, slot and root.
    /// </summary>
    public static IReadOnlyList<RecordedDuty> BlocksAfter(LedgerTransaction transaction, RecordedDuty? last, int limit) =>
        Page(
            transaction.Statement(
                """
                SELECT validator, slot, 0, root, evidence FROM block WHERE (validator, slot, 0, root) > (?1, ?2, ?3, ?4)
                    ORDER BY validator, slot, root LIMIT ?5
                """
            ),
            last,
            limit
        );

    /// <summary>
    /// Up to <paramref name="limit"/> records of votes that were granted here and not gathered since, after this one (null: from the
    /// first), by target, validator, source and root.
    /// </summary>
    public static IReadOnlyList<RecordedDuty> RecentVotesAfter(LedgerTransaction transaction, RecordedDuty? last, int limit) =>
        Page(
            transaction.Statement(
                """
                SELECT validator, target, source, root, evidence FROM recent_vote WHERE (target, validator, source, root) > (?2,
                    ?1, ?3, ?4) ORDER BY target, validator, source, root LIMIT ?5
                """
            ),
            last,
            limit
        );

    /// <summary>
    /// Up to <paramref name="limit"/> records of all other votes after this one (null: from the first), by validator, target, source and
    /// root.
    /// </summary>
    public static IReadOnlyList<RecordedDuty> VotesAfter(LedgerTransaction transaction, RecordedDuty? last, int limit) =>
        Page(
            transaction.Statement(
                """
                SELECT validator, target, source, root, evidence FROM attestation WHERE (validator, target, source, root) > (?1,
                    ?2, ?3, ?4) ORDER BY validator, target, source, root LIMIT ?5
                """
            ),
            last,
            limit
        );

    /// <summary>Is this key one of the validator's?</summary>
    public static bool AreOf(LedgerTransaction transaction, BlsPublicKey key, long validator) =>
        KeyTable.Find(transaction, key)?.Validator == validator;

    /// <summary>Is this block on record, or does it lie below a low watermark that refuses all that could collide with it?</summary>
    public static bool CoverBlock(LedgerTransaction transaction, BlsPublicKey key, long slot, Root root) =>
        Found(
            transaction
                .Statement(
                    """
                    SELECT 1 FROM public_key k JOIN validator v ON v.id = k.validator WHERE k.key = ?1
                        AND (?2 < v.slot_low_watermark OR EXISTS (SELECT 1 FROM block b WHERE b.validator = v.id AND b.slot = ?2 AND b.root = ?3))
                    """
                )
                .Bind(1, key.Bytes)
                .Bind(2, slot)
                .Bind(3, root.Bytes)
        );

    /// <summary>Is this vote on record, or does it lie below a low watermark that refuses all that could collide with it?</summary>
    public static bool CoverVote(LedgerTransaction transaction, BlsPublicKey key, long source, long target, Root root) =>
        Found(
            transaction
                .Statement(
                    """
                    SELECT 1 FROM public_key k JOIN validator v ON v.id = k.validator WHERE k.key = ?1
                        AND (?3 < v.target_low_watermark OR ?2 < v.source_low_watermark OR EXISTS (
                            SELECT 1 FROM recent_vote r WHERE r.target = ?3 AND r.validator = v.id AND r.source = ?2 AND r.root = ?4
                            UNION ALL SELECT 1 FROM attestation a WHERE a.validator = v.id AND a.target = ?3 AND a.source = ?2
                                AND a.root = ?4))
                    """
                )
                .Bind(1, key.Bytes)
                .Bind(2, source)
                .Bind(3, target)
                .Bind(4, root.Bytes)
        );

    private static List<RecordedDuty> Page(LedgerStatement statement, RecordedDuty? last, int limit)
    {
        var rows = statement
            .Bind(1, last?.Validator ?? -1)
            .Bind(2, last?.Number ?? -1)
            .Bind(3, last?.Source ?? -1)
            .Bind(4, last is null ? [] : last.Root.Span)
            .Bind(5, limit);
        var page = new List<RecordedDuty>();
        while (rows.Step())
        {
            page.Add(new RecordedDuty(rows.Number(0), rows.Number(1), rows.Number(2), rows.Blob(3).ToArray(), rows.NumberOrNull(4)));
        }

        return page;
    }

    private static bool Found(LedgerStatement statement)
    {
        var found = statement.Step();
        statement.Reset();
        return found;
    }
}
