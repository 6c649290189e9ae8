using RemoteSigner.Clusters;
using RemoteSigner.Sealing;
using RemoteSigner.Spec;

namespace RemoteSigner.Administration.Keys;

/// <summary>The other operators' shares of the validators of which a share is held, as the documents of their clusters list them.</summary>
internal static class HeldSiblings
{
    /// <summary>Public key of any operator's share → group key. A document that cannot be read costs what it alone could tell.</summary>
    public static Dictionary<BlsPublicKey, BlsPublicKey> Of(IEnumerable<VaultListing.Share> held, ClusterLibrary library)
    {
        var siblings = new Dictionary<BlsPublicKey, BlsPublicKey>();
        foreach (var cluster in held.Where(share => share is { Membership: not null, GroupKey: not null }).ToLookup(share => share.Membership!.ClusterHash))
        {
            var document = library.Find(cluster.Key);
            foreach (var group in cluster.Select(share => share.GroupKey!.Value))
            {
                foreach (var (_, publicShare) in document?.SharesOf(group) ?? [])
                {
                    siblings[publicShare] = group;
                }
            }
        }

        return siblings;
    }
}
