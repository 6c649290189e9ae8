using RemoteSigner.Clusters.Charon;
using RemoteSigner.Sealing;

namespace RemoteSigner.Host.Cli;

/// <summary>What <c>cluster import</c> and <c>bind</c> print for programs.</summary>
internal sealed record ClusterImportLine(string LockHash, ulong ShareIndex, int Threshold, int Operators, IReadOnlyList<ClusterImportLine.ImportedShare> Shares)
{
    public static ClusterImportLine Of(IReadOnlyList<ClusterShare> shares) => new(
        shares[0].LockHash.ToString(), shares[0].ShareIndex, shares[0].Threshold, shares[0].Operators, [.. shares.Select(share => new ImportedShare(share.GroupKey.ToString(), share.PublicShare.ToString(), share.Position))]);

    /// <summary>Of shares whose membership is known, in the order of their document.</summary>
    public static ClusterImportLine Of(IReadOnlyList<VaultShare> shares) => new(
        shares[0].Membership!.ClusterHash.ToString(),
        shares[0].Membership!.ShareIndex,
        shares[0].Membership!.Threshold,
        shares[0].Membership!.Operators,
        [.. shares.Select((share, position) => new ImportedShare(share.GroupKey.ToString()!, share.ShareKey.ToString(), position))]);

    internal sealed record ImportedShare(string GroupKey, string PublicShare, int Position);
}
