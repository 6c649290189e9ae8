using RemoteSigner.Clusters;
using RemoteSigner.Keys;
using RemoteSigner.Sealing;

namespace RemoteSigner.Host.Cli;

/// <summary>A cluster of which shares are here, or whose lock is kept, as <c>cluster list</c> and <c>show</c> print it. Validators are those that it has, or null where the document is missing.</summary>
internal sealed record HeldClusterLine(string ClusterHash, string? Name, ulong? ShareIndex, int Threshold, int Operators, int? Validators, IReadOnlyList<HeldClusterLine.HeldShare> Shares)
{
    public static HeldClusterLine Of(string hash, ClusterDocument? document, IReadOnlyList<VaultListing.Share> held) => new(
        hash,
        document?.Name,
        held.Count > 0 ? held[0].Membership!.ShareIndex : null,
        held.Count > 0 ? held[0].Membership!.Threshold : document?.Threshold ?? 0,
        held.Count > 0 ? held[0].Membership!.Operators : document?.Operators ?? 0,
        document?.GroupKeys.Count,
        [.. held.Select(share => ShareOf(share, document))]);

    /// <summary>One validator's share that is held.</summary>
    internal sealed record HeldShare(string GroupKey, string ShareKey, ulong ShareIndex, int Threshold, string Provenance, string? FeeRecipient);

    private static HeldShare ShareOf(VaultListing.Share share, ClusterDocument? document) => new(
        share.GroupKey?.ToString() ?? "",
        share.ShareKey.ToString(),
        share.Membership!.ShareIndex,
        share.Membership.Threshold,
        IntakeText.Code(share.Membership.Provenance),
        share.GroupKey is { } group ? document?.FeeRecipientOf(group)?.ToString() : null);
}
