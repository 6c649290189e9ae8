using RemoteSigner.Clusters.Charon;
using RemoteSigner.Keys;
using RemoteSigner.Native;
using RemoteSigner.Sealing;

namespace RemoteSigner.Administration.Keys;

/// <summary>
/// A folder of Charon's layout for one ceremony, on a file system that never reaches a disk: new, ours alone, and gone with the machine's power. <c>validator_keys/keystore-N.json</c> and <c>.txt</c>
/// for the validator at position N of the lock.
/// </summary>
internal sealed class CeremonyFolder
{
    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private readonly NodeFolder _node;

    private CeremonyFolder(string path) => _node = new NodeFolder(path);

    /// <summary>Makes it.</summary>
    /// <param name="path">Absolute; its parent must be there, and nothing at the path itself.</param>
    /// <exception cref="AdminException">It would not stay in memory, or something is there.</exception>
    /// <exception cref="IOException">It cannot be made.</exception>
    public static CeremonyFolder Make(string path)
    {
        RequireMemory(Path.GetDirectoryName(path) is { } parent && Directory.Exists(parent) ? parent : throw Refused($"there is no folder {Path.GetDirectoryName(path)}", "make it on a memory file system first"));
        if (Path.Exists(path))
        {
            throw Refused($"{path} is there already", "name a folder that is not there yet: what an earlier ceremony left must be told from this one's");
        }

        var folder = new CeremonyFolder(path);
        Directory.CreateDirectory(path, Private);
        Directory.CreateDirectory(folder._node.KeystoreFolder, Private);
        return FileStatus.Of(path) is { IsOpenToOthers: false } made && made.Owner == PeerCredentials.Ours ? folder : throw Refused($"{path} was made by somebody else at the same moment", "name a folder below one that only you may write to");
    }

    /// <summary>Do keystores of an earlier export lie there still?</summary>
    public static bool HasKeystores(string path) => new NodeFolder(path).FindKeystores().Count > 0;

    /// <summary>Writes a share's keystore under a password of its own, and the password beside it.</summary>
    /// <param name="position">Of its validator in the lock, counted from 0.</param>
    /// <exception cref="IOException">It cannot be written.</exception>
    public void Write(int position, VaultShare share, SecretArena arena)
    {
        using var password = KeystoreWriting.NewPassword(arena);
        DurableFile.Replace(_node.KeystoreFile(position), KeystoreWriting.Write(share.Secret, share.ShareKey, password, arena));
        SecretFile.Write(_node.PasswordFile(position), password);
    }

    /// <summary>Takes everything away that was written; whether all of it went.</summary>
    public bool TryRemove()
    {
        try
        {
            Directory.Delete(_node.Path, recursive: true);
            return true;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    // Memory that is swapped out is on a disk.
    private static void RequireMemory(string folder)
    {
        var kind = FileSystem.MemoryAt(folder) ?? throw Refused(
            $"{folder} is not on a memory file system", "keys that were on a disk cannot be taken from it again: mount one, 'mount -t ramfs -o mode=0700 ramfs /run/ceremony', and name a folder in it");
        if (kind == MemoryFileSystem.Tmpfs && IsSwapping() && !IsNeverSwapped(folder))
        {
            throw Refused($"{folder} is a tmpfs, and this machine swaps: its pages may reach a disk", "mount it with noswap (Linux 6.4), take a ramfs, or switch swap off with 'swapoff -a'");
        }
    }

    // Below one line of headings.
    private static bool IsSwapping() => File.ReadLines("/proc/swaps").Skip(1).Any();

    // proc(5): the mount point is the fifth field, the options of the file system the last one.
    private static bool IsNeverSwapped(string folder) => File.ReadLines("/proc/self/mountinfo")
        .Select(line => line.Split(' '))
        .Where(fields => fields.Length > 5 && (folder == fields[4] || folder.StartsWith(fields[4].TrimEnd('/') + '/', StringComparison.Ordinal)))
        .MaxBy(fields => fields[4].Length) is { } mount && mount[^1].Split(',').Contains("noswap");

    private static AdminException Refused(string message, string hint) => new("not_in_memory", $"{message}; nothing was changed", hint);
}
