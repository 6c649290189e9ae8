using RemoteSigner.Clusters;
using RemoteSigner.Keys;
using RemoteSigner.Sealing;
using RemoteSigner.Spec;

namespace RemoteSigner.Administration.Keys;

/// <summary>
/// Other shares of the validators of which a share is held, as the documents of their clusters, and others that are believed, list them.
/// </summary>
internal static class HeldSiblings
{
    /// <summary>
    /// Of the keys that are offered those that are any operator's share of such a validator → its group key. A document that cannot be read
    /// costs what it alone could tell.
    /// </summary>
    /// <param name="offered">Those that are asked about.</param>
    /// <param name="held">What signs here, and what is in the vault beside: a parked share knows its validator by itself.</param>
    /// <param name="kept">Documents that no share need be a member of.</param>
    public static Dictionary<BlsPublicKey, BlsPublicKey> Of(
        IReadOnlyCollection<BlsPublicKey> offered,
        HeldShares held,
        ClusterLibrary library,
        IEnumerable<ClusterDocument> kept
    )
    {
        var siblings = offered
            .Distinct()
            .Select(held.Find)
            .OfType<VaultListing.Share>()
            .Where(share => share.GroupKey is { } group && group != share.ShareKey)
            .ToDictionary(share => share.ShareKey, share => share.GroupKey!.Value);
        var theirs = held.ActiveClusters.Select(library.Find).OfType<ClusterDocument>();
        foreach (var document in theirs.Concat(kept).DistinctBy(document => document.Hash))
        {
            foreach (var key in offered)
            {
                foreach (var group in document.GroupsOf(key).Where(group => group != key && held.ActiveOf(group).Any()))
                {
                    siblings[key] = group;
                }
            }
        }

        return siblings;
    }
}
