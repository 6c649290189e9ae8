using RemoteSigner.Clusters;
using RemoteSigner.Sealing;
using RemoteSigner.Spec;
using static RemoteSigner.Keys.IntakeFault;

namespace RemoteSigner.Keys;

/// <summary>
/// Holds shares that are offered against those that are held: what may not come in, what takes the place of what, and which are held already and only learn where they
/// belong. Looks at nothing but the two.
/// </summary>
internal sealed class IntakePlan
{
    private readonly Dictionary<BlsPublicKey, VaultListing.Share> _held;
    private readonly ILookup<BlsPublicKey, (BlsPublicKey Key, ClusterMembership? Membership)> _shares;
    private readonly ILookup<Root, ulong> _indices;
    private readonly IReadOnlyDictionary<BlsPublicKey, BlsPublicKey> _siblings;
    private readonly HashSet<BlsPublicKey> _seen = [];
    private readonly bool _replace;
    private readonly bool _rebind;

    /// <param name="siblings">Of the clusters that shares are held of: public key of any operator's share → its group key.</param>
    /// <param name="replace"><see cref="IntakeOrder.Replace"/>.</param>
    /// <param name="rebind"><see cref="IntakeOrder.Rebind"/>.</param>
    public IntakePlan(
        IReadOnlyList<VaultListing.Share> offered, IReadOnlyList<VaultListing.Share> held, IReadOnlyDictionary<BlsPublicKey, BlsPublicKey> siblings, bool replace = false, bool rebind = false)
    {
        (_replace, _rebind, _siblings, _held) = (replace, rebind, siblings, held.ToDictionary(share => share.ShareKey));
        // What a share was bound to does not count once it is bound anew.
        var anew = offered.Where(share => _held.TryGetValue(share.ShareKey, out var former) && MayBind(share, former)).Select(share => share.ShareKey).ToHashSet();
        var all = held.Where(share => !anew.Contains(share.ShareKey)).Select(share => (Key: share.ShareKey, share.GroupKey, share.Membership))
            .Concat(offered.Select(share => (Key: share.ShareKey, share.GroupKey, share.Membership)))
            .ToList();
        _shares = all.Where(share => share.GroupKey is not null && share.GroupKey != share.Key).ToLookup(share => share.GroupKey!.Value, share => (share.Key, share.Membership));
        _indices = all.Where(share => share.Membership is not null).ToLookup(share => share.Membership!.ClusterHash, share => share.Membership!.ShareIndex);
        foreach (var share in offered)
        {
            Judge(share);
        }
    }

    public List<IntakeRefusal> Refusals { get; } = [];

    /// <summary>Held shares that make room.</summary>
    public HashSet<BlsPublicKey> Replaced { get; } = [];

    /// <summary>Offered shares that are held and did not know their cluster, or are bound anew.</summary>
    public HashSet<BlsPublicKey> Bound { get; } = [];

    /// <summary>Those of <see cref="Bound"/> that leave another cluster or another validator, as they were held.</summary>
    public Dictionary<BlsPublicKey, VaultListing.Share> Rebound { get; } = [];

    /// <summary>Offered shares that take the place of one in <see cref="Replaced"/>.</summary>
    public HashSet<BlsPublicKey> Replacing { get; } = [];

    private void Judge(VaultListing.Share share)
    {
        if (!_seen.Add(share.ShareKey))
        {
            Refuse(share, GivenTwice, "the import has it twice", "leave one of the two out");
        }
        else if (_held.TryGetValue(share.ShareKey, out var held))
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
        if (!MayBind(share, held))
        {
            Refuse(share, AlreadyHeld, "it is in the vault already", "leave it out; 'remote-signer keys list' shows what is there, and 'cluster bind --replace' binds a share that is held under a wrong cluster");
            return;
        }

        Bound.Add(share.ShareKey);
        if (held.Membership is not null || (held.GroupKey is not null && held.GroupKey != share.GroupKey))
        {
            Rebound.Add(share.ShareKey, held);
        }

        JudgeNew(share);
    }

    private bool MayBind(VaultListing.Share share, VaultListing.Share held)
    {
        if (share is not { Membership: { } offered, GroupKey: { } group } || held.GroupKey == held.ShareKey)
        {
            return false;
        }

        if (held.Membership is not { } former)
        {
            return held.GroupKey is null || held.GroupKey == group || _rebind;
        }

        // A lock's successor has the same share of the same validator under another hash: --replace lets it follow. Anything else takes a person's word.
        var same = held.GroupKey == group && former with { Provenance = offered.Provenance } == offered;
        return !same && (_rebind || (_replace && held.GroupKey == group && former.ShareIndex == offered.ShareIndex));
    }

    private void JudgeNew(VaultListing.Share share)
    {
        if (_shares.Contains(share.ShareKey))
        {
            Refuse(share, WholeKeyOfHeldGroup, "it is the whole key of a validator of which a share is held here", "a whole key and a share must not work at the same time, or the validator is slashed: destroy the whole key, or run it nowhere");
        }

        if (share.GroupKey is { } group && group != share.ShareKey && (_held.ContainsKey(group) || _seen.Contains(group)))
        {
            Refuse(share, GroupHeldAsWholeKey, $"the whole key of its validator {group} is held here", "delete the whole key first with 'remote-signer keys delete', and see that it runs nowhere");
        }

        if (share.Membership is { } member && _indices[member.ClusterHash].Any(index => index != member.ShareIndex))
        {
            Refuse(share, OtherOperator, $"it is the share of index {member.ShareIndex} of a cluster of which shares of another index are held or offered", "one signer holds the shares of one operator: give each operator a signer of his own");
        }

        JudgeSiblings(share);
    }

    private void JudgeSiblings(VaultListing.Share share)
    {
        if ((share.GroupKey ?? (_siblings.TryGetValue(share.ShareKey, out var known) ? known : null)) is not { } group)
        {
            return;
        }

        foreach (var (other, membership) in _shares[group].Where(one => one.Key != share.ShareKey))
        {
            // Another share of the same lock is another operator's: no reshare has made it void.
            if (_replace && _held.ContainsKey(other) && (membership is null || membership.ClusterHash != share.Membership?.ClusterHash))
            {
                Replaced.Add(other);
                Replacing.Add(share.ShareKey);
            }
            else
            {
                Refuse(share, SecondShareOfGroup, $"another share of its validator {group} is held or offered: {other}", "after a reshare, --replace takes the old share out and retires it in the same change; two operators' shares must not lie in one place");
            }
        }
    }

    private void Refuse(VaultListing.Share share, IntakeFault fault, string problem, string hint) => Refusals.Add(IntakeText.Refusal(share, fault, problem, hint));
}
