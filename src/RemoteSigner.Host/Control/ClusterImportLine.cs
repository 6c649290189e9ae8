using RemoteSigner.Administration.Keys;
using RemoteSigner.Clusters;
using RemoteSigner.Sealing;
using RemoteSigner.Spec;

namespace RemoteSigner.Host.Control;

/// <summary>
/// What <c>cluster import</c>, <c>bind</c> and <c>add-lock</c> print for programs. <c>Parked</c> are shares whose place others took.
/// </summary>
/// <param name="ClusterHash">The document's: Charon's lock hash, or the SHA-256 of SSV's keyshares.</param>
/// <param name="Anchor">Why the document is believed.</param>
/// <param name="Shares">Those of it that are here now.</param>
/// <param name="Parked">Public keys of shares that are parked.</param>
/// <param name="Notes">Sentences about what was left.</param>
internal sealed record ClusterImportLine(
    string ClusterHash,
    int Validators,
    string Anchor,
    ulong? ShareIndex,
    int Threshold,
    int Operators,
    IReadOnlyList<ClusterImportLine.PlacedShare> Shares,
    IReadOnlyList<string> Parked,
    IReadOnlyList<string> Notes
)
{
    /// <summary>As in <see cref="KeysImported"/>.</summary>
    public int WithoutList { get; init; }

    /// <summary>
    /// Public keys of shares that signed without a document and are parked, because others of their validators have their place.
    /// </summary>
    public IReadOnlyList<string> Yielded { get; init; } = [];

    /// <summary>It came in.</summary>
    public const string Sealed = "sealed";

    /// <summary>It was here and waited for its document.</summary>
    public const string Bound = "bound";

    /// <summary>It was here under another document of the cluster.</summary>
    public const string Moved = "moved";

    /// <summary>It was parked.</summary>
    public const string Returned = "returned";

    /// <summary>It was here already.</summary>
    public const string Unchanged = "unchanged";

    /// <param name="before">What the vault had before.</param>
    public static ClusterImportLine Of(
        ImportedShares done,
        ClusterDocument document,
        string anchor,
        VaultListing before,
        IReadOnlyList<string> notes
    )
    {
        var positions = document.GroupKeys.Index().ToDictionary(group => group.Item, group => group.Index);
        var former = before.Shares.ToDictionary(share => share.ShareKey);
        var settled = done.Settled.Select(key => (ShareKey: key, former[key].GroupKey, former[key].Membership, Done: Unchanged));
        List<(BlsPublicKey ShareKey, BlsPublicKey? GroupKey, ClusterMembership? Membership, string Done)> all =
        [
            .. done.Shares.Select(share => (share.ShareKey, share.GroupKey, share.Membership, WhatOf(share.ShareKey))),
            .. settled,
        ];
        return new ClusterImportLine(
            document.Hash.ToString(),
            positions.Count,
            anchor,
            all.Count > 0 ? all[0].Membership!.ShareIndex : null,
            document.Threshold,
            document.Operators,
            [
                .. all.Select(share => new PlacedShare(
                        share.GroupKey!.Value.ToString(),
                        share.ShareKey.ToString(),
                        positions[share.GroupKey.Value],
                        share.Done
                    ))
                    .OrderBy(share => share.Position),
            ],
            [.. done.Parked.Select(key => key.ToString())],
            notes
        )
        {
            Yielded = [.. done.Yielded.Select(key => key.ToString())],
        };

        string WhatOf(BlsPublicKey key) =>
            done.Returned.Contains(key) ? Returned
            : !done.Bound.Contains(key) ? Sealed
            : former.GetValueOrDefault(key)?.Membership is null ? Bound
            : Moved;
    }

    /// <summary>What was done, in words: counts of each kind.</summary>
    public string Summary =>
        string.Join(
            ", ",
            Shares
                .GroupBy(share => share.Done)
                .Select(group => $"{group.Key} {group.Count()}")
                .Concat(Parked.Count + Yielded.Count is > 0 and var parked ? [$"parked {parked}"] : [])
        );

    /// <summary>What is to be said about <see cref="Yielded"/>.</summary>
    public static IEnumerable<string> YieldNotes(IReadOnlyCollection<BlsPublicKey> yielded, Root document) =>
        yielded.Count == 0
            ? []
            :
            [
                $"{yielded.Count} shares signed here without a document, and other shares of their validators have "
                    + $"their place: they are parked and sign nothing ({string.Join(", ", yielded)}). "
                    + $"'remote-signer cluster revert {document}' lets those of this document sign and parks the others, "
                    + "'cluster commit' gives them up, 'keys delete' takes out one that is another operator's",
            ];

    /// <summary>A share of the document, its position there from 0, and what was done with it.</summary>
    internal sealed record PlacedShare(string GroupKey, string PublicShare, int Position, string Done);
}
