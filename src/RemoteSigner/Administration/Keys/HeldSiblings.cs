using RemoteSigner.Clusters;
using RemoteSigner.Sealing;
using RemoteSigner.Spec;

namespace RemoteSigner.Administration.Keys;

/// <summary>The other operators' shares of the validators of which a share is held, as the documents of their clusters list them.</summary>
internal static class HeldSiblings
{
    /// <summary>Of the keys that are offered those that are any operator's share of such a validator → its group key. A document that cannot be read costs what it alone could tell.</summary>
    /// <param name="offered">Those that are asked about.</param>
    /// <param name="held">What signs here.</param>
    /// <param name="all">Whatever is in the vault, parked shares among it: it knows their validators by itself.</param>
    public static Dictionary<BlsPublicKey, BlsPublicKey> Of(IReadOnlyCollection<BlsPublicKey> offered, IEnumerable<VaultListing.Share> held, IEnumerable<VaultListing.Share> all, ClusterLibrary library)
    {
        var siblings = all.Where(share => share.GroupKey is { } group && group != share.ShareKey).ToDictionary(share => share.ShareKey, share => share.GroupKey!.Value);
        foreach (var cluster in held.Where(share => share is { Membership: not null, GroupKey: not null }).ToLookup(share => share.Membership!.ClusterHash))
        {
            var document = library.Find(cluster.Key);
            var groups = cluster.Select(share => share.GroupKey!.Value).ToHashSet();
            foreach (var key in offered)
            {
                foreach (var group in document?.GroupsOf(key).Where(group => group != key && groups.Contains(group)) ?? [])
                {
                    siblings[key] = group;
                }
            }
        }

        return siblings;
    }
}
