using RemoteSigner.Ledgers;

namespace RemoteSigner.Audit;

/// <summary>
/// What each key was granted, slot by slot and target by target, in a temporary table that nothing leaves behind: a second root for one of them is a slashable pair that left this signer, whatever the
/// slashing records say now.
/// </summary>
internal static class GrantedRoots
{
    private const int Block = 0;
    private const int Vote = 1;

    public static void Clear(LedgerTransaction transaction)
    {
        transaction.Statement("CREATE TEMP TABLE IF NOT EXISTS granted (key BLOB NOT NULL, kind INTEGER NOT NULL, number INTEGER NOT NULL, root BLOB NOT NULL, seq INTEGER NOT NULL, PRIMARY KEY (key, kind, number)) WITHOUT ROWID").Execute();
        transaction.Statement("DELETE FROM temp.granted").Execute();
    }

    /// <summary>Notes a granted duty; the number of the entry that granted another root before, or null.</summary>
    public static long? Note(LedgerTransaction transaction, SignedClaim claim)
    {
        if (claim is not { ShareKey: { } share, Root: { } root } || Number(claim) is not var (kind, number))
        {
            return null;
        }

        var added = transaction.Statement("INSERT INTO temp.granted (key, kind, number, root, seq) VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT DO NOTHING")
            .Bind(1, share.Bytes).Bind(2, kind).Bind(3, number).Bind(4, root.Bytes).Bind(5, claim.Sequence)
            .Execute();
        if (added > 0)
        {
            return null;
        }

        var before = transaction.Statement("SELECT seq FROM temp.granted WHERE key = ?1 AND kind = ?2 AND number = ?3 AND root <> ?4").Bind(1, share.Bytes).Bind(2, kind).Bind(3, number).Bind(4, root.Bytes);
        var sequence = before.Step() ? before.Number(0) : (long?)null;
        before.Reset();
        return sequence;
    }

    private static (long Kind, long Number)? Number(SignedClaim claim) =>
        claim is { IsBlock: true, Slot: { } slot and <= long.MaxValue } ? (Block, (long)slot)
        : claim is { IsAttestation: true, Target: { } target and <= long.MaxValue } ? (Vote, (long)target)
        : null;
}
