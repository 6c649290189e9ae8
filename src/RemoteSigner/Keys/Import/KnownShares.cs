using RemoteSigner.Clusters;
using RemoteSigner.Sealing;
using RemoteSigner.Spec;

namespace RemoteSigner.Keys;

/// <summary>
/// Tells of a public key whose share it is. Anchored documents and the vault are asked and nobody else, and two different answers are none:
/// which of them came last, or may be made to look so, says nothing.
/// </summary>
public sealed class KnownShares
{
    private readonly Dictionary<BlsPublicKey, List<ShareClaim>> _claims = [];
    private readonly Dictionary<(Root Document, Root Former), bool> _succeeds = [];

    /// <param name="held">What the vault has; shares that are about to be bound anew are left out, because what they were bound to does not
    /// count then.</param>
    /// <param name="only">The keys that will be asked for; null: any.</param>
    public KnownShares(
        IEnumerable<AnchoredDocument> documents,
        IEnumerable<VaultListing.Share> held,
        IReadOnlySet<BlsPublicKey>? only = null
    )
    {
        foreach (
            var claim in documents
                .SelectMany(document => ShareClaim.Of(document, only))
                .Concat(held.Where(share => only is null || only.Contains(share.ShareKey)).Select(ShareClaim.Of).OfType<ShareClaim>())
        )
        {
            if (!_claims.TryGetValue(claim.Key, out var others))
            {
                _claims.Add(claim.Key, others = []);
            }

            others.Add(claim);
        }
    }

    /// <summary>Every key about which there are two answers, with both.</summary>
    public IReadOnlyList<(BlsPublicKey Key, string Detail)> Disputes =>
        [.. _claims.Where(pair => DisputeOf(pair.Value) is not null).Select(pair => (pair.Key, DisputeOf(pair.Value)!))];

    /// <summary>
    /// The validator and the place in its cluster. Of documents that agree the newest by content names the cluster, or the one that was
    /// anchored last.
    /// </summary>
    public SharePlace Find(BlsPublicKey publicShare, ShareProvenance provenance)
    {
        if (!_claims.TryGetValue(publicShare, out var claims))
        {
            return new SharePlace.Unknown();
        }

        if (DisputeOf(claims) is { } dispute)
        {
            return new SharePlace.Disputed(dispute);
        }

        List<AnchoredDocument> documents = [.. claims.Select(claim => claim.Document).OfType<AnchoredDocument>()];
        var newest = claims
            .Where(claim => claim.Document is { } one && !documents.Exists(other => Succeeds(other.Document, one.Document)))
            .OrderByDescending(claim => claim.Document!.Since)
            .ThenBy(claim => claim.Document!.Document.Hash.ToString(), StringComparer.Ordinal)
            .FirstOrDefault();
        return newest?.MembershipBy(provenance) is { } membership
            ? new SharePlace.Known(newest.Group, membership)
            : new SharePlace.Unknown();
    }

    private bool Succeeds(ClusterDocument document, ClusterDocument former) =>
        _succeeds.TryGetValue((document.Hash, former.Hash), out var known)
            ? known
            : _succeeds[(document.Hash, former.Hash)] = ClusterSuccession.Succeeds(document, former);

    /// <summary>
    /// What speaks against a document: one refusal for each cluster of which something else is said of a key in it, naming both.
    /// </summary>
    public IReadOnlyList<ImportRefusal> Against(AnchoredDocument offered) =>
        [
            .. ShareClaim
                .Of(offered)
                .SelectMany(claim =>
                    _claims
                        .GetValueOrDefault(claim.Key, [])
                        .Where(other => !other.AgreesWith(claim))
                        .Select(other => (Claim: claim, Other: other))
                )
                .DistinctBy(pair => pair.Other.Cluster)
                .Select(pair => new ImportRefusal(
                    ImportFault.DisputedShare.Code(),
                    $"{offered.Name} ({offered.Document.Hash})",
                    $"of the key {pair.Claim.Key}: {pair.Claim}, but {pair.Other}: at most one of the two is genuine",
                    "find out which from the node, the other operators or the contract; 'remote-signer cluster "
                        + "remove-lock HASH' takes a wrong document away, 'cluster bind --replace' binds shares anew"
                )
                {
                    ShareKey = pair.Claim.Key,
                }),
        ];

    /// <summary>True when one says of a key what the other does not.</summary>
    public static bool Contradict(AnchoredDocument document, ClusterDocument other)
    {
        var claims = ShareClaim.Of(document).ToDictionary(claim => claim.Key);
        return ShareClaim.Of(other).Any(claim => claims.TryGetValue(claim.Key, out var own) && !own.AgreesWith(claim));
    }

    // Each against each: that two agree with a third, who knows less, does not make them agree.
    private static string? DisputeOf(List<ShareClaim> claims)
    {
        for (var i = 1; i < claims.Count; i++)
        {
            if (claims.FindIndex(0, i, claim => !claim.AgreesWith(claims[i])) is >= 0 and var other)
            {
                return $"{claims[other]}, but {claims[i]}";
            }
        }

        return null;
    }
}
