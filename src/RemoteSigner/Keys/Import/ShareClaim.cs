using RemoteSigner.Clusters;
using RemoteSigner.Sealing;
using RemoteSigner.Spec;

namespace RemoteSigner.Keys;

/// <summary>
/// One answer to the question whose a public key is: <paramref name="Index"/> 0 says that it is the group's own key, null that only the
/// group is known.
/// </summary>
/// <param name="Source">Who says so, for messages.</param>
/// <param name="Document">The document that says so; null where the vault does.</param>
internal sealed record ShareClaim(BlsPublicKey Key, BlsPublicKey Group, ulong? Index, string Source, AnchoredDocument? Document)
{
    private const ulong GroupsOwn = 0;

    /// <summary>
    /// The cluster it is made for, by a document or by what was sealed under one; null where the vault knows the group alone.
    /// </summary>
    public Root? Cluster { get; private init; } = Document?.Document.Hash;

    private int Threshold { get; init; }

    private int Operators { get; init; }

    // All shares of the group, by rising index; null where the vault speaks, which knows one.
    private IReadOnlyList<(ulong Index, BlsPublicKey PublicShare)>? Dealing { get; init; }

    private string Terms { get; init; } = "";

    /// <summary>The place that the claim gives the share; null for a group's own key.</summary>
    public ClusterMembership? MembershipBy(ShareProvenance provenance) =>
        Index is { } index and not GroupsOwn && Document is { Document.Hash: var hash }
            ? new ClusterMembership(index, Threshold, Operators, hash, provenance)
            : null;

    /// <summary>Everything that a document says, or what it says of some keys.</summary>
    public static IEnumerable<ShareClaim> Of(AnchoredDocument anchored, IReadOnlySet<BlsPublicKey>? only = null) =>
        only is null
            ? Of(anchored.Document, anchored, anchored.Document.GroupKeys)
            : Of(anchored.Document, anchored, only.SelectMany(anchored.Document.GroupsOf).Distinct())
                .Where(claim => only.Contains(claim.Key));

    /// <summary>Everything that one says of which it is not known whether it is right.</summary>
    public static IEnumerable<ShareClaim> Of(ClusterDocument document) => Of(document, null, document.GroupKeys);

    private static IEnumerable<ShareClaim> Of(ClusterDocument document, AnchoredDocument? anchored, IEnumerable<BlsPublicKey> groups)
    {
        var source = $"the document {document.Hash}{(document.Name.Length > 0 ? $" ('{document.Name}')" : "")}";
        foreach (var group in groups)
        {
            IReadOnlyList<(ulong Index, BlsPublicKey PublicShare)> dealing = [.. document.SharesOf(group).OrderBy(share => share.Index)];
            yield return new ShareClaim(group, group, GroupsOwn, source, anchored);
            foreach (var (index, share) in dealing)
            {
                yield return new ShareClaim(share, group, index, source, anchored)
                {
                    Threshold = document.Threshold,
                    Operators = document.Operators,
                    Dealing = dealing,
                    Terms = document.TermsOf(group),
                };
            }
        }
    }

    /// <summary>What the vault has sealed with a share; null where that is nothing.</summary>
    public static ShareClaim? Of(VaultListing.Share held) =>
        held.GroupKey is not { } group ? null
        : held.Membership is { } member
            ? new ShareClaim(held.ShareKey, group, member.ShareIndex, $"the vault, as of the cluster {member.ClusterHash}", null)
            {
                Cluster = member.ClusterHash,
                Threshold = member.Threshold,
                Operators = member.Operators,
            }
        : new ShareClaim(held.ShareKey, group, group == held.ShareKey ? GroupsOwn : null, "the vault", null);

    /// <summary>
    /// True when both may be right: the same share of the same dealing, under the same terms. A lock's successor lists it again, and so do
    /// keyshares that were only encrypted anew; a reshare deals other shares.
    /// </summary>
    public bool AgreesWith(ShareClaim other) =>
        Group == other.Group
        && (
            Index is null
            || other.Index is null
            || (
                Index == other.Index
                && (
                    Index == GroupsOwn
                    || (
                        Threshold == other.Threshold
                        && Operators == other.Operators
                        && (Dealing is null || other.Dealing is null || (Terms == other.Terms && Dealing.SequenceEqual(other.Dealing)))
                    )
                )
            )
        );

    /// <summary>In words.</summary>
    public override string ToString() =>
        $"{Source} has it as {(Index is null ? "a share" : Index == GroupsOwn ? "the whole key" : $"share {Index}")}"
        + $" of the validator {Group}{(Terms.Length > 0 ? $", {Terms}" : "")}";
}
