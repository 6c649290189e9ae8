namespace RemoteSigner.Ledgers;

/// <summary>
/// The chain of entries in a ledger: numbered from 1 without gaps, each with a hash that commits to all before it. What an entry says and how it is hashed, whoever appends it knows; here they
/// are kept in their order.
/// </summary>
public static class LedgerEntries
{
    private static readonly LedgerSchema Schema = new(
        "audit",
        1,
        "CREATE TABLE audit (seq INTEGER PRIMARY KEY, entry BLOB NOT NULL, hash BLOB NOT NULL CHECK (length(hash) = 32)) STRICT",
        []);

    /// <summary>Makes the table in a ledger that has none, or checks its version.</summary>
    public static Task OpenAsync(Ledger ledger) => ledger.WriteAsync(transaction =>
    {
        transaction.Ensure(Schema);
        return true;
    });

    /// <summary>Adds the entry with the next number.</summary>
    public static void Append(LedgerTransaction transaction, long sequence, ReadOnlySpan<byte> entry, ReadOnlySpan<byte> hash)
    {
        transaction.Statement("INSERT INTO audit (seq, entry, hash) VALUES (?1, ?2, ?3)").Bind(1, sequence).Bind(2, entry).Bind(3, hash).Execute();
        transaction.NoteEntry();
    }

    /// <summary>Up to <paramref name="limit"/> entries after the one numbered <paramref name="after"/>, oldest first.</summary>
    public static IReadOnlyList<LedgerEntry> After(LedgerTransaction transaction, long after, int limit)
    {
        var entries = new List<LedgerEntry>();
        var rows = transaction.Statement("SELECT seq, entry, hash FROM audit WHERE seq > ?1 ORDER BY seq LIMIT ?2").Bind(1, after).Bind(2, limit);
        while (rows.Step())
        {
            entries.Add(new LedgerEntry(rows.Number(0), rows.Blob(1).ToArray(), rows.Blob(2).ToArray()));
        }

        return entries;
    }

    /// <summary>The bytes of the entry with this number; null when it is not there.</summary>
    public static byte[]? Find(LedgerTransaction transaction, long sequence)
    {
        var row = transaction.Statement("SELECT entry FROM audit WHERE seq = ?1").Bind(1, sequence);
        var entry = row.Step() ? row.Blob(0).ToArray() : null;
        row.Reset();
        return entry;
    }

    /// <summary>The number of the newest entry, its hash written to <paramref name="hash"/> (32 bytes); 0, and nothing written, when there is none.</summary>
    public static long Newest(LedgerTransaction transaction, Span<byte> hash)
    {
        var row = transaction.Statement("SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1");
        if (!row.Step())
        {
            return 0;
        }

        var sequence = row.Number(0);
        row.Blob(1).CopyTo(hash);
        row.Reset();
        return sequence;
    }
}
