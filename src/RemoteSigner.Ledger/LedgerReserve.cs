namespace RemoteSigner.Ledgers;

/// <summary>
/// A file beside the ledger that keeps disk space for it: given up when the disk is full, so that decisions are recorded for a while
/// longer, and taken again when there is room. An eighth of what is free, at most 32 MiB (some 60,000 signatures), none on a disk with less
/// than 16 MiB. On a file system that compresses or copies on write it may keep less than it says.
/// </summary>
internal sealed class LedgerReserve(string ledger)
{
    private const long MaxBytes = 32 << 20;
    private const long MinBytes = 2 << 20;
    private const int Share = 8;

    private readonly string _folder = Path.GetDirectoryName(Path.GetFullPath(ledger))!;
    private long _bytes;

    private string File => Path.Combine(_folder, $".{Path.GetFileName(ledger)}.reserve");

    /// <summary>What is kept now; 0: it was given up, or there was no room for it.</summary>
    public long Bytes => Volatile.Read(ref _bytes);

    /// <summary>Free on the ledger's disk, beside the reserve.</summary>
    public long Free => new DriveInfo(_folder).AvailableFreeSpace;

    /// <summary>Takes it where there is none and room enough. What an earlier run left is replaced.</summary>
    public void TryTake()
    {
        if (Bytes > 0 || Size() is not (>= MinBytes and var size))
        {
            return;
        }

        try
        {
            System.IO.File.Delete(File);
            new FileStream(
                File,
                new FileStreamOptions
                {
                    Mode = FileMode.CreateNew,
                    Access = FileAccess.Write,
                    PreallocationSize = size,
                    UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
                }
            ).Dispose();
            Volatile.Write(ref _bytes, size);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It is a comfort, not a condition: health says that there is none.
            TryDelete();
        }
    }

    /// <summary>Frees the space; false where there was none to free.</summary>
    public bool TryGiveUp() => Interlocked.Exchange(ref _bytes, 0) > 0 && TryDelete();

    private long Size() => Math.Min(MaxBytes, Free / Share);

    private bool TryDelete()
    {
        try
        {
            System.IO.File.Delete(File);
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
