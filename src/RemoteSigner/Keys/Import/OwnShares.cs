using RemoteSigner.Clusters;
using RemoteSigner.Sealing;
using RemoteSigner.Spec;
using static RemoteSigner.Keys.ImportFault;

namespace RemoteSigner.Keys;

/// <summary>
/// How a place that a document gives to a share stands to the one that the share has in the vault: whether it waits for one, is there
/// already, or may move.
/// </summary>
/// <param name="offered">The document that gives the places; null when the archive has it.</param>
/// <param name="find">The archive's document of a hash, where it can be read.</param>
internal sealed class OwnShares(ClusterDocument? offered, Func<Root, ClusterDocument?> find)
{
    private readonly Dictionary<(Root Former, Root Offered), bool> _succeeds = [];

    /// <summary><see cref="ImportRequest.Replace"/>.</summary>
    public bool Replace { get; init; }

    /// <summary><see cref="ImportRequest.Rebind"/>.</summary>
    public bool Rebind { get; init; }

    /// <summary>True when it is there already, by whichever way it came in.</summary>
    public static bool IsAt(VaultListing.Share held, BlsPublicKey? group, ClusterMembership? place) =>
        held.GroupKey == group
        && place is not null
        && held.Membership is { } member
        && member with { Provenance = place.Provenance } == place;

    /// <summary>
    /// May the share be bound to this place? One that knows no cluster may; one of the same validator and index may follow its document's
    /// successor, or with <see cref="Replace"/> another lock; and anything else takes a person's word, <see cref="Rebind"/>.
    /// </summary>
    public bool MayMove(VaultListing.Share held, BlsPublicKey? group, ClusterMembership? place)
    {
        if (place is null || group is null || held.GroupKey == held.ShareKey || IsAt(held, group, place))
        {
            return false;
        }

        return Rebind
            || (
                held.Membership is not { } former
                    ? held.GroupKey is null || held.GroupKey == group
                    : IsSuccession(held, group, place)
                        || (held.GroupKey == group && former.ShareIndex == place.ShareIndex && Replace && !IsSuperseded(held, place))
            );
    }

    /// <summary>Is it the same place in the successor of its document?</summary>
    public bool IsSuccession(VaultListing.Share held, BlsPublicKey? group, ClusterMembership? place) =>
        held.Membership is { } former
        && place is not null
        && held.GroupKey == group
        && former.ShareIndex == place.ShareIndex
        && Succeeds(place.ClusterHash, former.ClusterHash);

    /// <summary>
    /// Is the place of a document that the one under which the share is sealed succeeds? Nothing but a person's word goes back.
    /// </summary>
    public bool IsSuperseded(VaultListing.Share held, ClusterMembership? place) =>
        place is not null && held.Membership is { } member && Succeeds(member.ClusterHash, place.ClusterHash);

    /// <summary>
    /// Is it a place under another document than the share is sealed under, and none that was superseded? Such a one ends a ceremony for
    /// which the share was exported.
    /// </summary>
    public bool IsElsewhere(VaultListing.Share held, ClusterMembership place) =>
        held.Membership?.ClusterHash != place.ClusterHash && !IsSuperseded(held, place);

    /// <summary>Why it does not move.</summary>
    public ImportRefusal Refusal(VaultListing.Share held, BlsPublicKey? group, ClusterMembership? place) =>
        held.GroupKey == group && IsSuperseded(held, place)
            ? ImportText.Refusal(
                held,
                SupersededDocument,
                $"it is held under {held.Membership!.ClusterHash}, which succeeds the document that was given",
                "nothing needs to be done while the newer document is in force; 'remote-signer cluster show' tells the line "
                    + "of documents. Where the cluster has given it up, 'remote-signer cluster "
                    + "bind --replace' with the older document goes back to that"
            )
            : ImportText.Refusal(
                held,
                AlreadyHeld,
                held.Membership is { } other ? $"it is in the vault already, under {other.ClusterHash}" : "it is in the vault already",
                "leave it out; 'remote-signer keys list' shows what is there, and 'cluster bind "
                    + "--replace' binds a share that is held under a wrong cluster"
            );

    /// <summary>Why a parked share does not come back: its own document succeeds the one that was given.</summary>
    public static ImportRefusal RestingRefusal(VaultListing.Share held) =>
        ImportText.Refusal(
            held,
            SupersededDocument,
            $"it is parked as a member of {held.Membership!.ClusterHash}, which succeeds the document that was given",
            $"'remote-signer cluster revert {held.Membership.ClusterHash}' lets it sign again under that one"
        );

    private bool Succeeds(Root document, Root former) =>
        _succeeds.TryGetValue((former, document), out var known)
            ? known
            : _succeeds[(former, document)] =
                Find(document) is { } newer && Find(former) is { } older && ClusterSuccession.Succeeds(newer, older);

    private ClusterDocument? Find(Root hash) => offered?.Hash == hash ? offered : find(hash);
}
