using System.Collections.Frozen;
using RemoteSigner.Native;

namespace RemoteSigner.Keys;

/// <summary>
/// The files that a process of this machine holds a write lock on, by the kernel's word (proc_locks(5)); one in another PID namespace, or
/// on a file system that names its device otherwise (btrfs), may not be among them.
/// </summary>
internal sealed class HeldFiles
{
    private const string Locks = "/proc/locks";

    private readonly FrozenSet<string> _places;

    private HeldFiles(IEnumerable<string> places) => _places = places.ToFrozenSet(StringComparer.Ordinal);

    /// <summary>Reads them now. None where they cannot be read.</summary>
    public static HeldFiles Now()
    {
        try
        {
            // "1: POSIX  ADVISORY  WRITE 3568 fd:00:2531452 0 EOF"; one that waits for another has "->" before its kind.
            return new HeldFiles(
                File.ReadLines(Locks)
                    .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
                    .Where(words => words.Length > 5 && words[3] == "WRITE")
                    .Select(words => words[5])
            );
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return new HeldFiles([]);
        }
    }

    public bool Contains(string path) => FileStatus.Of(path) is { } status && _places.Contains(status.Place);
}
