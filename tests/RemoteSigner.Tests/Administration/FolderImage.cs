using System.Security.Cryptography;

namespace RemoteSigner.Tests.Administration;

/// <summary>
/// What a process that dies now leaves of a folder: the kernel still has what was written and not synced. Locks, and what SQLite only maps,
/// are not part of it.
/// </summary>
internal sealed class FolderImage
{
    private readonly SortedDictionary<string, (byte[] Bytes, DateTime Changed)> _files = new(StringComparer.Ordinal);

    private FolderImage() { }

    /// <summary>SHA-256 over names and contents.</summary>
    public string Hash { get; private set; } = "";

    public IEnumerable<string> Names => _files.Keys;

    public static FolderImage Of(string folder)
    {
        var image = new FolderImage();
        foreach (var file in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Where(IsKept))
        {
            image._files[Path.GetRelativePath(folder, file)] = (File.ReadAllBytes(file), File.GetLastWriteTimeUtc(file));
        }

        return image.Sealed();
    }

    /// <summary>The folder as it is in the image, and nothing else in it.</summary>
    public void PutBack(string folder)
    {
        foreach (var entry in new DirectoryInfo(folder).EnumerateFileSystemInfos())
        {
            if (entry is DirectoryInfo inner)
            {
                inner.Delete(recursive: true);
            }
            else
            {
                entry.Delete();
            }
        }

        foreach (var (name, (bytes, _)) in _files)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(folder, name))!);
            File.WriteAllBytes(Path.Combine(folder, name), bytes);
        }
    }

    /// <summary>
    /// Files outside the ledger that are there in <paramref name="later"/> and were not, or had another content, in the order in which they
    /// were written.
    /// </summary>
    public IReadOnlyList<string> WrittenUntil(FolderImage later) =>
        [
            .. later
                ._files.Where(file =>
                    !IsLedger(file.Key)
                    && !(_files.TryGetValue(file.Key, out var former) && former.Bytes.AsSpan().SequenceEqual(file.Value.Bytes))
                )
                .OrderBy(file => file.Value.Changed)
                .Select(file => file.Key),
        ];

    /// <summary>Files outside the ledger that are not there any more in <paramref name="later"/>.</summary>
    public IReadOnlyList<string> RemovedUntil(FolderImage later) =>
        [.. _files.Keys.Where(name => !IsLedger(name) && !later._files.ContainsKey(name))];

    /// <summary>
    /// What a crash between two images can leave, where each file is written beside its place, renamed into it, and then the next one is:
    /// before each of these steps. Of files that were removed, any one may be gone already.
    /// </summary>
    public IEnumerable<FolderImage> Between(FolderImage later)
    {
        var state = this;
        foreach (var name in WrittenUntil(later))
        {
            var bytes = later._files[name].Bytes;
            yield return state.With(name + ".new", bytes[..(bytes.Length / 2)]);
            yield return state.With(name + ".new", bytes);
            state = state.With(name, bytes);
            yield return state;
        }

        foreach (var name in RemovedUntil(later))
        {
            yield return state.Without(name);
        }
    }

    /// <summary>The same with the files whose names begin so taken from another one.</summary>
    public FolderImage WithThoseOf(FolderImage other, string prefix)
    {
        var image = Copy();
        foreach (var name in _files.Keys.Where(name => name.StartsWith(prefix, StringComparison.Ordinal)))
        {
            image._files.Remove(name);
        }

        foreach (var (name, file) in other._files.Where(file => file.Key.StartsWith(prefix, StringComparison.Ordinal)))
        {
            image._files[name] = file;
        }

        return image.Sealed();
    }

    private static bool IsLedger(string name) => name.StartsWith("ledger.", StringComparison.Ordinal);

    private static bool IsKept(string file) =>
        Path.GetFileName(file) is var name
        && !name.EndsWith(".lock", StringComparison.Ordinal)
        && !name.EndsWith("-shm", StringComparison.Ordinal)
        && !name.EndsWith(".reserve", StringComparison.Ordinal);

    private FolderImage With(string name, byte[] bytes)
    {
        var image = Copy();
        image._files[name] = (bytes, DateTime.MinValue);
        return image.Sealed();
    }

    private FolderImage Without(string name)
    {
        var image = Copy();
        image._files.Remove(name);
        return image.Sealed();
    }

    private FolderImage Copy()
    {
        var image = new FolderImage();
        foreach (var (name, file) in _files)
        {
            image._files[name] = file;
        }

        return image;
    }

    private FolderImage Sealed()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var (name, (bytes, _)) in _files)
        {
            hash.AppendData(System.Text.Encoding.UTF8.GetBytes($"{name} {bytes.Length} "));
            hash.AppendData(bytes);
        }

        Hash = Convert.ToHexString(hash.GetHashAndReset());
        return this;
    }
}
