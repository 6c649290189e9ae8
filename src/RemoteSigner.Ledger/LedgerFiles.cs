namespace RemoteSigner.Ledgers;

/// <summary>The files of a ledger: the database, and beside it the write-ahead log and its index. Nobody else may read them.</summary>
internal static class LedgerFiles
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private static readonly string[] _beside = ["", "-wal", "-shm"];

    /// <summary>Makes the empty database file. SQLite gives the others its mode.</summary>
    /// <exception cref="LedgerException">A file is there, or none can be made.</exception>
    public static void Create(string path)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = OwnerOnly;
        }

        try
        {
            new FileStream(path, options).Dispose();
        }
        catch (IOException e) when (File.Exists(path))
        {
            throw new LedgerException(
                LedgerFault.AlreadyExists,
                $"cannot make the ledger {path}: a file is there",
                "open it, or choose another data directory",
                e
            );
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw LedgerException.From(SQLitePCL.raw.SQLITE_CANTOPEN, "make", path, e.Message, e);
        }
    }

    /// <summary>Takes away what leave others may have been given.</summary>
    /// <exception cref="LedgerException">That is not ours to do.</exception>
    public static void CloseToOthers(string path)
    {
        foreach (var file in _beside.Select(end => path + end).Where(File.Exists))
        {
            try
            {
                if (!OperatingSystem.IsWindows())
                {
                    File.SetUnixFileMode(file, OwnerOnly);
                }
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                throw LedgerException.From(SQLitePCL.raw.SQLITE_PERM, "open", file, e.Message, e);
            }
        }
    }

    /// <summary>Bytes of all of them.</summary>
    public static long Length(string path) => _beside.Sum(end => new FileInfo(path + end) is { Exists: true } file ? file.Length : 0);
}
