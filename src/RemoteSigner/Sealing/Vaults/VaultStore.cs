using System.Buffers;
using RemoteSigner.Native;

namespace RemoteSigner.Sealing;

/// <summary>
/// The vault's file on disk: bounded reads, and changes that happen wholly or not at all, by one process at a time. Whoever opens a vault
/// again and again keeps it: what is byte for byte as it was read or written last is not read apart and hashed anew. It holds nothing that
/// is not in the file.
/// </summary>
public sealed class VaultStore(string path)
{
    private const int BufferLength = 64 * 1024;

    private volatile VaultFile? _known;

    internal string Path => path;

    /// <exception cref="VaultException">It cannot be read, or is no vault.</exception>
    internal VaultFile Read() =>
        Open(file =>
        {
            if (_known is { } known && Holds(file, known.Parts))
            {
                return known;
            }

            var bytes = new byte[file.Length];
            Fill(file, bytes);
            return _known = VaultFile.Parse(bytes);
        });

    /// <summary>Writes the first file; refuses to replace one.</summary>
    internal void Create(VaultFile first)
    {
        using var gate = Lock();
        if (File.Exists(path))
        {
            throw new VaultException(
                VaultFault.Exists,
                $"there is a vault at {path} already",
                "choose another data folder; a vault is never overwritten"
            );
        }

        Write(first);
    }

    /// <summary>Replaces the file that was <paramref name="seen"/>; refuses if somebody else has changed it since.</summary>
    internal void Replace(VaultFile seen, VaultFile next)
    {
        using var gate = Lock();
        if (!Open(file => MacOf(file).AsSpan().SequenceEqual(seen.Mac.Span)))
        {
            throw new VaultException(
                VaultFault.Changed,
                $"the vault {path} was changed by another process since it was opened",
                "open it again and repeat the command"
            );
        }

        Write(next);
    }

    private static byte[] MacOf(FileStream file)
    {
        var head = new byte[Math.Min(file.Length, VaultFile.MaxHeader)];
        Fill(file, head);
        return VaultFile.MacOf(head).ToArray();
    }

    private static void Fill(FileStream file, Span<byte> bytes)
    {
        file.Position = 0;
        file.ReadExactly(bytes);
    }

    // Whether the file is these bytes, and nothing else.
    private static bool Holds(FileStream file, IReadOnlyList<ReadOnlyMemory<byte>> parts)
    {
        if (file.Length != parts.Sum(part => (long)part.Length))
        {
            return false;
        }

        var buffer = ArrayPool<byte>.Shared.Rent(BufferLength);
        try
        {
            foreach (var part in parts)
            {
                for (var at = 0; at < part.Length; )
                {
                    var read = file.Read(buffer, 0, Math.Min(BufferLength, part.Length - at));
                    if (read == 0 || !part.Span.Slice(at, read).SequenceEqual(buffer.AsSpan(0, read)))
                    {
                        return false;
                    }

                    at += read;
                }
            }

            return true;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private T Open<T>(Func<FileStream, T> look)
    {
        try
        {
            using var file = new FileStream(path, new FileStreamOptions { Share = FileShare.ReadWrite | FileShare.Delete, BufferSize = 0 });
            return file.Length <= VaultFile.MaxBytes
                ? look(file)
                : throw VaultReader.Malformed($"it has {file.Length} bytes, at most {VaultFile.MaxBytes} are lawful");
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new VaultException(
                VaultFault.Missing,
                $"there is no vault at {path}",
                "give the data folder that 'remote-signer init' made",
                e
            );
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new VaultException(
                VaultFault.Unreadable,
                $"cannot read the vault {path}: {e.Message}",
                "run as the user that owns the file",
                e
            );
        }
    }

    // The lock has a file of its own, which is never removed: the vault's own file is another one after each change.
    private FileStream Lock()
    {
        try
        {
            return new FileStream(
                path + ".lock",
                new FileStreamOptions
                {
                    Mode = FileMode.OpenOrCreate,
                    Access = FileAccess.ReadWrite,
                    Share = FileShare.None,
                    UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
                }
            );
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

    private void Write(VaultFile content)
    {
        try
        {
            DurableFile.Replace(path, content.Parts);
            _known = content;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Unwritable(e);
        }
    }

    private VaultException Unwritable(Exception cause) =>
        new(
            VaultFault.Unwritable,
            $"cannot write the vault {path}: {cause.Message}",
            "check free space and the folder's owner and mode; the vault is as it was",
            cause
        );
}
