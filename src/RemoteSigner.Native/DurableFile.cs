using System.Runtime.InteropServices;

namespace RemoteSigner.Native;

/// <summary>Replaces files such that after a power cut there is the old content or the new, never a part of either.</summary>
public static class DurableFile
{
    /// <summary>
    /// Writes <paramref name="content"/> beside <paramref name="path"/> with mode 0600, syncs it, renames it into place and syncs the folder. What a crash left there goes away first: the new
    /// file is made by nobody else, with no other mode, and behind no link (O_CREAT with O_EXCL, open(2)).
    /// </summary>
    /// <exception cref="IOException">Nothing was replaced.</exception>
    public static void Replace(string path, ReadOnlySpan<byte> content)
    {
        var folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        var temporary = path + ".new";
        var options = new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        };
        File.Delete(temporary);
        using (var file = new FileStream(temporary, options))
        {
            file.Write(content);
            file.Flush(flushToDisk: true);
        }

        File.Move(temporary, path, overwrite: true);
        SyncFolder(folder);
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
