using System.Runtime.InteropServices;

namespace RemoteSigner.Native;

/// <summary>Replaces files such that after a power cut there is the old content or the new, never a part of either.</summary>
public static class DurableFile
{
    private const string Unfinished = ".new";

    /// <summary>
    /// Writes <paramref name="content"/> beside <paramref name="path"/> with mode 0600, syncs it, renames it into place and syncs the
    /// folder. What a crash left there goes away first: the new file is made by nobody else, with no other mode, and behind no link
    /// (O_CREAT with O_EXCL, open(2)).
    /// </summary>
    /// <exception cref="IOException">Nothing was replaced.</exception>
    public static void Replace(string path, ReadOnlySpan<byte> content) =>
        Replace(path, content, static (file, content) => file.Write(content));

    /// <summary>The same of content that lies in parts.</summary>
    /// <exception cref="IOException">Nothing was replaced.</exception>
    public static void Replace(string path, IReadOnlyList<ReadOnlyMemory<byte>> parts) =>
        Replace(path, parts, static (file, parts) => RandomAccess.Write(file.SafeFileHandle, parts, 0));

    private static void Replace<TContent>(string path, TContent content, Action<FileStream, TContent> write)
        where TContent : allows ref struct
    {
        var temporary = path + Unfinished;
        try
        {
            Write(temporary, content, write);
            File.Move(temporary, path, overwrite: true);
        }
        catch
        {
            // It may be a key. Where it cannot be taken away either, what failed first is told.
            TryDelete(temporary);
            throw;
        }

        SyncFolder(Path.GetDirectoryName(Path.GetFullPath(path))!);
    }

    /// <summary>
    /// Does what <see cref="Replace(string, ReadOnlySpan{byte})"/> would, up to where something were replaced: for a file whose content
    /// costs too much to be made in vain.
    /// </summary>
    /// <exception cref="IOException">It cannot be written there.</exception>
    /// <exception cref="UnauthorizedAccessException">The same.</exception>
    public static void Try(string path)
    {
        if (Directory.Exists(path))
        {
            throw new IOException($"{path} is a folder, and a file is to be written there");
        }

        Write(path + Unfinished, 0, static (_, _) => { });
        File.Delete(path + Unfinished);
    }

    private static void Write<TContent>(string temporary, TContent content, Action<FileStream, TContent> write)
        where TContent : allows ref struct
    {
        File.Delete(temporary);
        using var file = new FileStream(
            temporary,
            new FileStreamOptions
            {
                Mode = FileMode.CreateNew,
                Access = FileAccess.Write,
                UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
            }
        );
        write(file, content);
        file.Flush(flushToDisk: true);
    }

    private static void TryDelete(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // The next one that is written there takes it away.
        }
    }

    /// <summary>Makes names that were created, renamed or removed in <paramref name="folder"/> durable (fsync of the folder).</summary>
    /// <exception cref="IOException">The folder cannot be opened or synced.</exception>
    public static void SyncFolder(string folder)
    {
        var descriptor = Libc.open(folder, Libc.O_DIRECTORY | Libc.O_CLOEXEC);
        var synced = descriptor >= 0 && Libc.fsync(descriptor) == 0;
        var error = Marshal.GetLastPInvokeError();
        if (descriptor >= 0)
        {
            _ = Libc.close(descriptor);
        }

        if (!synced)
        {
            throw new IOException($"cannot sync the folder {folder} (errno {error})");
        }
    }
}
