namespace RemoteSigner.Ledgers;

/// <summary>
/// The chain of entries in a ledger: numbered from 1 without gaps, each with a hash that commits to all before it. What an entry says and how it is hashed, whoever appends it knows; here they
/// are kept in their order. The oldest may have been dropped: then the chain goes on from the number and the hash of the last that was (<see cref="Base"/>).
/// </summary>
public static class LedgerEntries
{
    private static readonly LedgerSchema Schema = new(
        "audit",
        2,
        "CREATE TABLE audit (seq INTEGER PRIMARY KEY, entry BLOB NOT NULL, hash BLOB NOT NULL CHECK (length(hash) = 32)) STRICT;" + BaseScript,
        [])
    {
        Upgrades = new Dictionary<int, string> { [1] = BaseScript },
    };

    // Up to here the entries were dropped; one row.
    private const string BaseScript = """

        CREATE TABLE audit_base (id INTEGER PRIMARY KEY CHECK (id = 1), seq INTEGER NOT NULL CHECK (seq >= 0), hash BLOB NOT NULL CHECK (length(hash) = 32)) STRICT;
        INSERT INTO audit_base (id, seq, hash) VALUES (1, 0, zeroblob(32));
        """;

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

    /// <summary>The number of the newest entry, its hash written to <paramref name="hash"/> (32 bytes); 0 and zeros when there never was one.</summary>
    public static long Newest(LedgerTransaction transaction, Span<byte> hash) =>
        Read(transaction.Statement("SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1"), hash) ?? Base(transaction, hash);

    /// <summary>The number of the last entry that was dropped, its hash written to <paramref name="hash"/> (32 bytes); 0 and zeros when none was.</summary>
    public static long Base(LedgerTransaction transaction, Span<byte> hash) =>
        Read(transaction.Statement("SELECT seq, hash FROM audit_base"), hash) ?? throw new InvalidOperationException("the chain of entries has no beginning");

    /// <summary>The hash of the entry with this number (32 bytes); null when it is not there.</summary>
    public static byte[]? FindHash(LedgerTransaction transaction, long sequence)
    {
        var hash = new byte[32];
        return Read(transaction.Statement("SELECT seq, hash FROM audit WHERE seq = ?1").Bind(1, sequence), hash) is null ? null : hash;
    }

    /// <summary>Drops the entries up to this one, which must be there; whoever calls it has them elsewhere. <see cref="DeleteDropped"/> frees their space.</summary>
    public static void DropThrough(LedgerTransaction transaction, long sequence)
    {
        if (transaction.Statement("UPDATE audit_base SET (seq, hash) = (SELECT seq, hash FROM audit WHERE seq = ?1) WHERE EXISTS (SELECT 1 FROM audit WHERE seq = ?1)").Bind(1, sequence).Execute() == 0)
        {
            throw new InvalidOperationException($"there is no entry {sequence} up to which entries could be dropped");
        }
    }

    /// <summary>Deletes at most so many of the dropped entries, so that no duty waits for all of them; how many it were.</summary>
    public static int DeleteDropped(LedgerTransaction transaction, int limit) =>
        transaction.Statement("DELETE FROM audit WHERE seq IN (SELECT seq FROM audit WHERE seq <= (SELECT seq FROM audit_base) ORDER BY seq LIMIT ?1)").Bind(1, limit).Execute();

    private static long? Read(LedgerStatement row, Span<byte> hash)
    {
        if (!row.Step())
        {
            return null;
        }

        var sequence = row.Number(0);
        row.Blob(1).CopyTo(hash);
        row.Reset();
        return sequence;
    }
}
