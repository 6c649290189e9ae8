using RemoteSigner.Ledgers;

namespace RemoteSigner.Slashing.Store;

/// <summary>The records of one validator in the order of the interchange file, a page at a time.</summary>
internal static class HistoryPages
{
    private const int RecordsPerPage = 1000;

    /// <summary>
    /// The slot low watermark as a record, unless a record stands there; no bytes mean no root, which sorts before every root.
    /// </summary>
    public static List<(long Slot, byte[] Root)> LowWatermarkBlock(
        LedgerTransaction transaction,
        long validator,
        ExportedLowWatermarks lowWatermarks
    ) =>
        lowWatermarks.Slot is not { } slot
        || Found(transaction.Statement("SELECT 1 FROM block WHERE validator = ?1 AND slot = ?2").Bind(1, validator).Bind(2, slot))
            ? []
            : [(slot, [])];

    /// <summary>The vote low watermarks as a record, unless a record stands there.</summary>
    public static List<(Vote Vote, byte[] Root)> LowWatermarkVote(
        LedgerTransaction transaction,
        long validator,
        ExportedLowWatermarks lowWatermarks
    ) =>
        lowWatermarks is not { Source: { } source, Target: { } target }
        || Found(
            transaction
                .Statement(
                    """
                    SELECT 1 FROM attestation WHERE validator = ?1 AND target = ?2 AND source = ?3
                    UNION ALL SELECT 1 FROM recent_vote WHERE target = ?2 AND validator = ?1 AND source = ?3
                    """
                )
                .Bind(1, validator)
                .Bind(2, target)
                .Bind(3, source)
        )
            ? []
            : [(new Vote(source, target), [])];

    /// <summary>The records after the last of <paramref name="page"/>, added to it.</summary>
    public static List<(long Slot, byte[] Root)> Blocks(
        LedgerTransaction transaction,
        long validator,
        ExportedLowWatermarks lowWatermarks,
        List<(long Slot, byte[] Root)> page
    )
    {
        var (slot, root) = page.Count > 0 ? page[^1] : (-1, []);
        var rows = transaction
            .Statement(
                "SELECT slot, root FROM block WHERE validator = ?1 AND (slot, root) > (?2, ?3) AND slot >= ?5 ORDER BY slot, root LIMIT ?4"
            )
            .Bind(1, validator)
            .Bind(2, slot)
            .Bind(3, root)
            .Bind(4, RecordsPerPage)
            .Bind(5, lowWatermarks.Slot ?? 0);
        while (rows.Step())
        {
            page.Add((rows.Number(0), rows.Blob(1).ToArray()));
        }

        return page;
    }

    /// <summary>The records after the last of <paramref name="page"/>, added to it.</summary>
    public static List<(Vote Vote, byte[] Root)> Votes(
        LedgerTransaction transaction,
        long validator,
        ExportedLowWatermarks lowWatermarks,
        List<(Vote Vote, byte[] Root)> page
    )
    {
        var (vote, root) = page.Count > 0 ? page[^1] : (new Vote(-1, -1), []);
        var rows = transaction
            .Statement(
                """
                WITH RECURSIVE epoch (target) AS (
                    SELECT min(target) FROM recent_vote WHERE target >= max(?2, ?7)
                    UNION ALL
                    SELECT (SELECT min(target) FROM recent_vote r WHERE r.target > epoch.target) FROM epoch WHERE epoch.target IS NOT NULL)
                SELECT source, target, root FROM attestation WHERE validator = ?1 AND (target, source, root) > (?2, ?3, ?4)
                    AND source >= ?6 AND target >= ?7
                UNION ALL
                SELECT r.source, r.target, r.root FROM epoch CROSS JOIN recent_vote r ON r.target = epoch.target AND r.validator = ?1
                    WHERE (r.target, r.source, r.root) > (?2, ?3, ?4) AND r.source >= ?6
                ORDER BY target, source, root LIMIT ?5
                """
            )
            .Bind(1, validator)
            .Bind(2, vote.Target)
            .Bind(3, vote.Source)
            .Bind(4, root)
            .Bind(5, RecordsPerPage)
            .Bind(6, lowWatermarks.Source ?? 0)
            .Bind(7, lowWatermarks.Target ?? 0);
        while (rows.Step())
        {
            page.Add((new Vote(rows.Number(0), rows.Number(1)), rows.Blob(2).ToArray()));
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
