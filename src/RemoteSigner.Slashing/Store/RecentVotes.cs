using RemoteSigner.Ledgers;

namespace RemoteSigner.Slashing.Store;

/// <summary>
/// The votes that were granted here, in the order of their target epochs, as they come: those of one commit lie side by side on a few
/// pages, where each validator's own place would be a page for each vote. A validator's vote is looked for epoch by epoch, of which pruning
/// leaves some hundred. Whatever rewrites the history of a validator gathers its votes first
/// (<see cref="Gather(LedgerTransaction, long)"/>) into <c>attestation</c>, where they lie by validator: only decisions and readers know of
/// both tables.
/// </summary>
internal static class RecentVotes
{
    public static void Add(LedgerTransaction transaction, long validator, Vote vote, ReadOnlySpan<byte> root, long evidence) =>
        transaction
            .Statement("INSERT INTO recent_vote (target, validator, source, root, evidence) VALUES (?1, ?2, ?3, ?4, ?5)")
            .Bind(1, vote.Target)
            .Bind(2, validator)
            .Bind(3, vote.Source)
            .Bind(4, root)
            .Bind(5, evidence)
            .Execute();

    /// <summary>Rows of source, root and evidence of what was granted for this target.</summary>
    public static LedgerStatement At(LedgerTransaction transaction, long validator, long target) =>
        transaction
            .Statement("SELECT source, root, evidence FROM recent_vote WHERE target = ?2 AND validator = ?1")
            .Bind(1, validator)
            .Bind(2, target);

    /// <summary>Rows of source and target, the newest target first.</summary>
    public static LedgerStatement NewestFirst(LedgerTransaction transaction, long validator) =>
        transaction
            .Statement(
                """
                WITH RECURSIVE epoch (target) AS (
                    SELECT max(target) FROM recent_vote
                    UNION ALL
                    SELECT (SELECT max(target) FROM recent_vote r WHERE r.target < epoch.target) FROM epoch WHERE epoch.target IS NOT NULL)
                SELECT r.source, r.target FROM epoch CROSS JOIN recent_vote r ON r.target = epoch.target AND r.validator = ?1
                """
            )
            .Bind(1, validator);

    /// <summary>A vote that surrounds this one: rows of source and target.</summary>
    public static LedgerStatement Outer(LedgerTransaction transaction, long validator, Vote vote) =>
        transaction
            .Statement(
                """
                WITH RECURSIVE epoch (target) AS (
                    SELECT min(target) FROM recent_vote WHERE target > ?2
                    UNION ALL
                    SELECT (SELECT min(target) FROM recent_vote r WHERE r.target > epoch.target) FROM epoch WHERE epoch.target IS NOT NULL)
                SELECT r.source, r.target FROM epoch CROSS JOIN recent_vote r ON r.target = epoch.target AND r.validator = ?1
                    AND r.source < ?3 LIMIT 1
                """
            )
            .Bind(1, validator)
            .Bind(2, vote.Target)
            .Bind(3, vote.Source);

    /// <summary>
    /// A vote within this one: rows of source and target. No recorded source is after its target, so its target lies between our epochs.
    /// </summary>
    public static LedgerStatement Inner(LedgerTransaction transaction, long validator, Vote vote) =>
        transaction
            .Statement(
                """
                WITH RECURSIVE epoch (target) AS (
                    SELECT max(target) FROM recent_vote WHERE target < ?2
                    UNION ALL
                    SELECT (SELECT max(target) FROM recent_vote r WHERE r.target < epoch.target) FROM epoch WHERE epoch.target > ?3)
                SELECT r.source, r.target FROM epoch CROSS JOIN recent_vote r ON r.target = epoch.target AND r.validator = ?1
                    AND r.source > ?3 LIMIT 1
                """
            )
            .Bind(1, validator)
            .Bind(2, vote.Target)
            .Bind(3, vote.Source);

    /// <summary>The votes of the validators with these numbers, by validator, the oldest target first.</summary>
    public static ILookup<long, Vote> Of(LedgerTransaction transaction, long first, long last)
    {
        var votes = new List<(long Validator, Vote Vote)>();
        var rows = transaction
            .Statement(
                """
                WITH RECURSIVE epoch (target) AS (
                    SELECT min(target) FROM recent_vote
                    UNION ALL
                    SELECT (SELECT min(target) FROM recent_vote r WHERE r.target > epoch.target) FROM epoch WHERE epoch.target IS NOT NULL)
                SELECT r.validator, r.source, r.target FROM epoch CROSS JOIN recent_vote r ON r.target = epoch.target
                    AND r.validator BETWEEN ?1 AND ?2
                """
            )
            .Bind(1, first)
            .Bind(2, last);
        while (rows.Step())
        {
            votes.Add((rows.Number(0), new Vote(rows.Number(1), rows.Number(2))));
        }

        rows.Reset();
        return votes.ToLookup(row => row.Validator, row => row.Vote);
    }

    /// <summary>Drops a vote of a validator, under whatever root. How many there were.</summary>
    public static long Drop(LedgerTransaction transaction, long validator, Vote vote) =>
        transaction
            .Statement("DELETE FROM recent_vote WHERE target = ?1 AND validator = ?2 AND source = ?3")
            .Bind(1, vote.Target)
            .Bind(2, validator)
            .Bind(3, vote.Source)
            .Execute();

    /// <summary>Moves the votes of a validator to where they lie by validator.</summary>
    public static void Gather(LedgerTransaction transaction, long validator) => Gather(transaction, validator, validator);

    /// <summary>
    /// The same for the validators with these numbers: a lot at a time, because their votes of one epoch lie side by side.
    /// </summary>
    public static void Gather(LedgerTransaction transaction, long first, long last)
    {
        foreach (var target in Targets(transaction))
        {
            transaction
                .Statement(
                    """
                    INSERT OR IGNORE INTO attestation (validator, target, source, root, evidence)
                    SELECT validator, target, source, root, evidence FROM recent_vote WHERE target = ?1 AND validator BETWEEN ?2 AND ?3
                    """
                )
                .Bind(1, target)
                .Bind(2, first)
                .Bind(3, last)
                .Execute();
            transaction
                .Statement("DELETE FROM recent_vote WHERE target = ?1 AND validator BETWEEN ?2 AND ?3")
                .Bind(1, target)
                .Bind(2, first)
                .Bind(3, last)
                .Execute();
        }
    }

    /// <summary>Moves the votes of all validators.</summary>
    public static void GatherAll(LedgerTransaction transaction)
    {
        transaction
            .Statement(
                """
                INSERT OR IGNORE INTO attestation (validator, target, source, root, evidence)
                SELECT validator, target, source, root, evidence FROM recent_vote ORDER BY validator, target, source, root
                """
            )
            .Execute();
        transaction.Statement("DELETE FROM recent_vote").Execute();
    }

    private static List<long> Targets(LedgerTransaction transaction)
    {
        var targets = new List<long>();
        var rows = transaction.Statement(
            """
            WITH RECURSIVE epoch (target) AS (
                SELECT min(target) FROM recent_vote
                UNION ALL
                SELECT (SELECT min(target) FROM recent_vote r WHERE r.target > epoch.target) FROM epoch WHERE epoch.target IS NOT NULL)
            SELECT target FROM epoch WHERE target IS NOT NULL
            """
        );
        while (rows.Step())
        {
            targets.Add(rows.Number(0));
        }

        return targets;
    }
}
