using RemoteSigner.Ledgers;
using RemoteSigner.Spec;

namespace RemoteSigner.Slashing.Store;

/// <summary>
/// Where an import gathers, in temporary tables that no crash leaves behind, until the whole file was read and found good; then one
/// transaction takes it over, so that signing waits for that one only.
/// </summary>
internal static class InterchangeStage
{
    public static void Clear(LedgerTransaction transaction)
    {
        transaction.Statement("CREATE TEMP TABLE IF NOT EXISTS staged_key (entry INTEGER PRIMARY KEY, key BLOB NOT NULL)").Execute();
        transaction.Statement("CREATE TEMP TABLE IF NOT EXISTS staged_block (entry INTEGER NOT NULL, slot INTEGER NOT NULL, root BLOB NOT NULL)").Execute();
        transaction.Statement("CREATE TEMP TABLE IF NOT EXISTS staged_attestation (entry INTEGER NOT NULL, source INTEGER NOT NULL, target INTEGER NOT NULL, root BLOB NOT NULL)").Execute();
        transaction.Statement("CREATE INDEX IF NOT EXISTS temp.staged_key_by_key ON staged_key (key)").Execute();
        transaction.Statement("CREATE INDEX IF NOT EXISTS temp.staged_block_by_entry ON staged_block (entry)").Execute();
        transaction.Statement("CREATE INDEX IF NOT EXISTS temp.staged_attestation_by_entry ON staged_attestation (entry)").Execute();
        transaction.Statement("DELETE FROM temp.staged_key").Execute();
        transaction.Statement("DELETE FROM temp.staged_block").Execute();
        transaction.Statement("DELETE FROM temp.staged_attestation").Execute();
    }

    public static void Add(LedgerTransaction transaction, InterchangeRecord record)
    {
        switch (record)
        {
            case InterchangeRecord.Key key:
                transaction.Statement("INSERT INTO temp.staged_key VALUES (?1, ?2)").Bind(1, key.Entry).Bind(2, key.PublicKey.Bytes).Execute();
                break;
            case InterchangeRecord.Block block:
                Bind(transaction.Statement("INSERT INTO temp.staged_block VALUES (?1, ?2, ?3)").Bind(1, block.Entry).Bind(2, block.Slot), 3, block.Root).Execute();
                break;
            case InterchangeRecord.Attestation vote:
                Bind(transaction.Statement("INSERT INTO temp.staged_attestation VALUES (?1, ?2, ?3, ?4)").Bind(1, vote.Entry).Bind(2, vote.Vote.Source).Bind(3, vote.Vote.Target), 4, vote.Root).Execute();
                break;
        }
    }

    /// <summary>The public keys of the file, each once, in the order of the file.</summary>
    public static List<BlsPublicKey> Keys(LedgerTransaction transaction)
    {
        var keys = new List<BlsPublicKey>();
        var rows = transaction.Statement("SELECT key FROM temp.staged_key GROUP BY key ORDER BY min(entry)");
        while (rows.Step())
        {
            keys.Add(new BlsPublicKey(rows.Blob(0)));
        }

        return keys;
    }

    /// <summary>An unknown root is an empty blob: a column of a primary key is never NULL.</summary>
    private static LedgerStatement Bind(LedgerStatement statement, int index, Root? root) =>
        root is { } known ? statement.Bind(index, known.Bytes) : statement.Bind(index, []);
}
