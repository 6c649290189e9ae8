using RemoteSigner.Clusters;
using RemoteSigner.Sealing;
using RemoteSigner.Spec;

namespace RemoteSigner.Keys;

/// <summary>
/// Shares that came without a document and signed, and of which it is known now that another share of their validator signs, too. They give way: the one that has its place goes on, else the one that was
/// here first.
/// </summary>
internal static class LateSiblings
{
    /// <summary>
    /// Those that are to be parked → where they belong. The membership is null where a share in force is a member of the same document: then they are another operator's, and no revert must lead to them.
    /// </summary>
    /// <param name="held">What signs here, in the order in which it came.</param>
    /// <param name="places">How a place that is offered to a held share stands to the one it has.</param>
    /// <param name="known">What is known of shares of which the order does not speak.</param>
    public static Dictionary<BlsPublicKey, (BlsPublicKey GroupKey, ClusterMembership? Membership)> Of(IntakeOrder order, IReadOnlyList<VaultListing.Share> held, HeldPlaces places, KnownShares known)
    {
        var bare = held.Where(share => share is { GroupKey: null, Membership: null }).Select(share => share.ShareKey).ToHashSet();
        List<(BlsPublicKey Group, Root? Cluster, bool IsHeld)> signing =
        [
            .. held.Where(share => !bare.Contains(share.ShareKey)).Select(share => AfterIt(order, share, places)).Where(share => share.Group is not null).Select(share => (share.Group!.Value, share.Cluster, true)),
            .. order.Shares.Where(share => !bare.Contains(share.ShareKey) && share.GroupKey is not null && share.GroupKey != share.ShareKey).Select(share => (share.GroupKey!.Value, share.Membership?.ClusterHash, false)),
        ];
        Dictionary<BlsPublicKey, (BlsPublicKey, ClusterMembership?)> yielding = [];

        // Those of which the order speaks come first: the others are, as a rule, another operator's.
        foreach (var (share, group, place) in held.Where(share => bare.Contains(share.ShareKey)).Select(share => Place(order, share, known)).OfType<(BlsPublicKey, BlsPublicKey Group, ClusterMembership? Place)>().OrderBy(share => share.Place is null))
        {
            var others = signing.Where(other => other.Group == group).ToList();
            var isOfTheSame = place is not null && others.Exists(other => other.Cluster == place.ClusterHash);
            if (others.Count == 0 || (order.Replace && place is not null && !isOfTheSame && others.TrueForAll(other => other.IsHeld)))
            {
                signing.Add((group, place?.ClusterHash, true));
            }
            else
            {
                yielding.Add(share, (group, isOfTheSame ? null : place));
            }
        }

        return yielding;
    }

    private static (BlsPublicKey? Group, Root? Cluster) AfterIt(IntakeOrder order, VaultListing.Share share, HeldPlaces places) =>
        order.Places.TryGetValue(share.ShareKey, out var place) && places.MayMove(share, place.GroupKey, place.Membership) ? (place.GroupKey, place.Membership.ClusterHash) : (share.GroupKey, share.Membership?.ClusterHash);

    private static (BlsPublicKey Share, BlsPublicKey Group, ClusterMembership? Place)? Place(IntakeOrder order, VaultListing.Share share, KnownShares known) =>
        order.Shares.FirstOrDefault(offered => offered.ShareKey == share.ShareKey) is { GroupKey: { } group } offer ? (share.ShareKey, group, offer.Membership)
        : order.Places.TryGetValue(share.ShareKey, out var place) ? (share.ShareKey, place.GroupKey, place.Membership)
        : known.Find(share.ShareKey, ShareProvenance.LockFile) is SharePlace.Known(var other, _) ? (share.ShareKey, other, null)
        : null;
}
