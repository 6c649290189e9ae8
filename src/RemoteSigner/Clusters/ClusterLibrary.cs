using System.Collections.Concurrent;
using RemoteSigner.Consensus.Spec;

namespace RemoteSigner.Clusters;

/// <summary>
/// The archive's documents for a running signer: each is read and hashed once, at first use, and kept, because what has a hash never changes. One that is not
/// there is looked for again, as a share may come in at any time. Thread-safe.
/// </summary>
public sealed class ClusterLibrary(ClusterArchive archive)
{
    private readonly ConcurrentDictionary<Root, ClusterDocument> _read = new();

    /// <summary>The document that a sealed membership names; null when it is not in the archive, or cannot be read or understood.</summary>
    public ClusterDocument? Find(ClusterMembership membership) =>
        _read.TryGetValue(membership.ClusterHash, out var known) ? known : Read(membership.ClusterHash) is { } document ? _read.GetOrAdd(document.Hash, document) : null;

    // A damaged document costs what is said with it, and no more: whoever asks refuses without it, and 'cluster show' tells what is wrong.
    private ClusterDocument? Read(Root hash)
    {
        try
        {
            return archive.Find(hash);
        }
        catch (Exception e) when (e is ClusterFileException or IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
