using SQLitePCL;

namespace RemoteSigner.Ledgers;

/// <summary>
/// One prepared SQL statement, kept for the life of the ledger and used again and again: bind, step, read columns. Only valid on the
/// writer thread inside <c>Ledger.WriteAsync</c>. Binding starts it over. Throws <see cref="LedgerException"/>.
/// </summary>
/// <remarks>
/// Straight over SQLite's own calls: a reused command of Microsoft.Data.Sqlite takes 3.5 µs for an insert that takes 2.1 µs so, and a
/// decision runs four statements.
/// </remarks>
internal sealed class LedgerStatement
{
    private readonly LedgerDatabase _database;
    private readonly sqlite3_stmt _statement;
    private bool _running;

    internal LedgerStatement(LedgerDatabase database, sqlite3_stmt statement) => (_database, _statement) = (database, statement);

    /// <summary>Binds a whole number to the parameter <paramref name="index"/>, counted from 1.</summary>
    public LedgerStatement Bind(int index, long value)
    {
        Reset();
        _database.Check(raw.sqlite3_bind_int64(_statement, index, value), "use");
        return this;
    }

    /// <summary>Binds a number or NULL.</summary>
    public LedgerStatement Bind(int index, long? value) => value is { } number ? Bind(index, number) : BindNull(index);

    /// <summary>Binds a copy of the bytes; no bytes are an empty blob, not NULL.</summary>
    public LedgerStatement Bind(int index, ReadOnlySpan<byte> value)
    {
        Reset();
        var code = value.IsEmpty ? raw.sqlite3_bind_zeroblob(_statement, index, 0) : raw.sqlite3_bind_blob(_statement, index, value);
        _database.Check(code, "use");
        return this;
    }

    /// <summary>Binds text.</summary>
    public LedgerStatement Bind(int index, string value)
    {
        Reset();
        _database.Check(raw.sqlite3_bind_text(_statement, index, value), "use");
        return this;
    }

    public LedgerStatement BindNull(int index)
    {
        Reset();
        _database.Check(raw.sqlite3_bind_null(_statement, index), "use");
        return this;
    }

    /// <summary>Goes to the next row; false, and back at the start, when there is none.</summary>
    public bool Step()
    {
        var code = raw.sqlite3_step(_statement);
        _running = true;
        if (code == raw.SQLITE_ROW)
        {
            return true;
        }

        Reset();
        _database.Check(code == raw.SQLITE_DONE ? raw.SQLITE_OK : code, "write");
        return false;
    }

    /// <summary>Runs a statement that gives no rows; returns how many rows it changed.</summary>
    public int Execute()
    {
        while (Step())
        {
            // A statement such as INSERT ... RETURNING must be stepped to its end to take effect.
        }

        return _database.Changes;
    }

    public bool IsNull(int column) => raw.sqlite3_column_type(_statement, column) == raw.SQLITE_NULL;

    public long Number(int column) => raw.sqlite3_column_int64(_statement, column);

    public long? NumberOrNull(int column) => IsNull(column) ? null : Number(column);

    /// <summary>The bytes of a column, valid until the next step.</summary>
    public ReadOnlySpan<byte> Blob(int column) => raw.sqlite3_column_blob(_statement, column);

    public string Text(int column) => raw.sqlite3_column_text(_statement, column).utf8_to_string();

    /// <summary>Back to the start. The code is the last step's own error over again, which that step has thrown already.</summary>
    public void Reset()
    {
        if (_running)
        {
            _running = false;
            _ = raw.sqlite3_reset(_statement);
        }
    }

    internal void Close() => _statement.Dispose();
}
