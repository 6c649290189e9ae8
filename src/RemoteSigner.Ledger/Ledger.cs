namespace RemoteSigner.Ledgers;

/// <summary>
/// The one SQLite database of a data directory, in WAL mode with <c>synchronous=FULL</c>, locked against
/// every other process by a file beside it, file mode 0600. One writer thread takes everything that waits, runs it in one transaction,
/// commits once (one fsync), then releases all who wait. A piece of work that throws fails alone; when the commit fails, all of the batch
/// fail. Throws <see cref="LedgerException"/>.
/// </summary>
public sealed partial class Ledger : IAsyncDisposable
{
    // What a changed row takes on disk at most in the usual course: an audit entry, or a record.
    private const int RowBytes = 1024;

    // So much is written to find out, even where more failed: twice a full batch of a thousand decisions.
    private const long MaxProbed = 4 << 20;
    private const long MinProbed = 16;

    // A monitor: its wait sleeps at once, where a semaphore's spins first and takes the core from a signature.
    private readonly object _gate = new();
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly LedgerDatabase _database;
    private readonly LedgerTransaction _transaction;
    private readonly LedgerReader _reader;
    private readonly LedgerReserve _reserve;
    private readonly LedgerCheckpoint _checkpoint;
    private bool _keepsReserve;
    private List<LedgerWork> _queue = [];
    private List<LedgerWork> _batch = [];
    private TaskCompletionSource? _entries;
    private LedgerException? _broken;
    private volatile LedgerException? _lastFailure;
    private bool _closed;
    private int _changes;
    private long _probed;
    private long _failedBytes;
    private long _commits;
    private long _writes;

    private Ledger(LedgerDatabase database)
    {
        _database = database;
        _transaction = new LedgerTransaction(database);
        _reader = new LedgerReader(database.Path);
        _reserve = new LedgerReserve(database.Path);
        _checkpoint = new LedgerCheckpoint(database);
        new Thread(Run) { Name = "ledger writer", IsBackground = true }.Start();
    }

    /// <summary>Transactions committed since the ledger was opened.</summary>
    public long Commits => Volatile.Read(ref _commits);

    /// <summary>Pieces of work taken into a committed transaction since the ledger was opened.</summary>
    public long Writes => Volatile.Read(ref _writes);

    /// <summary>
    /// Why the disk did not take something; null once a later batch without any failure was committed that wrote as much: where a small
    /// write still fits, a large one may not. And why the write-ahead log cannot be copied, until it can.
    /// </summary>
    public LedgerException? LastFailure => _lastFailure ?? _checkpoint.Failure;

    /// <summary>How much there is of it, and room for more.</summary>
    public LedgerDisk Disk => new(LedgerFiles.Length(_database.Path), _reserve.Free, _reserve.Bytes);

    /// <summary>Makes a new, empty ledger and opens it; refuses when a file is there.</summary>
    public static Ledger Create(string path)
    {
        LedgerFiles.Create(path);
        return new Ledger(new LedgerDatabase(path, isNew: true));
    }

    /// <summary>
    /// Opens an existing ledger; a missing one is refused, because an empty ledger would grant what the lost one refused.
    /// </summary>
    public static Ledger Open(string path)
    {
        if (!File.Exists(path))
        {
            throw new LedgerException(
                LedgerFault.Missing,
                $"cannot open the ledger {path}: no such file",
                "restore it from a backup; only a new data directory starts with an empty one"
            );
        }

        LedgerFiles.CloseToOthers(path);
        return new Ledger(new LedgerDatabase(path, isNew: false));
    }

    /// <summary>
    /// Runs <paramref name="work"/> on the writer thread inside the next transaction; the task ends when that is committed, with the
    /// result, or with whatever kept it from being committed. There is no way to cancel: after the queue nobody may guess whether it was
    /// done.
    /// </summary>
    public Task<T> WriteAsync<T>(Func<LedgerTransaction, T> work)
    {
        var item = new LedgerWork<T>(work);
        return TryQueue([item]) ? item.Completion : Task.FromException<T>(Closed());
    }

    /// <summary>
    /// Runs <paramref name="work"/>, which only reads, beside the writer: it sees what was committed when it began, and no write waits for
    /// it. For whatever takes longer than a look-up.
    /// </summary>
    public Task<T> ReadAsync<T>(Func<LedgerTransaction, T> work) => _reader.ReadAsync(work);

    /// <summary>
    /// Ends once entries were committed that were not there when this was called, or were but not committed; faulted when the ledger is
    /// closed.
    /// </summary>
    public Task NextEntriesAsync()
    {
        lock (_gate)
        {
            return _closed
                ? Task.FromException(Closed())
                : (_entries ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
        }
    }

    /// <summary>
    /// Several pieces of work in their order, all in the same transaction: the writer takes the queue whole, and they enter it together.
    /// The task ends when all of them have; each still fails alone, and says so itself.
    /// </summary>
    public Task WriteAllAsync(ReadOnlySpan<LedgerWork> work)
    {
        if (work.IsEmpty)
        {
            return Task.CompletedTask;
        }

        // They are released in their order: whoever waits for the last waits for all.
        var last = work[^1].Await();
        if (TryQueue(work))
        {
            return last;
        }

        foreach (var item in work)
        {
            item.Failure = Closed();
        }

        return Task.CompletedTask;
    }

    /// <summary>
    /// Keeps disk space for decisions from now on (<see cref="LedgerReserve"/>): what a full disk did not take is tried again in it. For
    /// whoever signs.
    /// </summary>
    public Task KeepReserveAsync() =>
        WriteAsync(_ =>
        {
            _keepsReserve = true;
            _reserve.TryTake();
            return true;
        });

    /// <summary>
    /// Writes into a row that is there for that, in a commit like any other: as much as the largest write that failed, so that its success
    /// says that this one would succeed.
    /// </summary>
    public Task ProbeAsync() =>
        WriteAsync(transaction =>
        {
            _probed = Math.Max(_failedBytes, MinProbed);
            if (_keepsReserve)
            {
                _reserve.TryTake();
            }

            return transaction.Statement("UPDATE probe SET filler = randomblob(?1)").Bind(1, _probed).Execute();
        });

    /// <summary>
    /// Finishes what waits, runs <paramref name="last"/> after all of it, and closes the database: nothing can come after its result.
    /// </summary>
    public async Task<T> CloseAsync<T>(Func<LedgerTransaction, T> last)
    {
        var item = new LedgerWork<T>(last);
        lock (_gate)
        {
            if (_closed)
            {
                throw Closed();
            }

            Close();
            _queue.Add(item);
        }

        await _reader.DisposeAsync();
        await _ended.Task;
        return await item.Completion;
    }

    /// <summary>Finishes what waits, then closes the database.</summary>
    public async ValueTask DisposeAsync()
    {
        lock (_gate)
        {
            if (!_closed)
            {
                Close();
            }
        }

        await _reader.DisposeAsync();
        await _ended.Task;
    }

    private bool TryQueue(params ReadOnlySpan<LedgerWork> items)
    {
        lock (_gate)
        {
            if (_closed)
            {
                return false;
            }

            _queue.AddRange(items);
            Monitor.Pulse(_gate);
        }

        return true;
    }

    private void WakeFollowers()
    {
        TaskCompletionSource? woken;
        lock (_gate)
        {
            (woken, _entries) = (_entries, null);
        }

        woken?.SetResult();
    }

    // Under the gate.
    private void Close()
    {
        _closed = true;
        _entries?.SetException(Closed());
        _entries = null;
        Monitor.Pulse(_gate);
    }

    private LedgerException Closed() =>
        new(
            LedgerFault.Closed,
            $"cannot write to the ledger {_database.Path}: it is closed",
            "the signer is shutting down; ask again when it is back"
        );
}
