using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace RemoteSigner.Ledgers;

/// <summary>
/// The open SQLite connection of a ledger: its pragmas, prepared statements and error translation. Used by one thread at a time.
/// </summary>
internal sealed class LedgerDatabase : IDisposable
{
    /// <summary>"RSLG": tells a ledger from another program's database (SQLite file format, offset 68).</summary>
    private const long ApplicationId = 0x52534C47;

    // SQLITE_DBSTATUS_CACHE_WRITE
    private const int StatusCacheWrite = 9;

    private readonly string _path;
    private readonly SqliteConnection _connection;
    private readonly Dictionary<string, LedgerStatement> _statements = [];

    private readonly LedgerLock? _lock;

    /// <summary>For the one writer of this machine.</summary>
    public LedgerDatabase(string path, bool isNew)
        : this(path, SqliteOpenMode.ReadWrite, LedgerLock.Take(path), database => database.Configure(isNew)) { }

    private LedgerDatabase(string path, SqliteOpenMode mode, LedgerLock? held, Action<LedgerDatabase> configure)
    {
        (_path, _lock) = (path, held);
        _connection = new SqliteConnection(
            new SqliteConnectionStringBuilder
            {
                DataSource = path,
                Mode = mode,
                Pooling = false,
            }.ToString()
        );
        try
        {
            _connection.Open();
            configure(this);
        }
        catch (SqliteException e)
        {
            Dispose();
            throw LedgerException.From(e.SqliteExtendedErrorCode, "open", path, null, e);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>For a reader beside the writer of the same process. It can make temporary tables, and change nothing else.</summary>
    public static LedgerDatabase OpenToRead(string path) =>
        new(path, SqliteOpenMode.ReadOnly, held: null, database => _ = raw.sqlite3_extended_result_codes(database.Handle, 1));

    /// <summary>For <see cref="LedgerCheckpoint"/>, beside the writer of the same process.</summary>
    public static LedgerDatabase OpenToCopy(string path) => new(path, SqliteOpenMode.ReadWrite, held: null, database =>
        {
            _ = raw.sqlite3_extended_result_codes(database.Handle, 1);
            database.Pragma("synchronous = FULL");
        });

    public string Path => _path;

    /// <summary>In bytes.</summary>
    public long PageSize => long.Parse(Pragma("page_size"), System.Globalization.CultureInfo.InvariantCulture);

    public int Changes => raw.sqlite3_changes(Handle);

    /// <summary>Rows changed since the connection was opened.</summary>
    public int TotalChanges => raw.sqlite3_total_changes(Handle);

    /// <summary>False inside a transaction. SQLite ends one by itself after some faults, a full disk among them.</summary>
    public bool TransactionIsOver => raw.sqlite3_get_autocommit(Handle) != 0;

    private sqlite3 Handle => _connection.Handle ?? throw new ObjectDisposedException(nameof(LedgerDatabase));

    public void Run(string sql) => Prepare(sql).Execute();

    /// <summary>Runs several statements once, without keeping them.</summary>
    public void RunScript(string script) => Check(raw.sqlite3_exec(Handle, script), "write");

    public LedgerStatement Prepare(string sql)
    {
        if (!_statements.TryGetValue(sql, out var statement))
        {
            Check(raw.sqlite3_prepare_v3(Handle, sql, raw.SQLITE_PREPARE_PERSISTENT, out var prepared), "read");
            statement = new LedgerStatement(this, prepared);
            _statements.Add(sql, statement);
        }

        return statement;
    }

    public void ResetStatements()
    {
        foreach (var statement in _statements.Values)
        {
            statement.Reset();
        }
    }

    public void Check(int code, string action)
    {
        if (code != raw.SQLITE_OK)
        {
            throw LedgerException.From(raw.sqlite3_extended_errcode(Handle), action, _path, raw.sqlite3_errmsg(Handle).utf8_to_string());
        }
    }

    /// <summary>How many pages went into the write-ahead log since this was asked last.</summary>
    public long TakePagesWritten()
    {
        _ = raw.sqlite3_db_status(Handle, StatusCacheWrite, out var pages, out _, 1);
        return pages;
    }

    /// <summary>Copies from the write-ahead log what no reader is in the way of, and syncs it.</summary>
    public void Checkpoint() => Check(raw.sqlite3_wal_checkpoint_v2(Handle, "main", raw.SQLITE_CHECKPOINT_PASSIVE, out _, out _), "write");

    public void Dispose()
    {
        foreach (var statement in _statements.Values)
        {
            statement.Close();
        }

        _statements.Clear();
        _connection.Dispose();
        _lock?.Dispose();
    }

    private void Configure(bool isNew)
    {
        _ = raw.sqlite3_extended_result_codes(Handle, 1);

        // A small commit changes one page for a record and one for its entry: small pages keep it small. An older ledger keeps its pages of
        // 4096 bytes.
        if (isNew)
        {
            Pragma("page_size = 1024");
        }

        if (Pragma("journal_mode = WAL") is var mode && mode != "wal")
        {
            throw new LedgerException(
                LedgerFault.Unwritable,
                $"cannot open the ledger {_path}: journal mode is {mode}, not wal",
                "keep the ledger on a local disk"
            );
        }

        Pragma("synchronous = FULL");

        // 2,000 pages. More would cost: at every commit after a page was split SQLite looks through its whole cache. What is not in it, the
        // kernel's page cache has.
        Pragma("cache_size = 2000");

        // It is copied beside the writer, whose failures are looked at: SQLite passes over those of its own copies. A file that a long
        // reader made grow becomes small again.
        Pragma("wal_autocheckpoint = 0");
        Pragma("journal_size_limit = 67108864");
        RunScript("BEGIN IMMEDIATE; COMMIT");
        Recognise(isNew);

        // What a crash left in the write-ahead log is copied and synced now: nothing may be built on frames that only the page cache has.
        Pragma("wal_checkpoint(TRUNCATE)");
    }

    private void Recognise(bool isNew)
    {
        if (isNew)
        {
            RunScript(
                $"PRAGMA application_id = {ApplicationId}; CREATE TABLE schema_version (name TEXT NOT NULL "
                    + "PRIMARY KEY, version INTEGER NOT NULL) STRICT, WITHOUT ROWID"
            );
        }
        else if (Pragma("schema_version") == "0")
        {
            throw new LedgerException(
                LedgerFault.Corrupt,
                $"cannot open the ledger {_path}: it is empty",
                "restore it from a backup; delete it only if nothing was ever signed with this data directory"
            );
        }
        else if (long.Parse(Pragma("application_id"), System.Globalization.CultureInfo.InvariantCulture) != ApplicationId)
        {
            throw new LedgerException(
                LedgerFault.Foreign,
                $"cannot open the ledger {_path}: it is the database of another program",
                "point to the ledger of this signer's data directory"
            );
        }
        else if (Pragma("table_info(room)").Length > 0)
        {
            // What it was called before the first release.
            RunScript("ALTER TABLE room RENAME TO schema_version");
        }

        // The row that probes write into.
        RunScript(
            "CREATE TABLE IF NOT EXISTS probe (filler BLOB NOT NULL) STRICT; INSERT INTO "
                + "probe (filler) SELECT x'' WHERE NOT EXISTS (SELECT 1 FROM probe)"
        );
    }

    private string Pragma(string pragma)
    {
        Check(raw.sqlite3_prepare_v2(Handle, $"PRAGMA {pragma}", out var prepared), "open");
        using (prepared)
        {
            var code = raw.sqlite3_step(prepared);
            Check(code is raw.SQLITE_ROW or raw.SQLITE_DONE ? raw.SQLITE_OK : code, "open");
            return code == raw.SQLITE_ROW ? raw.sqlite3_column_text(prepared, 0).utf8_to_string() : "";
        }
    }
}
