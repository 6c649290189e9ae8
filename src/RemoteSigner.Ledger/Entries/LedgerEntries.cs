namespace RemoteSigner.Ledgers;

/// <summary>
/// The chain of entries in a ledger: numbered from 1 without gaps, each with a hash that commits to all before it, SHA-256(hash before ‖
/// entry). What an entry says, whoever appends it knows; here they are kept in their order, those of one transaction packed into one row
/// with the hash of the last (<see cref="EntryTurn"/>). The oldest may have been dropped: then the chain goes on from the number and the
/// hash of the last that was (<see cref="Base"/>).
/// </summary>
public static class LedgerEntries
{
    private static readonly LedgerSchema Schema = new(
        "audit",
        3,
        "CREATE TABLE audit (seq INTEGER PRIMARY KEY, entry BLOB NOT NULL, hash BLOB NOT NULL CHECK (length(hash) = 32)) STRICT;"
            + BaseScript
            + EntryWords.Script,
        []
    )
    {
        // Before version 3 each row was one entry as it was hashed, and reads so still.
        Upgrades = new Dictionary<int, string> { [1] = BaseScript, [2] = EntryWords.Script },
    };

    // Up to here the entries were dropped; one row.
    private const string BaseScript = """

        CREATE TABLE audit_base (id INTEGER PRIMARY KEY CHECK (id = 1), seq INTEGER NOT NULL CHECK (seq >= 0), hash BLOB NOT NULL
            CHECK (length(hash) = 32)) STRICT;
        INSERT INTO audit_base (id, seq, hash) VALUES (1, 0, zeroblob(32));
        """;

    /// <summary>Makes the table in a ledger that has none, or checks its version.</summary>
    public static Task OpenAsync(Ledger ledger) =>
        ledger.WriteAsync(transaction =>
        {
            transaction.Ensure(Schema);
            return true;
        });

    /// <summary>Where the next entry is to be written, empty; <see cref="Append"/> takes it from there.</summary>
    public static EntryText Next(LedgerTransaction transaction) => transaction.Entries.Next();

    /// <summary>Adds what was written to <see cref="Next"/> as the entry with the next number.</summary>
    /// <param name="hash">SHA-256(hash before ‖ entry), 32 bytes.</param>
    public static void Append(LedgerTransaction transaction, long sequence, ReadOnlySpan<byte> hash)
    {
        transaction.Entries.Append(EntryWords.Of(transaction), sequence, hash);
        if (transaction.Entries.IsFull)
        {
            transaction.WriteEntries();
        }
    }

    /// <summary>
    /// Up to <paramref name="limit"/> entries after the one numbered <paramref name="after"/>, oldest first; fewer before a row that does
    /// not read as entries.
    /// </summary>
    /// <exception cref="LedgerException">The first row does not.</exception>
    public static IReadOnlyList<LedgerEntry> After(LedgerTransaction transaction, long after, int limit)
    {
        transaction.WriteEntries();
        var reading = new ChainReading(transaction);
        var entries = new List<LedgerEntry>();
        var rows = transaction.Statement("SELECT seq, entry, hash FROM audit WHERE seq > ?1 ORDER BY seq").Bind(1, after);
        try
        {
            while (entries.Count < limit && rows.Step())
            {
                entries.AddRange(
                    reading
                        .Read(rows.Number(0), rows.Blob(1), rows.Blob(2))
                        .Where(entry => entry.Sequence > after)
                        .Take(limit - entries.Count)
                );
            }
        }
        catch (LedgerException e) when (e.Fault == LedgerFault.Corrupt && entries.Count > 0) { }

        rows.Reset();
        return entries;
    }

    /// <summary>The bytes of the entry with this number; null when it is not there.</summary>
    /// <exception cref="LedgerException">Its row does not read as entries.</exception>
    public static byte[]? Find(LedgerTransaction transaction, long sequence)
    {
        transaction.WriteEntries();
        var row = transaction.Statement("SELECT seq, entry FROM audit WHERE seq >= ?1 ORDER BY seq LIMIT 1").Bind(1, sequence);
        if (!row.Step())
        {
            return null;
        }

        var (last, packed) = (row.Number(0), row.Blob(1).ToArray());
        row.Reset();
        return ChainReading.Find(transaction, last, packed, sequence);
    }

    /// <summary>
    /// The number of the newest entry, its hash written to <paramref name="hash"/> (32 bytes); 0 and zeros when there never was one.
    /// </summary>
    public static long Newest(LedgerTransaction transaction, Span<byte> hash)
    {
        if (transaction.Entries is { Count: > 0 } waiting)
        {
            waiting.Hash.CopyTo(hash);
            return waiting.Sequence;
        }

        return Read(transaction.Statement("SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1"), hash) ?? Base(transaction, hash);
    }

    /// <summary>
    /// The number of the last entry that was dropped, its hash written to <paramref name="hash"/> (32 bytes); 0 and zeros when none was.
    /// </summary>
    public static long Base(LedgerTransaction transaction, Span<byte> hash) =>
        Read(transaction.Statement("SELECT seq, hash FROM audit_base"), hash)
        ?? throw new InvalidOperationException("the chain of entries has no beginning");

    /// <summary>The hash of the entry with this number (32 bytes); null when it is not there.</summary>
    /// <exception cref="LedgerException">Its row does not read as entries.</exception>
    public static byte[]? FindHash(LedgerTransaction transaction, long sequence) =>
        After(transaction, sequence - 1, 1) is [var entry] && entry.Sequence == sequence ? entry.Hash.ToArray() : null;

    /// <summary>
    /// Drops the entries up to this one, which must be there; whoever calls it has them elsewhere. <see cref="DeleteDropped"/> frees their
    /// space.
    /// </summary>
    public static void DropThrough(LedgerTransaction transaction, long sequence)
    {
        var hash = FindHash(transaction, sequence)
            ?? throw new InvalidOperationException($"there is no entry {sequence} up to which entries could be dropped");
        transaction.Statement("UPDATE audit_base SET seq = ?1, hash = ?2").Bind(1, sequence).Bind(2, hash).Execute();
    }

    /// <summary>
    /// Deletes at most so many rows of dropped entries, so that no duty waits for all of them; how many it were. A row goes with the last
    /// of its entries.
    /// </summary>
    public static int DeleteDropped(LedgerTransaction transaction, int limit) =>
        transaction
            .Statement(
                "DELETE FROM audit WHERE seq IN (SELECT seq FROM audit WHERE seq <= (SELECT seq FROM audit_base) ORDER BY seq LIMIT ?1)"
            )
            .Bind(1, limit)
            .Execute();

    /// <summary>Writes those that wait as one row.</summary>
    internal static void Write(LedgerTransaction transaction, EntryTurn turn) =>
        transaction
            .Statement("INSERT INTO audit (seq, entry, hash) VALUES (?1, ?2, ?3)")
            .Bind(1, turn.Sequence)
            .Bind(2, turn.Pack())
            .Bind(3, turn.Hash)
            .Execute();

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
