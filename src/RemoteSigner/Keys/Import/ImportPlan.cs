using RemoteSigner.Clusters;
using RemoteSigner.Sealing;
using RemoteSigner.Spec;
using static RemoteSigner.Keys.ImportFault;

namespace RemoteSigner.Keys;

/// <summary>
/// Holds shares that are offered against those that are held: what may not come in, what takes the place of what, and which are held
/// already and only learn where they belong. Looks at nothing but the two.
/// </summary>
internal sealed class ImportPlan
{
    private readonly HeldShares _held;
    private readonly ILookup<BlsPublicKey, (BlsPublicKey Key, ClusterMembership? Membership)> _offered;
    private readonly ILookup<Root, ulong> _offeredIndices;
    private readonly Dictionary<(Root Cluster, ulong Index), int> _leavingIndices;
    private readonly IReadOnlyDictionary<BlsPublicKey, BlsPublicKey> _siblings;
    private readonly HashSet<BlsPublicKey> _leaving;
    private readonly IReadOnlySet<BlsPublicKey> _yielding;
    private readonly HashSet<BlsPublicKey> _seen = [];
    private readonly OwnShares _places;

    /// <param name="offered">Shares of the vault that are to move among them.</param>
    /// <param name="held">What signs here.</param>
    /// <param name="places">How a place that is offered to a held share stands to the one it has.</param>
    /// <param name="siblings">Of the keys that are offered those that the clusters of held shares list → their group key.</param>
    /// <param name="yielding">Those of the offered that are held and give way to others, as <see cref="LateSiblings"/> says: they learn
    /// where they belong, and sign no more.</param>
    public ImportPlan(
        IReadOnlyList<VaultListing.Share> offered,
        HeldShares held,
        OwnShares places,
        IReadOnlyDictionary<BlsPublicKey, BlsPublicKey> siblings,
        IReadOnlySet<BlsPublicKey> yielding
    )
    {
        (_places, _siblings, _held, _yielding) = (places, siblings, held, yielding);

        // What a share was bound to does not count once it is bound anew.
        _leaving =
        [
            .. yielding,
            .. offered
                .Where(share => held.FindActive(share.ShareKey) is { } former && places.MayMove(former, share.GroupKey, share.Membership))
                .Select(share => share.ShareKey),
        ];
        _leavingIndices = _leaving
            .Select(held.FindActive)
            .Select(share => share?.Membership)
            .OfType<ClusterMembership>()
            .CountBy(member => (member.ClusterHash, member.ShareIndex))
            .ToDictionary();
        var coming = offered.Where(share => !yielding.Contains(share.ShareKey)).ToList();
        _offered = coming
            .Where(share => share.GroupKey is not null && share.GroupKey != share.ShareKey)
            .ToLookup(share => share.GroupKey!.Value, share => (share.ShareKey, share.Membership));
        _offeredIndices = coming
            .Where(share => share.Membership is not null)
            .ToLookup(share => share.Membership!.ClusterHash, share => share.Membership!.ShareIndex);
        foreach (var share in offered)
        {
            Judge(share);
        }
    }

    public List<ImportRefusal> Refusals { get; } = [];

    /// <summary>Held shares that make room.</summary>
    public HashSet<BlsPublicKey> Replaced { get; } = [];

    /// <summary>Offered shares that are held and did not know their cluster, or are bound anew.</summary>
    public HashSet<BlsPublicKey> Bound { get; } = [];

    /// <summary>Those of <see cref="Bound"/> that leave another cluster or another validator, as they were held.</summary>
    public Dictionary<BlsPublicKey, VaultListing.Share> Rebound { get; } = [];

    /// <summary>Those of <see cref="Rebound"/> that follow their document's successor: nobody need have decided on it.</summary>
    public HashSet<BlsPublicKey> Moved { get; } = [];

    /// <summary>Offered shares that take the place of one in <see cref="Replaced"/>.</summary>
    public HashSet<BlsPublicKey> Replacing { get; } = [];

    private void Judge(VaultListing.Share share)
    {
        if (!_seen.Add(share.ShareKey))
        {
            Refuse(share, GivenTwice, "the import has it twice", "leave one of the two out");
        }
        else if (_yielding.Contains(share.ShareKey))
        {
            Bound.Add(share.ShareKey);
        }
        else if (_held.FindActive(share.ShareKey) is { } held)
        {
            JudgeHeld(share, held);
        }
        else
        {
            JudgeNew(share);
        }
    }

    private void JudgeHeld(VaultListing.Share share, VaultListing.Share held)
    {
        if (!_places.MayMove(held, share.GroupKey, share.Membership))
        {
            Refusals.Add(_places.Refusal(held, share.GroupKey, share.Membership));
            return;
        }

        Bound.Add(share.ShareKey);
        if (held.Membership is not null || (held.GroupKey is not null && held.GroupKey != share.GroupKey))
        {
            Rebound.Add(share.ShareKey, held);
            if (_places.IsSuccession(held, share.GroupKey, share.Membership))
            {
                Moved.Add(share.ShareKey);
            }
        }

        JudgeNew(share);
    }

    private void JudgeNew(VaultListing.Share share)
    {
        if (SharesOf(share.ShareKey).Any())
        {
            Refuse(
                share,
                WholeKeyOfHeldGroup,
                "it is the whole key of a validator of which a share is held here",
                "a whole key and a share must not work at the same time, or the validator "
                    + "is slashed: destroy the whole key, or run it nowhere"
            );
        }

        if (share.GroupKey is { } group && group != share.ShareKey && (_held.FindActive(group) is not null || _seen.Contains(group)))
        {
            Refuse(
                share,
                GroupHeldAsWholeKey,
                $"the whole key of its validator {group} is held here",
                "delete the whole key first with 'remote-signer keys delete', and see that it runs nowhere"
            );
        }

        if (share.Membership is { } member && HasOtherIndex(member.ClusterHash, member.ShareIndex))
        {
            Refuse(
                share,
                OtherOperator,
                $"it is the share of index {member.ShareIndex} of a cluster of which shares of another index are held or offered",
                "one signer holds the shares of one operator: give each operator a signer of his own"
            );
        }

        JudgeSiblings(share);
    }

    private void JudgeSiblings(VaultListing.Share share)
    {
        if ((share.GroupKey ?? (_siblings.TryGetValue(share.ShareKey, out var known) ? known : null)) is not { } group)
        {
            return;
        }

        foreach (var (other, membership) in SharesOf(group).Where(one => one.Key != share.ShareKey))
        {
            // Another share of the same lock is another operator's: no reshare has made it void.
            if (
                _places.Replace
                && _held.FindActive(other) is not null
                && (membership is null || membership.ClusterHash != share.Membership?.ClusterHash)
            )
            {
                Replaced.Add(other);
                Replacing.Add(share.ShareKey);
            }
            else
            {
                Refusals.Add(ImportText.SecondShare(share, other));
            }
        }
    }

    // The shares of a validator as they would sign afterwards.
    private IEnumerable<(BlsPublicKey Key, ClusterMembership? Membership)> SharesOf(BlsPublicKey group) =>
        _held
            .ActiveOf(group)
            .Where(share => share.ShareKey != group && !_leaving.Contains(share.ShareKey))
            .Select(share => (share.ShareKey, share.Membership))
            .Concat(_offered[group]);

    private bool HasOtherIndex(Root cluster, ulong index) =>
        _held.ActiveIndicesOf(cluster).Any(held => held.Key != index && held.Value > _leavingIndices.GetValueOrDefault((cluster, held.Key)))
        || _offeredIndices[cluster].Any(other => other != index);

    private void Refuse(VaultListing.Share share, ImportFault fault, string problem, string hint) =>
        Refusals.Add(ImportText.Refusal(share, fault, problem, hint));
}
