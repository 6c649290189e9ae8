using System.Collections.Immutable;
using System.Security.Cryptography;
using RemoteSigner.Clusters;
using RemoteSigner.Clusters.Charon;
using RemoteSigner.Sealing;
using RemoteSigner.Spec;

namespace RemoteSigner.Keys;

/// <summary>
/// A document that may say whose a share is. There is one only for a reason that does not lie in the document itself, because all that it
/// says can be made from public keys: our own node's signature of the lock hash, the operator's explicit word, or a share that is sealed in
/// the vault as a member of it.
/// </summary>
public sealed class AnchoredDocument
{
    private AnchoredDocument(ClusterDocument document, Root content, AnchorKind kind, DateTimeOffset since) =>
        (Document, Content, Kind, Since) = (document, content, kind, since);

    public ClusterDocument Document { get; }

    /// <summary>SHA-256 of the document's bytes.</summary>
    public Root Content { get; }

    public AnchorKind Kind { get; }

    /// <summary>When it was anchored, where that is known; one that only a sealed share vouches for is older than all others.</summary>
    public DateTimeOffset Since { get; }

    /// <summary>The bytes it was read from; empty for one that is in the archive.</summary>
    public ReadOnlyMemory<byte> Json { get; private init; }

    /// <summary>What the person who anchored it took upon himself, in words for the audit log; empty for nothing.</summary>
    public string Borne { get; private init; } = "";

    /// <summary>Why it is believed, for the audit log.</summary>
    public string Reason => Kind.Code() + (Borne.Length > 0 ? $"; {Borne}" : "");

    /// <summary>What messages call it.</summary>
    public string Name { get; private init; } = "";

    /// <summary>
    /// A lock whose hash our node has signed, with the key of its ENR (33 bytes); where nodes do not sign, one that the operator has
    /// <paramref name="accepted"/> at his own word.
    /// </summary>
    /// <exception cref="ImportException">The key is of none of the operators, or the lock is of a version in which nodes do not
    /// sign.</exception>
    public static AnchoredDocument ByNode(
        VerifiedLock cluster,
        ImmutableArray<byte> nodeKey,
        string nodeName,
        bool accepted,
        DateTimeOffset now
    )
    {
        _ = cluster.SharesOf(nodeKey, nodeName);
        return LockChecks.IsSignedBy(cluster.Cluster, nodeKey.AsSpan()) ? Of(cluster, AnchorKind.NodeSignature, now)
            : accepted ? ByWord(cluster, now)
            : throw new ImportException([
                new(
                    ImportFault.UnanchoredLock.Code(),
                    cluster.Name,
                    $"a lock of {cluster.Cluster.Definition.Version} has no node signatures: all of it can "
                        + "be made from public keys, so nothing shows that our node confirmed it",
                    $"compare its lock_hash {cluster.Cluster.LockHash} with the one that the "
                        + "node itself runs with, then say --accept-unanchored"
                ),
            ]);
    }

    /// <summary>A lock that the operator takes at his own word.</summary>
    public static AnchoredDocument ByWord(VerifiedLock cluster, DateTimeOffset now) => Of(cluster, AnchorKind.OperatorsWord, now);

    /// <summary>Keyshares of exactly the owner and the validators that the operator read in the contract.</summary>
    /// <exception cref="ImportException">They are of others; all that differs is listed.</exception>
    public static AnchoredDocument ByStatement(VerifiedKeyshares file, StatedValidators stated, DateTimeOffset now) =>
        stated.Against(file) is { Count: > 0 } refusals ? throw new ImportException(refusals) : Of(file, AnchorKind.StatedValidators, now);

    /// <summary>Keyshares that the operator takes at his own word.</summary>
    public static AnchoredDocument ByWord(VerifiedKeyshares file, DateTimeOffset now) => Of(file, AnchorKind.OperatorsWord, now);

    /// <summary>
    /// Those of the archive's documents that were anchored to this vault, every byte as it was then, or that a share in it is sealed as a
    /// member of. All others say nothing.
    /// </summary>
    /// <param name="hasMember">Is a member of this cluster in that vault? For whoever knows without a look at all of it.</param>
    /// <exception cref="ArgumentException">The vault was not opened: anybody could have written what it says.</exception>
    public static IReadOnlyList<AnchoredDocument> In(
        ClusterLibrary library,
        IReadOnlyList<ArchivedDocument> documents,
        VaultListing vault,
        AnchorKey key,
        Func<Root, bool>? hasMember = null
    )
    {
        if (!vault.Authenticated)
        {
            throw new ArgumentException("the vault's contents are not proven", nameof(vault));
        }

        hasMember ??= cluster => vault.Shares.Any(share => share.Membership?.ClusterHash == cluster);
        return
        [
            .. documents
                .Select(one =>
                    Recall(library.Archive, one, key)
                    ?? (
                        hasMember(one.Document.Hash)
                            ? new AnchoredDocument(one.Document, one.Content, AnchorKind.SealedMembership, DateTimeOffset.MinValue)
                            : null
                    )
                )
                .OfType<AnchoredDocument>(),
        ];
    }

    /// <summary>What is kept beside the document, so that it is believed later on.</summary>
    internal byte[] Anchor(AnchorKey key) => new DocumentAnchor(Kind, Since, Document.Hash, Content).Write(key);

    /// <summary>True when these very bytes lie in the archive, believed for the same reason.</summary>
    internal static bool IsKept(ClusterLibrary library, AnchoredDocument document, AnchorKey key) =>
        library.Find(document.Document.Hash) is not null
        && DocumentAnchor.Read(library.Archive.ReadAnchor(document.Document.Hash), key) is { } anchor
        && anchor.Kind == document.Kind
        && anchor.ClusterHash == document.Document.Hash
        && anchor.Content == document.Content
        && library.Read().Documents.Any(one => one.Document.Hash == document.Document.Hash && one.Content == document.Content);

    private static AnchoredDocument? Recall(ClusterArchive archive, ArchivedDocument one, AnchorKey key) =>
        DocumentAnchor.Read(archive.ReadAnchor(one.Document.Hash), key) is { } anchor
        && anchor.ClusterHash == one.Document.Hash
        && anchor.Content == one.Content
            ? new AnchoredDocument(one.Document, one.Content, anchor.Kind, anchor.At)
            : null;

    private static AnchoredDocument Of(VerifiedLock cluster, AnchorKind kind, DateTimeOffset now) =>
        new(new ClusterDocument.CharonLock(cluster.Cluster), new Root(SHA256.HashData(cluster.Json.Span)), kind, now)
        {
            Json = cluster.Json,
            Name = cluster.Name,
            Borne = string.Join(", ", Words(cluster.Policy)),
        };

    private static AnchoredDocument Of(VerifiedKeyshares file, AnchorKind kind, DateTimeOffset now) =>
        new(file.Document, new Root(SHA256.HashData(file.Json.Span)), kind, now) { Json = file.Json, Name = file.Name };

    private static IEnumerable<string> Words(VerificationPolicy policy)
    {
        if (policy.AcceptLowThreshold)
        {
            yield return "a low threshold was borne";
        }

        if (policy.AcceptContractSignatures)
        {
            yield return "contract signatures were not judged";
        }
    }
}
