using RemoteSigner.Ledgers;
using RemoteSigner.Spec;

namespace RemoteSigner.Slashing.Store;

/// <summary>
/// Where an import gathers, in temporary tables that no crash leaves behind, until the whole file was read and found good; then one
/// transaction takes it over, so that signing waits for that one only.
/// </summary>
internal static class InterchangeStage
{
    // The number of a record is its entry's and, in the lower half, its own in the entry's list: those of an entry lie together and need no
    // index, and each comes after the one before it. Both are 31 bits: the parser counts in int, and its arithmetic is checked.
    private const int EntryShift = 32;

    public static void Clear(LedgerTransaction transaction)
    {
        transaction
            .Statement(
                """
                CREATE TEMP TABLE IF NOT EXISTS staged_key (
                    first INTEGER PRIMARY KEY, last INTEGER NOT NULL, key BLOB NOT NULL, blocks INTEGER NOT NULL,
                        votes INTEGER NOT NULL, lowest_slot INTEGER, newest_slot INTEGER,
                    newest_epoch INTEGER, lowest_source INTEGER, lowest_target INTEGER, newest_impossible_source INTEGER,
                        newest_impossible_target INTEGER)
                """
            )
            .Execute();
        transaction
            .Statement(
                "CREATE TEMP TABLE IF NOT EXISTS staged_block (number INTEGER PRIMARY KEY, slot INTEGER NOT NULL, root BLOB NOT NULL)"
            )
            .Execute();
        transaction
            .Statement(
                "CREATE TEMP TABLE IF NOT EXISTS staged_attestation (number INTEGER PRIMARY KEY, "
                    + "source INTEGER NOT NULL, target INTEGER NOT NULL, root BLOB NOT NULL)"
            )
            .Execute();
        transaction.Statement("CREATE INDEX IF NOT EXISTS temp.staged_key_by_key ON staged_key (key)").Execute();
        transaction.Statement("DELETE FROM temp.staged_key").Execute();
        transaction.Statement("DELETE FROM temp.staged_block").Execute();
        transaction.Statement("DELETE FROM temp.staged_attestation").Execute();
    }

    public static void Add(LedgerTransaction transaction, List<InterchangeRecord> records)
    {
        var addKey = transaction.Statement("INSERT INTO temp.staged_key VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)");
        var addBlock = transaction.Statement("INSERT INTO temp.staged_block VALUES (?1, ?2, ?3)");
        var addVote = transaction.Statement("INSERT INTO temp.staged_attestation VALUES (?1, ?2, ?3, ?4)");
        foreach (var record in records)
        {
            var first = (long)record.Entry << EntryShift;
            switch (record)
            {
                case InterchangeRecord.Key key:
                    Bind(addKey.Bind(1, first).Bind(2, first + uint.MaxValue).Bind(3, key.PublicKey.Bytes), key.Numbers).Execute();
                    break;
                case InterchangeRecord.Block block:
                    Bind(addBlock.Bind(1, first + block.Index).Bind(2, block.Slot), 3, block.Root).Execute();
                    break;
                case InterchangeRecord.Attestation vote:
                    Bind(addVote.Bind(1, first + vote.Index).Bind(2, vote.Vote.Source).Bind(3, vote.Vote.Target), 4, vote.Root).Execute();
                    break;
            }
        }
    }

    /// <summary>The public keys of the file, each once, in the order of the file, and what it has about each.</summary>
    public static List<(BlsPublicKey Key, InterchangeNumbers Numbers)> Keys(LedgerTransaction transaction)
    {
        var keys = new List<(BlsPublicKey, InterchangeNumbers)>();
        var rows = transaction.Statement(
            """
            SELECT key, sum(blocks), sum(votes), min(lowest_slot), max(newest_slot), max(newest_epoch), min(lowest_source),
                min(lowest_target), max(newest_impossible_source), max(newest_impossible_target)
            FROM temp.staged_key GROUP BY key ORDER BY min(first)
            """
        );
        while (rows.Step())
        {
            keys.Add(
                (
                    new BlsPublicKey(rows.Blob(0)),
                    new InterchangeNumbers(rows.Number(1), rows.Number(2))
                    {
                        LowestSlot = rows.NumberOrNull(3),
                        NewestSlot = rows.NumberOrNull(4),
                        NewestEpoch = rows.NumberOrNull(5),
                        LowestSource = rows.NumberOrNull(6),
                        LowestTarget = rows.NumberOrNull(7),
                        NewestImpossibleSource = rows.NumberOrNull(8),
                        NewestImpossibleTarget = rows.NumberOrNull(9),
                    }
                )
            );
        }

        return keys;
    }

    private static LedgerStatement Bind(LedgerStatement statement, InterchangeNumbers numbers) =>
        statement
            .Bind(4, numbers.Blocks)
            .Bind(5, numbers.Votes)
            .Bind(6, numbers.LowestSlot)
            .Bind(7, numbers.NewestSlot)
            .Bind(8, numbers.NewestEpoch)
            .Bind(9, numbers.LowestSource)
            .Bind(10, numbers.LowestTarget)
            .Bind(11, numbers.NewestImpossibleSource)
            .Bind(12, numbers.NewestImpossibleTarget);

    /// <summary>An unknown root is an empty blob: a column of a primary key is never NULL.</summary>
    private static LedgerStatement Bind(LedgerStatement statement, int index, Root? root) =>
        root is { } known ? statement.Bind(index, known.Bytes) : statement.Bind(index, []);
}
