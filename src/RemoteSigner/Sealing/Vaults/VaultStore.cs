using RemoteSigner.Native;

namespace RemoteSigner.Sealing;

/// <summary>The vault's file on disk: bounded reads, and changes that happen wholly or not at all, by one process at a time.</summary>
internal sealed class VaultStore(string path)
{
    internal string Path => path;

    /// <exception cref="VaultException">It cannot be read, or is no vault.</exception>
    internal VaultFile Read() => VaultFile.Parse(ReadBytes());

    /// <summary>Whether the file is these bytes.</summary>
    /// <exception cref="VaultException">It cannot be read.</exception>
    internal bool Is(ReadOnlySpan<byte> bytes) => ReadBytes().AsSpan().SequenceEqual(bytes);

    /// <summary>Writes the first file; refuses to replace one.</summary>
    internal void Create(ReadOnlySpan<byte> bytes)
    {
        using var gate = Lock();
        if (File.Exists(path))
        {
            throw new VaultException(VaultFault.Exists, $"there is a vault at {path} already", "choose another data folder; a vault is never overwritten");
        }

        Write(bytes);
    }

    /// <summary>Replaces the file that was <paramref name="seen"/>; refuses if somebody else has changed it since.</summary>
    internal void Replace(VaultFile seen, ReadOnlySpan<byte> bytes)
    {
        using var gate = Lock();
        if (!VaultFile.MacOf(ReadBytes()).SequenceEqual(seen.Mac.Span))
        {
            throw new VaultException(VaultFault.Changed, $"the vault {path} was changed by another process since it was opened", "open it again and repeat the command");
        }

        Write(bytes);
    }

    private byte[] ReadBytes()
    {
        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            if (file.Length > VaultFile.MostBytes)
            {
                throw VaultReader.Malformed($"it has {file.Length} bytes, at most {VaultFile.MostBytes} are lawful");
            }

            var bytes = new byte[file.Length];
            file.ReadExactly(bytes);
            return bytes;
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new VaultException(VaultFault.Missing, $"there is no vault at {path}", "give the data folder that 'remote-signer init' made", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new VaultException(VaultFault.Unreadable, $"cannot read the vault {path}: {e.Message}", "run as the user that owns the file", e);
        }
    }

    // The lock has a file of its own, which is never removed: the vault's own file is another one after each change.
    private FileStream Lock()
    {
        try
        {
            return new FileStream(path + ".lock", new FileStreamOptions
            {
                Mode = FileMode.OpenOrCreate,
                Access = FileAccess.ReadWrite,
                Share = FileShare.None,
                UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
            });
        }
        catch (Exception e) when (e is DirectoryNotFoundException or UnauthorizedAccessException)
        {
            throw Unwritable(e);
        }
        catch (IOException e)
        {
            throw new VaultException(VaultFault.Busy, $"another process is changing the vault {path}", "wait until it is done", e);
        }
    }

    private void Write(ReadOnlySpan<byte> bytes)
    {
        try
        {
            DurableFile.Replace(path, bytes);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Unwritable(e);
        }
    }

    private VaultException Unwritable(Exception cause) =>
        new(VaultFault.Unwritable, $"cannot write the vault {path}: {cause.Message}", "check free space and the folder's owner and mode; the vault is as it was", cause);
}
