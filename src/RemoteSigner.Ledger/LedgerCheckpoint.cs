namespace RemoteSigner.Ledgers;

/// <summary>
/// Copies the write-ahead log into the database file, 16 MiB at a time and beside the writer, on a connection of its own: on the writer it would be the wait of whichever duty comes then, and
/// longer with each day, as the pages of an old file lie apart. What came while it was copied is little, and the writer copies that itself, so that the log can begin anew.
/// A copy that fails loses nothing: the log keeps what was not copied and synced, and the next copy begins there. A failed fsync ends all writing, as any does.
/// </summary>
internal sealed class LedgerCheckpoint(LedgerDatabase writer) : IDisposable
{
    /// <summary>A page that many commits write is copied once in so many bytes.</summary>
    public const int Bytes = 16 << 20;

    private readonly long _pagesPerCopy = Bytes / writer.PageSize;
    private LedgerDatabase? _database;
    private Thread? _copy;
    private long _pages;
    private volatile LedgerException? _failedSync;

    /// <summary>After the waiters of a commit were released, on the writer's thread.</summary>
    public void Note()
    {
        _pages += writer.TakePagesWritten();
        if (_copy is { IsAlive: false })
        {
            Copy(() => writer);
            (_copy, _pages) = (null, 0);
        }
        else if (_copy is null && _pages >= _pagesPerCopy)
        {
            _copy = new Thread(() => Copy(() => _database ??= LedgerDatabase.OpenToCopy(writer.Path))) { Name = "ledger copy", IsBackground = true };
            _copy.Start();
        }
    }

    /// <exception cref="LedgerException">A sync of a copy failed since the ledger was opened: of what it was to make durable, commits under way may be part.</exception>
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
        _copy?.Join();
        _database?.Dispose();
    }

    private void Copy(Func<LedgerDatabase> open)
    {
        try
        {
            open().Checkpoint();
        }
        catch (LedgerException e)
        {
            _failedSync = e.IsFailedSync ? e : _failedSync;
        }
    }
}
