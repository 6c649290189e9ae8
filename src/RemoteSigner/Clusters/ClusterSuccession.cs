using RemoteSigner.Clusters.Charon;
using RemoteSigner.Clusters.Ssv;
using RemoteSigner.Spec;

namespace RemoteSigner.Clusters;

/// <summary>
/// Which of two documents of one cluster is the newer, by what they say and never by when they came: a lock to which validators were added,
/// keyshares of a registration with a higher nonce. Both list the same shares on the same terms, and locks the same nodes; a document with
/// other shares of the same validators is a reshare, which a person decides on.
/// </summary>
public static class ClusterSuccession
{
    /// <summary>True when shares that are held under <paramref name="former"/> belong under <paramref name="document"/> now.</summary>
    public static bool Succeeds(ClusterDocument document, ClusterDocument former) =>
        (document, former) switch
        {
            (ClusterDocument.CharonLock newer, ClusterDocument.CharonLock older) => HaveOneSetOfOperators(
                newer.Cluster.Definition,
                older.Cluster.Definition
            )
                && former.GroupKeys.Count < document.GroupKeys.Count
                && former.GroupKeys.All(group => DealsTheSame(document, former, group)),
            (ClusterDocument.SsvShares newer, ClusterDocument.SsvShares older) => newer.GroupKeys.Intersect(older.GroupKeys).ToList()
                is { Count: > 0 } common
                && common.TrueForAll(group =>
                    DealsTheSame(newer, older, group) && IsRegisteredAfter(newer.Find(group)!, older.Find(group)!)
                ),
            _ => false,
        };

    /// <summary>True when both list a validator, also where their shares differ: then they are of one cluster.</summary>
    public static bool ShareValidator(ClusterDocument one, ClusterDocument other) =>
        one.Hash == other.Hash || one.GroupKeys.ToHashSet().Overlaps(other.GroupKeys);

    // Nodes have keys in every lock; addresses stand only where somebody signed the definition.
    private static bool HaveOneSetOfOperators(ClusterDefinition newer, ClusterDefinition older) =>
        newer.Operators.Length == older.Operators.Length
        && newer
            .Operators.Index()
            .All(member =>
                newer.NodeKeyOf((ulong)member.Index + 1) is { } key
                && older.NodeKeyOf((ulong)member.Index + 1) is { } before
                && key.SequenceEqual(before)
                && (member.Item.Address, older.Operators[member.Index].Address) is var (address, known)
                && (address.Length == 0 || known.Length == 0 || address.Equals(known, StringComparison.OrdinalIgnoreCase))
            );

    private static bool DealsTheSame(ClusterDocument document, ClusterDocument former, BlsPublicKey group) =>
        document.Threshold == former.Threshold
        && document.TermsOf(group) == former.TermsOf(group)
        && former.SharesOf(group) is { Count: > 0 } before
        && document.SharesOf(group).OrderBy(share => share.Index).SequenceEqual(before.OrderBy(share => share.Index));

    private static bool IsRegisteredAfter(ValidatorShares registration, ValidatorShares former) =>
        registration.OwnerAddress == former.OwnerAddress && registration.OwnerNonce > former.OwnerNonce;
}
