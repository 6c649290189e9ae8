using RemoteSigner.Clusters;
using RemoteSigner.Keys;
using RemoteSigner.Sealing;

namespace RemoteSigner.Host.Cli;

/// <summary>
/// A cluster of which shares are here, or whose document is kept, as <c>cluster list</c> and <c>show</c> print it. <c>Anchor</c> says why the document is believed, as its file claims, or that it is
/// not; <c>Problem</c> why it cannot be read. Validators are those that it has, or null where there is none to be read.
/// </summary>
internal sealed record HeldClusterLine(
    string ClusterHash, string? Name, string Anchor, string? Problem, ulong? ShareIndex, int Threshold, int Operators, int? Validators, IReadOnlyList<HeldClusterLine.HeldShare> Shares)
{
    /// <summary>What stands where nothing anchors a document: it says nothing about shares that come in.</summary>
    public const string NotAnchored = "not_anchored";

    public static HeldClusterLine Of(string hash, ClusterDocument? document, AnchorKind? anchor, string? problem, IReadOnlyList<VaultListing.Share> held) => new(
        hash,
        document?.Name,
        anchor is { } kind ? IntakeText.Code(kind) : NotAnchored,
        problem,
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
