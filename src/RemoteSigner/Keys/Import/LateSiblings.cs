using RemoteSigner.Clusters;
using RemoteSigner.Sealing;
using RemoteSigner.Spec;

namespace RemoteSigner.Keys;

/// <summary>
/// Shares that came without a document and signed, and of which it is known now that another share of their validator signs, too. They give
/// way: the one that has its place goes on, else the one that was here first.
/// </summary>
internal static class LateSiblings
{
    /// <summary>
    /// Those that are to be parked → where they belong. The membership is null where a share in force is a member of the same document:
    /// then they are another operator's, and no revert must lead to them.
    /// </summary>
    /// <param name="held">What signs here.</param>
    /// <param name="places">How a place that is offered to a held share stands to the one it has.</param>
    /// <param name="documents">What is known of shares of which the order does not speak.</param>
    public static Dictionary<BlsPublicKey, (BlsPublicKey GroupKey, ClusterMembership? Membership)> Of(
        ImportRequest order,
        HeldShares held,
        OwnShares places,
        IReadOnlyCollection<AnchoredDocument> documents
    )
    {
        var offers = order
            .Shares.Where(share => share.GroupKey is not null)
            .DistinctBy(share => share.ShareKey)
            .ToDictionary(share => share.ShareKey);

        // Without a document nothing is known but what the order says itself.
        var bare = (
            documents.Count > 0 ? held.Active : offers.Keys.Concat(order.Places.Keys).Select(held.FindActive).OfType<VaultListing.Share>()
        )
            .Where(IsBare)
            .Select(share => share.ShareKey)
            .ToHashSet();
        var known = new KnownShares(documents, [], bare);
        List<(BlsPublicKey Share, BlsPublicKey Group, ClusterMembership? Place)> placed =
        [
            .. held.InOrder(bare.Where(key => Place(key) is not null)).Select(share => Place(share.ShareKey)!.Value),
        ];
        Dictionary<BlsPublicKey, (BlsPublicKey, ClusterMembership?)> yielding = [];
        if (placed.Count == 0)
        {
            return yielding;
        }

        var moving = order
            .Places.Keys.Select(held.FindActive)
            .OfType<VaultListing.Share>()
            .Where(share =>
                !IsBare(share) && order.Places[share.ShareKey] is var place && places.MayMove(share, place.GroupKey, place.Membership)
            )
            .ToDictionary(share => share.ShareKey);
        var arriving = moving
            .Keys.Select(key => (order.Places[key].GroupKey, Cluster: (Root?)order.Places[key].Membership.ClusterHash, IsHeld: true))
            .Concat(
                offers
                    .Values.Where(share => !bare.Contains(share.ShareKey) && share.GroupKey != share.ShareKey)
                    .Select(share => (share.GroupKey!.Value, share.Membership?.ClusterHash, false))
            )
            .ToLookup(one => one.Item1, one => (Cluster: one.Item2, IsHeld: one.Item3));
        List<(BlsPublicKey Group, Root? Cluster)> staying = [];

        // Those of which the order speaks come first: the others are, as a rule, another operator's.
        foreach (var (share, group, place) in placed.OrderBy(share => share.Place is null))
        {
            List<(Root? Cluster, bool IsHeld)> others =
            [
                .. held.ActiveOf(group)
                    .Where(other => !moving.ContainsKey(other.ShareKey))
                    .Select(other => (other.Membership?.ClusterHash, true)),
                .. arriving[group],
                .. staying.Where(one => one.Group == group).Select(one => (one.Cluster, true)),
            ];
            var isOfTheSame = place is not null && others.Exists(other => other.Cluster == place.ClusterHash);
            if (others.Count == 0 || (order.Replace && place is not null && !isOfTheSame && others.TrueForAll(other => other.IsHeld)))
            {
                staying.Add((group, place?.ClusterHash));
            }
            else
            {
                yielding.Add(share, (group, isOfTheSame ? null : place));
            }
        }

        return yielding;

        (BlsPublicKey, BlsPublicKey, ClusterMembership?)? Place(BlsPublicKey share) =>
            offers.TryGetValue(share, out var offer) ? (share, offer.GroupKey!.Value, offer.Membership)
            : order.Places.TryGetValue(share, out var place) ? (share, place.GroupKey, place.Membership)
            : known.Find(share, ShareProvenance.LockFile) is SharePlace.Known(var other, _) ? (share, other, null)
            : null;
    }

    private static bool IsBare(VaultListing.Share share) => share is { GroupKey: null, Membership: null };
}
