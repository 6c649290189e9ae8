using RemoteSigner.Clusters;
using RemoteSigner.Sealing;
using RemoteSigner.Spec;

namespace RemoteSigner.Host.Control;

/// <summary>What <c>cluster import</c> and <c>bind</c> print for programs. Positions are those in the document, from 0.</summary>
internal sealed record ClusterImportLine(string LockHash, ulong ShareIndex, int Threshold, int Operators, IReadOnlyList<ClusterImportLine.ImportedShare> Shares)
{
    /// <summary>As in <see cref="KeysImported"/>.</summary>
    public int WithoutList { get; init; }

    /// <summary>Of shares that were sealed as members of <paramref name="document"/>.</summary>
    public static ClusterImportLine Of(IReadOnlyList<VaultShare> shares, ClusterDocument document) => Of([.. shares.Select(share => (share.ShareKey, share.GroupKey!.Value, share.Membership!))], document);

    /// <summary>The same of shares by their keys, groups and memberships; at least one.</summary>
    public static ClusterImportLine Of(IReadOnlyList<(BlsPublicKey Share, BlsPublicKey GroupKey, ClusterMembership Membership)> shares, ClusterDocument document)
    {
        var positions = document.GroupKeys.Index().ToDictionary(group => group.Item, group => group.Index);
        return new ClusterImportLine(
            document.Hash.ToString(),
            shares[0].Membership.ShareIndex,
            shares[0].Membership.Threshold,
            shares[0].Membership.Operators,
            [.. shares.Select(share => new ImportedShare(share.GroupKey.ToString(), share.Share.ToString(), positions[share.GroupKey]))]);
    }

    internal sealed record ImportedShare(string GroupKey, string PublicShare, int Position);
}
