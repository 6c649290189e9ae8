namespace RemoteSigner.Ledgers;

/// <summary>
/// Copies the write-ahead log into the database file, 16 MiB at a time and beside the writer, on a connection and a thread of its own: on
/// the writer's it would be the wait of whichever duty comes then, and longer with each day, as the pages of an old file lie apart. What
/// came while it was copied is little, and the writer copies that itself, so that the log can begin anew. A copy that fails loses nothing:
/// the log keeps what was not copied and synced, and the next commit asks for another. A failed fsync ends all writing, as any does.
/// </summary>
internal sealed class LedgerCheckpoint : IDisposable
{
    // A page that many commits write is copied once in so many bytes.
    private const int Bytes = 16 << 20;

    private readonly object _gate = new();
    private readonly LedgerDatabase _writer;
    private readonly Thread _thread;
    private readonly long _pagesPerCopy;
    private Turn _turn;
    private bool _closed;
    private long _pages;
    private volatile LedgerException? _failure;
    private volatile LedgerException? _failedSync;

    public LedgerCheckpoint(LedgerDatabase writer)
    {
        (_writer, _pagesPerCopy) = (writer, Bytes / writer.PageSize);
        _thread = new Thread(Run) { Name = "ledger copy", IsBackground = true };
        _thread.Start();
    }

    private enum Turn
    {
        /// <summary>Nothing is to be copied.</summary>
        Nobody,

        /// <summary>The thread copies the log.</summary>
        Copy,

        /// <summary>The writer copies the rest.</summary>
        Writer,
    }

    /// <summary>Why the last copy failed; null when it did not.</summary>
    public LedgerException? Failure => _failure;

    /// <summary>After the waiters of a commit were released, on the writer's thread.</summary>
    public void Note()
    {
        _pages += _writer.TakePagesWritten();
        lock (_gate)
        {
            if (_turn == Turn.Nobody && _pages >= _pagesPerCopy)
            {
                _turn = Turn.Copy;
                Monitor.Pulse(_gate);
            }

            if (_turn != Turn.Writer)
            {
                return;
            }

            _turn = Turn.Nobody;
        }

        _pages = TryCopy(_writer) ? 0 : _pages;
    }

    /// <exception cref="LedgerException">A sync of a copy failed since the ledger was opened: of what it was to make durable, commits under
    /// way may be part.</exception>
    public void ThrowIfSyncFailed()
    {
        if (_failedSync is { } failure)
        {
            throw failure;
        }
    }

    /// <summary>Before the writer's connection is closed.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _closed = true;
            Monitor.Pulse(_gate);
        }

        _thread.Join();
    }

    private void Run()
    {
        LedgerDatabase? database = null;
        while (IsAsked())
        {
            var copied = TryOpen(ref database) && TryCopy(database) && TryCopy(database);
            lock (_gate)
            {
                _turn = copied ? Turn.Writer : Turn.Nobody;
            }
        }

        database?.Dispose();
    }

    private bool IsAsked()
    {
        lock (_gate)
        {
            while (_turn != Turn.Copy && !_closed)
            {
                Monitor.Wait(_gate);
            }

            return !_closed;
        }
    }

    private bool TryOpen([System.Diagnostics.CodeAnalysis.NotNullWhen(true)] ref LedgerDatabase? database)
    {
        try
        {
            database ??= LedgerDatabase.OpenToCopy(_writer.Path);
            return true;
        }
        catch (LedgerException e)
        {
            _failure = e;
            return false;
        }
    }

    // That another one copies is no failure: the next commit asks again.
    private bool TryCopy(LedgerDatabase database)
    {
        try
        {
            database.Checkpoint();
            _failure = null;
            return true;
        }
        catch (LedgerException e)
        {
            _failure = e.Fault == LedgerFault.Locked ? _failure : e;
            _failedSync = e.IsFailedSync ? e : _failedSync;
            return false;
        }
    }
}
