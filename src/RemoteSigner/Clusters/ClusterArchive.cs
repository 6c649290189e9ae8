using RemoteSigner.Clusters.Charon;
using RemoteSigner.Consensus.Spec;
using RemoteSigner.Native;

namespace RemoteSigner.Clusters;

/// <summary>
/// The verified documents of all clusters that shares came from, one file each, named by its hash: <c>clusters/0x….json</c>, mode 0600 in a folder of mode 0700.
/// A document that is here speaks for a share when the share's sealed membership names its hash: so the vault vouches for it, and the archive itself needs no seal.
/// </summary>
public sealed class ClusterArchive(string folder)
{
    private const string Ending = ".json";

    /// <summary>The document with this hash; null when there is none.</summary>
    /// <exception cref="ClusterFileException">What lies under that name has another hash, or cannot be understood.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">This user may not read it.</exception>
    public ClusterDocument? Find(Root clusterHash)
    {
        var path = PathOf(clusterHash);
        if (!File.Exists(path))
        {
            return null;
        }

        if (new FileInfo(path).Length > ClusterJson.MostBytes)
        {
            throw ClusterJson.TooLarge(new FileInfo(path).Length);
        }

        var document = ClusterDocument.Read(File.ReadAllBytes(path));
        return document.Hash == clusterHash ? document : throw new ClusterFileException(
            ClusterFileFault.OtherHash, $"the document {path} has the hash {document.Hash}, not the one it is named by", "put back the document that was imported; every operator of the cluster has it");
    }

    /// <summary>Keeps a document, durably, as it was given; call it with a verified one. The same one again changes nothing.</summary>
    /// <exception cref="ClusterFileException">It cannot be understood.</exception>
    /// <exception cref="IOException">It cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">This user may not write there.</exception>
    public ClusterDocument Add(ReadOnlyMemory<byte> json)
    {
        var document = ClusterDocument.Read(json);
        Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        DurableFile.SyncFolder(Path.GetDirectoryName(Path.GetFullPath(folder))!);
        DurableFile.Replace(PathOf(document.Hash), json.Span);
        return document;
    }

    /// <summary>Takes a document away, for an import that failed after it was added; without one it does nothing.</summary>
    public void Remove(Root clusterHash) => File.Delete(PathOf(clusterHash));

    public bool Contains(Root clusterHash) => File.Exists(PathOf(clusterHash));

    /// <summary>Every document, in the order of their hashes. Only those that sealed shares name are proven.</summary>
    /// <exception cref="ClusterFileException">One is not what its name says, or cannot be understood.</exception>
    public IEnumerable<ClusterDocument> All() => Hashes().Select(hash => Find(hash)!);

    /// <summary>The hashes by which documents are named here, read or not.</summary>
    public IReadOnlyList<Root> Hashes() => Directory.Exists(folder)
        ? [.. Directory.EnumerateFiles(folder, "*" + Ending).Order(StringComparer.Ordinal).Select(Path.GetFileNameWithoutExtension).Select(name => Root.TryParse(name, out var hash) ? hash : default).Where(hash => hash != default)]
        : [];

    /// <summary>Where a document with this hash lies, or would lie.</summary>
    public string PathOf(Root hash) => Path.Combine(folder, hash + Ending);
}
