using System.Collections.Concurrent;
using RemoteSigner.Spec;

namespace RemoteSigner.Clusters;

/// <summary>
/// The archive as everybody reads it: a document that is damaged, foreign or missing costs what is said with it, and no more. Each is read
/// and hashed once and kept, because what has a hash never changes; one that does not read is looked at again when its file has changed,
/// and one that is not there each time, as a share may come in at any time. Thread-safe.
/// </summary>
public sealed class ClusterLibrary(ClusterArchive archive)
{
    private readonly ConcurrentDictionary<Root, Entry> _read = new();

    /// <summary>Where documents are kept and taken away.</summary>
    public ClusterArchive Archive => archive;

    /// <summary>The document that a sealed membership names; null when it is not in the archive, or cannot be read or understood.</summary>
    public ClusterDocument? Find(ClusterMembership membership) => Find(membership.ClusterHash);

    /// <summary>The document of this hash, or null. One that was read before is given from memory.</summary>
    public ClusterDocument? Find(Root clusterHash) =>
        _read.TryGetValue(clusterHash, out var known) && known.Document is { } document
            ? document.Document
            : Look(clusterHash)?.Document?.Document;

    /// <summary>Everything that lies in the archive now.</summary>
    public LibraryReading Read()
    {
        List<ArchivedDocument> documents = [];
        List<UnreadableDocument> unreadable = [];
        foreach (var hash in Hashes(unreadable))
        {
            if (Look(hash) is not { } entry)
            {
                continue;
            }

            if (entry.Problem is { } problem)
            {
                unreadable.Add(new UnreadableDocument($"{hash}.json", problem));
            }
            else
            {
                documents.Add(entry.Document!);
            }
        }

        return new LibraryReading(documents, unreadable);
    }

    private IReadOnlyList<Root> Hashes(List<UnreadableDocument> unreadable)
    {
        try
        {
            return archive.Hashes();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            unreadable.Add(new UnreadableDocument("the archive's folder", e.Message));
            return [];
        }
    }

    // Null where there is no file.
    private Entry? Look(Root hash)
    {
        var stamp = archive.StampOf(hash);
        if (stamp is null)
        {
            return null;
        }

        return _read.TryGetValue(hash, out var known) && known.Stamp == stamp
            ? known
            : _read[hash] = ReadAnew(hash, stamp, known?.Document);
    }

    // What was read before stays, whatever has become of its file.
    private Entry ReadAnew(Root hash, (DateTime Changed, long Length)? stamp, ArchivedDocument? former)
    {
        try
        {
            return archive.Find(hash) is { } document ? new Entry(stamp, document, null) : new Entry(null, former, "it went away");
        }
        catch (ClusterFileException e)
        {
            return new Entry(stamp, former, e.Message);
        }
        // Leave to read it may come without a change of the file.
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return new Entry(null, former, e.Message);
        }
    }

    private sealed record Entry((DateTime Changed, long Length)? Stamp, ArchivedDocument? Document, string? Problem);
}
