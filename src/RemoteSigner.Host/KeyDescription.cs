using RemoteSigner.Access;
using RemoteSigner.Clusters;
using RemoteSigner.Spec;

namespace RemoteSigner.Host;

/// <summary>
/// What rights can be written about of a key in the vault: from the vault, from the document of its cluster, or from the group that the
/// configuration states.
/// </summary>
internal static class KeyDescription
{
    public static KeyTraits Of(
        BlsPublicKey key,
        BlsPublicKey? groupKey,
        string label,
        ClusterMembership? membership,
        ClusterLibrary clusters,
        ParticipantDirectory directory
    ) =>
        membership is not null
            ? new KeyTraits(key, groupKey, label, membership.ClusterHash, clusters.Find(membership)?.Name, membership.ShareIndex)
        : directory.FindByShare(key) is { } group ? new KeyTraits(key, group.CompositePublicKey, label, null, null, group.Find(key)!.Id)
        : new KeyTraits(key, groupKey, label, null, null, null);
}
