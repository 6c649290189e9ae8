namespace RemoteSigner.Ledgers;

/// <summary>
/// A second, read-only connection beside the writer: what takes long is read here, and no write waits for it. Each piece of work sees one
/// snapshot, of what was committed when it began. One at a time, on a thread of the pool; nothing is remembered from one piece to the next.
/// </summary>
internal sealed class LedgerReader(string path) : IAsyncDisposable
{
    private readonly SemaphoreSlim _one = new(1);
    private LedgerDatabase? _database;
    private bool _closed;

    public async Task<T> ReadAsync<T>(Func<LedgerTransaction, T> work)
    {
        await _one.WaitAsync();
        try
        {
            return _closed ? throw Closed() : await Task.Run(() => Read(work));
        }
        finally
        {
            _one.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _one.WaitAsync();
        _closed = true;
        _database?.Dispose();
        _one.Release();
    }

    private T Read<T>(Func<LedgerTransaction, T> work)
    {
        var database = _database ??= LedgerDatabase.OpenToRead(path);
        database.Run("BEGIN");
        var ending = "ROLLBACK";
        try
        {
            var result = work(new LedgerTransaction(database));

            // Temporary tables stay for the next piece.
            ending = "COMMIT";
            return result;
        }
        finally
        {
            database.ResetStatements();
            database.Run(ending);
        }
    }

    private LedgerException Closed() =>
        new(LedgerFault.Closed, $"cannot read the ledger {path}: it is closed", "the signer is shutting down; ask again when it is back");
}
