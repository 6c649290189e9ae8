namespace RemoteSigner.Ledgers;

/// <summary>
/// The transaction that a piece of ledger work runs in: prepared statements, and memory that is dropped whenever anything is rolled back.
/// Valid only inside the work, on the writer thread.
/// </summary>
public sealed class LedgerTransaction
{
    private readonly LedgerDatabase _database;
    private readonly Dictionary<Type, object> _memory = [];
    private readonly EntryTurn _entries = new();
    private readonly Stack<Action> _takeBack = [];
    private bool _appended;

    internal LedgerTransaction(LedgerDatabase database) => _database = database;

    /// <summary>The prepared statement for <paramref name="sql"/>, which must be a constant: every text is kept for good.</summary>
    internal LedgerStatement Statement(string sql) => _database.Prepare(sql);

    /// <summary>What was remembered of this type, or what <paramref name="load"/> now makes of the database.</summary>
    public T Recall<T>(Func<LedgerTransaction, T> load)
        where T : class
    {
        if (!_memory.TryGetValue(typeof(T), out var remembered))
        {
            remembered = load(this);
            _memory[typeof(T)] = remembered;
        }

        return (T)remembered;
    }

    /// <summary>Drops everything remembered; called after rows were changed behind the back of it.</summary>
    public void Forget() => _memory.Clear();

    /// <summary>The entries that wait to be written together (<see cref="LedgerEntries"/>).</summary>
    internal EntryTurn Entries => _entries;

    /// <summary>Writes the entries that wait, as one row. Before anything that could undo more than them, or reads entries.</summary>
    internal void WriteEntries()
    {
        if (_entries.Count > 0)
        {
            LedgerEntries.Write(this, _entries);
            _entries.Clear();
            _appended = true;
        }
    }

    /// <summary>Were entries appended since this was asked last? Perhaps some that were undone again.</summary>
    internal bool TakeAppended()
    {
        var appended = _appended;
        _appended = false;
        return appended;
    }

    /// <summary>SQLite ends a transaction by itself after some faults, a full disk among them.</summary>
    public bool IsOver => _database.TransactionIsOver;

    /// <summary>
    /// Runs a part of the work that may fail alone, or whose result may be one that does not <paramref name="stand"/>: then it is undone,
    /// and the rest of the work stands.
    /// </summary>
    public T Attempt<T>(Func<T> part, Predicate<T>? stand = null)
    {
        WriteEntries();
        _database.Run("SAVEPOINT part");
        var before = Mark;
        try
        {
            var result = part();
            if (stand?.Invoke(result) == false)
            {
                Undo(before);
                _database.Run("ROLLBACK TO part");
            }

            _database.Run("RELEASE part");
            return result;
        }
        catch
        {
            Undo(before);
            _database.ResetStatements();
            if (!IsOver)
            {
                _database.Run("ROLLBACK TO part");
                _database.Run("RELEASE part");
            }

            throw;
        }
    }

    /// <summary>
    /// For what work changes in memory that outlives the transaction: it is taken back with the work, where that is undone.
    /// </summary>
    public void WhenUndone(Action takeBack) => _takeBack.Push(takeBack);

    /// <summary>The place up to which <see cref="Undo"/> takes back; 0 is the beginning of the transaction.</summary>
    internal int Mark => _takeBack.Count;

    /// <summary>
    /// Drops what is remembered, what waits to be written and what was changed in memory since a mark, because the work that it came from
    /// is undone.
    /// </summary>
    internal void Undo(int mark)
    {
        Forget();
        _entries.Clear();
        while (_takeBack.Count > mark)
        {
            _takeBack.Pop()();
        }
    }

    /// <summary>What was done stands.</summary>
    internal void Settle() => _takeBack.Clear();

    /// <summary>
    /// Makes the tables of a schema in a new ledger; in an old one brings them to this version and looks through them for damage.
    /// </summary>
    internal void Ensure(LedgerSchema schema)
    {
        var find = Statement("SELECT version FROM schema_version WHERE name = ?1").Bind(1, schema.Name);
        if (!find.Step())
        {
            _database.RunScript(schema.Script);
            Statement("INSERT INTO schema_version (name, version) VALUES (?1, ?2)").Bind(1, schema.Name).Bind(2, schema.Version).Execute();
        }
        else
        {
            var version = find.Number(0);
            find.Reset();
            Upgrade(schema, version);
            CheckTables(schema);
        }
    }

    // All steps are in the transaction that opens the tables: a crash leaves the old version or the new one.
    private void Upgrade(LedgerSchema schema, long version)
    {
        for (; version != schema.Version; version++)
        {
            if (version is < 0 or > int.MaxValue || !schema.Upgrades.TryGetValue((int)version, out var script))
            {
                throw new LedgerException(
                    LedgerFault.UnknownVersion,
                    $"cannot open the ledger {_database.Path}: its {schema.Name} tables have "
                        + $"version {version}, this program knows {schema.Version}",
                    "use the version of this program that wrote it, or a newer one"
                );
            }

            _database.RunScript(script);
            Statement("UPDATE schema_version SET version = ?2 WHERE name = ?1").Bind(1, schema.Name).Bind(2, version + 1).Execute();
        }
    }

    private void CheckTables(LedgerSchema schema)
    {
        foreach (var table in schema.CheckedTables)
        {
            var check = Statement($"PRAGMA quick_check('{table}')");
            var finding = check.Step() ? check.Text(0) : "no answer";
            check.Reset();
            if (finding != "ok")
            {
                throw LedgerException.From(SQLitePCL.raw.SQLITE_CORRUPT, "open", _database.Path, $"table {table}: {finding}");
            }
        }
    }
}
