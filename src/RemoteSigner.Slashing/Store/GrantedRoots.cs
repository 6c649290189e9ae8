using RemoteSigner.Ledgers;
using RemoteSigner.Spec;

namespace RemoteSigner.Slashing.Store;

/// <summary>
/// What each key was granted, slot by slot and target by target, in a temporary table that nothing leaves behind: a second root for one of
/// them is a slashable pair that left this signer, whatever the slashing records say now. For whoever verifies the audit log, on the reader
/// beside the writer.
/// </summary>
public static class GrantedRoots
{
    private const int Block = 0;
    private const int Vote = 1;

    public static void Clear(LedgerTransaction transaction)
    {
        transaction
            .Statement(
                "CREATE TEMP TABLE IF NOT EXISTS granted (key BLOB NOT NULL, kind INTEGER NOT NULL, number INTEGER NOT NULL, "
                    + "root BLOB NOT NULL, seq INTEGER NOT NULL, PRIMARY KEY (key, kind, number)) WITHOUT ROWID"
            )
            .Execute();
        transaction.Statement("DELETE FROM temp.granted").Execute();
    }

    /// <summary>Notes a granted block; the number of the entry that granted another root for the slot before, or null.</summary>
    public static long? NoteBlock(LedgerTransaction transaction, BlsPublicKey share, long slot, Root root, long sequence) =>
        Note(transaction, share, Block, slot, root, sequence);

    /// <summary>Notes a granted vote; the number of the entry that granted another root for the target before, or null.</summary>
    public static long? NoteVote(LedgerTransaction transaction, BlsPublicKey share, long target, Root root, long sequence) =>
        Note(transaction, share, Vote, target, root, sequence);

    /// <summary>Was this record granted by the entry with this number, to a key of its validator?</summary>
    public static bool Include(LedgerTransaction transaction, RecordedDuty record, bool isBlock, long sequence)
    {
        var row = transaction
            .Statement(
                """
                SELECT 1 FROM public_key k JOIN temp.granted g ON g.key = k.key
                WHERE k.validator = ?1 AND g.kind = ?2 AND g.number = ?3 AND g.root = ?4 AND g.seq = ?5
                """
            )
            .Bind(1, record.Validator)
            .Bind(2, isBlock ? Block : Vote)
            .Bind(3, record.Number)
            .Bind(4, record.Root.Span)
            .Bind(5, sequence);
        var isThere = row.Step();
        row.Reset();
        return isThere;
    }

    private static long? Note(LedgerTransaction transaction, BlsPublicKey share, int kind, long number, Root root, long sequence)
    {
        var added = transaction
            .Statement("INSERT INTO temp.granted (key, kind, number, root, seq) VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT DO NOTHING")
            .Bind(1, share.Bytes)
            .Bind(2, kind)
            .Bind(3, number)
            .Bind(4, root.Bytes)
            .Bind(5, sequence)
            .Execute();
        if (added > 0)
        {
            return null;
        }

        var before = transaction
            .Statement("SELECT seq FROM temp.granted WHERE key = ?1 AND kind = ?2 AND number = ?3 AND root <> ?4")
            .Bind(1, share.Bytes)
            .Bind(2, kind)
            .Bind(3, number)
            .Bind(4, root.Bytes);
        var other = before.Step() ? before.Number(0) : (long?)null;
        before.Reset();
        return other;
    }
}
