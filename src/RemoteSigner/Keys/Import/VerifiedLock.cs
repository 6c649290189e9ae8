using System.Collections.Immutable;
using RemoteSigner.Clusters;
using RemoteSigner.Clusters.Charon;
using RemoteSigner.Native;

namespace RemoteSigner.Keys;

/// <summary>A lock that has passed every check, with the bytes it was read from, for the archive.</summary>
public sealed class VerifiedLock
{
    private VerifiedLock(ClusterLock cluster, ReadOnlyMemory<byte> json, string name, VerificationPolicy policy) =>
        (Cluster, Json, Name, Policy) = (cluster, json, name, policy);

    public ClusterLock Cluster { get; }

    public ReadOnlyMemory<byte> Json { get; }

    /// <summary>What messages call it.</summary>
    public string Name { get; }

    /// <summary>What was borne when it was verified.</summary>
    public VerificationPolicy Policy { get; }

    /// <summary>Reads and verifies a <c>cluster-lock.json</c>.</summary>
    /// <exception cref="ClusterFileException">It cannot be understood, or is a definition only.</exception>
    /// <exception cref="ImportException">A check failed; all that failed are listed by their codes.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static VerifiedLock Open(string path, VerificationPolicy policy)
    {
        if (ClusterFile.Open(path) is not ClusterFile.Lock)
        {
            throw new ClusterFileException(
                ClusterFileFault.Malformed,
                $"{path} is the definition of a cluster, not its lock",
                "give the cluster-lock.json that the key generation made"
            );
        }

        return Of(BoundedFile.ReadAllBytes(path, ClusterJson.MaxBytes), path, policy);
    }

    /// <summary>The same of bytes; <paramref name="name"/> is what messages call them.</summary>
    public static VerifiedLock Of(ReadOnlyMemory<byte> json, string name, VerificationPolicy policy)
    {
        var cluster = ClusterLock.Parse(json);
        List<ImportRefusal> failed =
        [
            .. ClusterVerifier
                .Verify(cluster, policy)
                .Where(result => result.Verdict is CheckVerdict.Failed)
                .Select(result => (result.Check, Failed: (CheckVerdict.Failed)result.Verdict))
                .Select(result => new ImportRefusal(result.Check.Code(), name, result.Failed.Problem, result.Failed.Hint)),
        ];
        return failed.Count == 0 ? new VerifiedLock(cluster, json, name, policy) : throw new ImportException(failed);
    }

    /// <summary>The shares of the operator whose node has this key (33 bytes), one for each validator.</summary>
    /// <exception cref="ImportException">The key is of none of the operators.</exception>
    public IReadOnlyList<ClusterShare> SharesOf(ImmutableArray<byte> nodeKey, string name) =>
        Cluster.Definition.FindShareIndex(nodeKey.AsSpan()) is { } index
            ? Cluster.SharesOf(index)
            : throw new ImportException([
                new(
                    ImportFault.ForeignNode.Code(),
                    name,
                    "the node's key is of none of the operators in the lock",
                    "give the folder of this node and the lock of its cluster: the key says which share is ours"
                ),
            ]);
}
