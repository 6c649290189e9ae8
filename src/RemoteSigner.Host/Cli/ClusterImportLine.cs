using RemoteSigner.Clusters.Charon;

namespace RemoteSigner.Host.Cli;

/// <summary>What <c>cluster import</c> and <c>bind</c> print for programs.</summary>
internal sealed record ClusterImportLine(string LockHash, ulong ShareIndex, int Threshold, int Operators, IReadOnlyList<ClusterImportLine.ImportedShare> Shares)
{
    public static ClusterImportLine Of(IReadOnlyList<ClusterShare> shares) => new(
        shares[0].LockHash.ToString(), shares[0].ShareIndex, shares[0].Threshold, shares[0].Operators, [.. shares.Select(share => new ImportedShare(share.GroupKey.ToString(), share.PublicShare.ToString(), share.Position))]);

    internal sealed record ImportedShare(string GroupKey, string PublicShare, int Position);
}
