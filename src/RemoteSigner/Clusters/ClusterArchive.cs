using System.Security.Cryptography;
using RemoteSigner.Clusters.Charon;
using RemoteSigner.Native;
using RemoteSigner.Spec;

namespace RemoteSigner.Clusters;

/// <summary>
/// The verified documents of all clusters that shares came from, one file each, named by its hash: <c>clusters/0x….json</c>, mode 0600 in a
/// folder of mode 0700; beside it, where it was anchored by itself, <c>0x….anchor</c>. Whoever can write here could have put any of it: see
/// <see cref="Keys.AnchoredDocument"/> for what may be believed. Signers read it through <see cref="ClusterLibrary"/>.
/// </summary>
public sealed class ClusterArchive(string folder)
{
    private const string Ending = ".json";

    /// <summary>The document with this hash; null when there is none.</summary>
    /// <exception cref="ClusterFileException">What lies under that name has another hash, or cannot be understood.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">This user may not read it.</exception>
    public ArchivedDocument? Find(Root clusterHash)
    {
        var path = PathOf(clusterHash);
        if (!File.Exists(path))
        {
            return null;
        }

        if (new FileInfo(path).Length > ClusterJson.MaxBytes)
        {
            throw ClusterJson.TooLarge(new FileInfo(path).Length);
        }

        var bytes = BoundedFile.ReadAllBytes(path, ClusterJson.MaxBytes);
        var document = ClusterDocument.Read(bytes);
        return document.Hash == clusterHash
            ? new ArchivedDocument(document, new Root(SHA256.HashData(bytes)))
            : throw new ClusterFileException(
                ClusterFileFault.OtherHash,
                $"the document {path} has the hash {document.Hash}, not the one it is named by",
                "put back the document that was imported; every operator of the cluster has it"
            );
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

    /// <summary>
    /// What lies where the anchor of a document belongs; empty where nothing does, or where it cannot be read: then it does not anchor.
    /// </summary>
    public byte[] ReadAnchor(Root clusterHash)
    {
        try
        {
            using var file = new FileStream(AnchorPathOf(clusterHash), FileMode.Open, FileAccess.Read);
            var bytes = new byte[DocumentAnchor.Length + 1];
            return bytes[..file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false)];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    /// <summary>
    /// Takes a document and its anchor away, for an import that failed after it was added or a person who gave it up; without one it does
    /// nothing.
    /// </summary>
    /// <exception cref="IOException">It cannot be removed.</exception>
    public void Remove(Root clusterHash)
    {
        File.Delete(AnchorPathOf(clusterHash));
        File.Delete(PathOf(clusterHash));
        if (Directory.Exists(folder))
        {
            // What the audit log says is gone must not come back with a power cut.
            DurableFile.SyncFolder(folder);
        }
    }

    public bool Contains(Root clusterHash) => File.Exists(PathOf(clusterHash));

    /// <summary>The hashes by which documents are named here, read or not, in their order.</summary>
    /// <exception cref="IOException">The folder cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">This user may not read it.</exception>
    public IReadOnlyList<Root> Hashes() =>
        Directory.Exists(folder)
            ?
            [
                .. Directory
                    .EnumerateFiles(folder, "*" + Ending)
                    .Order(StringComparer.Ordinal)
                    .Select(Path.GetFileNameWithoutExtension)
                    .Select(name => Root.TryParse(name, out var hash) ? hash : default)
                    .Where(hash => hash != default),
            ]
            : [];

    /// <summary>
    /// What tells a file from what lay there before without reading it: its last change and its length. Null where there is none.
    /// </summary>
    internal (DateTime Changed, long Length)? StampOf(Root clusterHash) =>
        new FileInfo(PathOf(clusterHash)) is { Exists: true } file ? (file.LastWriteTimeUtc, file.Length) : null;

    /// <summary>When the file of a document was written; null where there is none.</summary>
    public DateTimeOffset? DateOf(Root clusterHash) =>
        StampOf(clusterHash) is var (changed, _) ? new DateTimeOffset(changed, TimeSpan.Zero) : null;

    /// <summary>Where what anchors a document lies, or would lie: the bytes of a <see cref="DocumentAnchor"/>.</summary>
    public string AnchorPathOf(Root hash) => Path.Combine(folder, hash + ".anchor");

    private string PathOf(Root hash) => Path.Combine(folder, hash + Ending);
}
