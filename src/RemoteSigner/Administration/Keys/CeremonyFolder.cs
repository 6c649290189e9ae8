using RemoteSigner.Clusters.Charon;
using RemoteSigner.Keys;
using RemoteSigner.Native;
using RemoteSigner.Sealing;

namespace RemoteSigner.Administration.Keys;

/// <summary>
/// A folder of Charon's layout for one ceremony, on a file system that never reaches a disk: new, ours alone, and gone with the machine's
/// power. <c>validator_keys/keystore-N.json</c> and <c>.txt</c> for the validator at position N of the lock.
/// </summary>
public sealed class CeremonyFolder
{
    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private readonly NodeFolder _node;

    private CeremonyFolder(string path) => _node = new NodeFolder(path);

    /// <summary>Sees that it could be made.</summary>
    /// <param name="path">Absolute; its parent must be there, and nothing at the path itself.</param>
    /// <exception cref="AdminException">It would not stay in memory, or something is there.</exception>
    public static void Check(string path)
    {
        var parent =
            Path.GetDirectoryName(path) is { } above && Directory.Exists(above)
                ? above
                : throw Refused(
                    $"there is no folder {Path.GetDirectoryName(path)} that this user may look at",
                    "make it on a memory file system first, and let this user write there"
                );
        RequireMemory(parent);
        if (FileStatus.Of(parent) is { IsOpenToOthers: true } && !File.GetUnixFileMode(parent).HasFlag(UnixFileMode.StickyBit))
        {
            throw Refused($"anybody may rename what lies in {parent}", "name a folder below one that only you may write to");
        }

        if (Path.Exists(path))
        {
            throw Refused(
                $"{path} is there already",
                "name a folder that is not there yet: what an earlier ceremony left must be told from this one's"
            );
        }
    }

    /// <summary>Makes it.</summary>
    /// <exception cref="AdminException">As of <see cref="Check"/>.</exception>
    /// <exception cref="IOException">It cannot be made.</exception>
    public static CeremonyFolder Make(string path)
    {
        Check(path);
        var folder = new CeremonyFolder(path);
        Directory.CreateDirectory(path, Private);
        Directory.CreateDirectory(folder._node.KeystoreFolder, Private);
        return FileStatus.Of(path) is { IsOpenToOthers: false } made && made.Owner == PeerCredentials.Ours
            ? folder
            : throw Refused($"{path} was made by somebody else at the same moment", "name a folder below one that only you may write to");
    }

    /// <summary>Sees that no keystores lie there any more.</summary>
    /// <exception cref="AdminException">They do, or this user may not look.</exception>
    public static void RequireGone(string path)
    {
        try
        {
            // Of a folder that may not be looked into, this tells; that it is there or not, would not.
            _ = File.GetAttributes(new NodeFolder(path).KeystoreFolder);
            if (Directory.EnumerateFileSystemEntries(new NodeFolder(path).KeystoreFolder).Any())
            {
                throw StillThere(path);
            }
        }
        catch (Exception gone) when (gone is FileNotFoundException or DirectoryNotFoundException)
        {
            // As it should be.
        }
        catch (Exception unseen) when (unseen is UnauthorizedAccessException or IOException)
        {
            throw new AdminException(
                AdminFault.ExportNotSeen,
                $"whether the keystores are still in {path} cannot be seen: {unseen.Message}; nothing was changed",
                "look yourself, and 'rm -r' it; then run the command as a user who may look there. "
                    + "Where the signer runs, it looks too: stop it if its unit hides the place"
            );
        }
    }

    /// <summary>May keystores lie there, for all that this user can see?</summary>
    public static bool MayHold(string path)
    {
        try
        {
            RequireGone(path);
            return false;
        }
        catch (AdminException)
        {
            return true;
        }
    }

    internal static AdminException StillThere(string path) =>
        new(
            AdminFault.ExportStillThere,
            $"the keystores are still in {path}; nothing was changed",
            $"'rm -r {path}' first, and wherever they were copied to as well: two places that sign with one share get the validator slashed"
        );

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
        var kind = FileSystem.MemoryAt(folder)
            ?? throw Refused(
                $"{folder} is not on a memory file system",
                "keys that were on a disk cannot be taken from it again: mount one, 'mount -t "
                    + "ramfs -o mode=0700 ramfs /run/ceremony', and name a folder in it"
            );
        if (kind == MemoryFileSystem.Tmpfs && File.ReadLines("/proc/swaps").Skip(1).Any())
        {
            throw Refused(
                $"{folder} is a tmpfs, and this machine swaps: its pages may reach a disk",
                "take a ramfs, 'mount -t ramfs -o mode=0700 ramfs /run/ceremony', or switch swap off with 'swapoff -a'"
            );
        }
    }

    private static AdminException Refused(string message, string hint) =>
        new(AdminFault.NotInMemory, $"{message}; nothing was changed", hint);
}
