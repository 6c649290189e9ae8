namespace RemoteSigner.Ledgers;

/// <summary>
/// Keeps every other process from a ledger: an advisory lock (flock) on a file of its own beside it, which is never removed. Readers of
/// this process need none.
/// </summary>
internal sealed class LedgerLock : IDisposable
{
    private readonly FileStream _file;

    private LedgerLock(FileStream file) => _file = file;

    /// <exception cref="LedgerException">Another process has the ledger.</exception>
    public static LedgerLock Take(string ledger)
    {
        try
        {
            return new LedgerLock(
                new FileStream(
                    Path.Combine(Path.GetDirectoryName(Path.GetFullPath(ledger))!, $".{Path.GetFileName(ledger)}.lock"),
                    new FileStreamOptions
                    {
                        Mode = FileMode.OpenOrCreate,
                        Access = FileAccess.ReadWrite,
                        Share = FileShare.None,
                        UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
                    }
                )
            );
        }
        catch (Exception e) when (e is UnauthorizedAccessException or DirectoryNotFoundException)
        {
            throw LedgerException.From(SQLitePCL.raw.SQLITE_CANTOPEN, "open", ledger, e.Message, e);
        }
        catch (IOException e)
        {
            // SQLite is not loaded yet and cannot be asked for its own words.
            throw LedgerException.From(SQLitePCL.raw.SQLITE_BUSY, "open", ledger, "its lock is held", e);
        }
    }

    public void Dispose() => _file.Dispose();
}
