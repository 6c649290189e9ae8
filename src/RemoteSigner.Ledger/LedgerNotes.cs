namespace RemoteSigner.Ledgers;

/// <summary>Small values under a name in the ledger, for whoever must know after a crash what he was about to do outside of it.</summary>
public static class LedgerNotes
{
    private static readonly LedgerSchema Schema = new(
        "note",
        1,
        "CREATE TABLE note (name TEXT NOT NULL PRIMARY KEY, value BLOB NOT NULL) STRICT, WITHOUT ROWID",
        ["note"]
    );

    /// <summary>Makes the table in a ledger that has none, or checks its version.</summary>
    public static Task OpenAsync(Ledger ledger) =>
        ledger.WriteAsync(transaction =>
        {
            transaction.Ensure(Schema);
            return true;
        });

    /// <summary>The value under this name; null when there is none.</summary>
    public static byte[]? Find(LedgerTransaction transaction, string name)
    {
        var row = transaction.Statement("SELECT value FROM note WHERE name = ?1").Bind(1, name);
        var value = row.Step() ? row.Blob(0).ToArray() : null;
        row.Reset();
        return value;
    }

    /// <summary>The values under all names that begin so.</summary>
    public static IReadOnlyList<byte[]> WithPrefix(LedgerTransaction transaction, string prefix)
    {
        var values = new List<byte[]>();
        var rows = transaction.Statement("SELECT value FROM note WHERE substr(name, 1, length(?1)) = ?1").Bind(1, prefix);
        while (rows.Step())
        {
            values.Add(rows.Blob(0).ToArray());
        }

        return values;
    }

    /// <summary>Keeps a value under this name, in place of the former one.</summary>
    public static void Put(LedgerTransaction transaction, string name, ReadOnlySpan<byte> value) =>
        transaction
            .Statement("INSERT INTO note (name, value) VALUES (?1, ?2) ON CONFLICT (name) DO UPDATE SET value = excluded.value")
            .Bind(1, name)
            .Bind(2, value)
            .Execute();

    /// <summary>Forgets the value under this name; without one it does nothing.</summary>
    public static void Remove(LedgerTransaction transaction, string name) =>
        transaction.Statement("DELETE FROM note WHERE name = ?1").Bind(1, name).Execute();
}
