using RemoteSigner.Clusters;
using RemoteSigner.Spec;

namespace RemoteSigner.Keys;

/// <summary>
/// The validators of the open shares, by their public key, as the remote signing API's distributed profile has them. What holds a share,
/// the vault knows, or the configuration states (<see cref="StatedGroup"/>); a key of which neither says more is taken for a whole one.
/// Where the others are, only the configuration knows, and where it does not an account is signed for and not listed.
/// </summary>
public sealed class ThresholdAccounts(KeyRing keys, ClusterLibrary clusters, ParticipantDirectory directory)
{
    private volatile ParticipantDirectory _directory = directory;

    /// <summary>What the configuration says of participants.</summary>
    public ParticipantDirectory Directory => _directory;

    /// <summary>From now on.</summary>
    public void Replace(ParticipantDirectory read) => _directory = read;

    /// <summary>The share of the validator with this public key, or null.</summary>
    public AccountShare? Find(BlsPublicKey composite) => new Reading(keys, clusters, _directory).Find(composite);

    /// <summary>Those of these shares that can be told of, in the order of their public keys.</summary>
    public IReadOnlyList<ThresholdAccount> List(Func<KeyShare, bool> isVisible)
    {
        var reading = new Reading(keys, clusters, _directory);
        return
        [
            .. keys
                .Shares.Where(isVisible)
                .Select(reading.Of)
                .OfType<AccountShare>()
                .Where(one => reading.Find(one.CompositePublicKey) is not null)
                .Select(one => reading.Describe(one).Account)
                .OfType<ThresholdAccount>()
                .OrderBy(account => account.CompositePublicKey.ToString(), StringComparer.Ordinal),
        ];
    }

    /// <summary>Describes one that was found, or says why it cannot be told of.</summary>
    public (ThresholdAccount? Account, string? Problem) Describe(AccountShare one) => new Reading(keys, clusters, _directory).Describe(one);

    // One look with one configuration: another may come in at any time.
    private sealed class Reading(KeyRing keys, ClusterLibrary clusters, ParticipantDirectory directory)
    {
        private const ulong OnlyParticipant = 1;

        private readonly Lazy<HashSet<BlsPublicKey>> _awaited = new(() =>
            [
                .. clusters
                    .Read()
                    .Documents.SelectMany(document => document.Document.GroupKeys.SelectMany(group => document.Document.SharesOf(group)))
                    .Select(share => share.PublicShare),
            ]
        );

        public AccountShare? Find(BlsPublicKey composite)
        {
            List<KeyShare> held =
                keys.FindByGroup(composite) is { } share ? [share]
                : directory.Groups.TryGetValue(composite, out var group)
                    ? [.. group.Participants.Select(participant => keys.Find(participant.PublicKey)).OfType<KeyShare>()]
                : keys.Find(composite) is { } whole ? [whole]
                : [];

            // Two open shares of one validator: neither is the right one.
            return held is [var only] && Of(only) is { } found && found.CompositePublicKey == composite ? found : null;
        }

        public AccountShare? Of(KeyShare share)
        {
            if (share.Membership is { } membership)
            {
                return share.GroupKey is { } known && ReferenceEquals(keys.FindByGroup(known), share)
                    ? new AccountShare(share, known, membership.ShareIndex)
                    : null;
            }

            if (directory.FindByShare(share.PublicKey) is { } group)
            {
                return new AccountShare(share, group.CompositePublicKey, group.Find(share.PublicKey)!.Id);
            }

            return share.GroupKey is null || share.GroupKey == share.PublicKey
                ? new AccountShare(share, share.PublicKey, OnlyParticipant)
                : null;
        }

        public (ThresholdAccount? Account, string? Problem) Describe(AccountShare one)
        {
            if (directory.Endpoint is not { } here)
            {
                return (null, "distributed.endpoint in signer.json does not say where this signer is");
            }

            var (threshold, participants, problem) = MembersOf(one, here);
            if (problem is not null)
            {
                return (null, problem);
            }

            return participants.Any(participant =>
                participant.Id == one.ParticipantId && Participant.Canonical(participant.Endpoint) == Participant.Canonical(here)
            )
                ? (new ThresholdAccount(one.ParticipantId, one.Share.PublicKey, one.CompositePublicKey, threshold, participants), null)
                : (null, $"participant {one.ParticipantId} is this signer, and is not at distributed.endpoint");
        }

        private (int Threshold, IReadOnlyList<Participant> Participants, string? Problem) MembersOf(AccountShare one, string here)
        {
            if (one.Share.Membership is { } membership)
            {
                return OfCluster(one.CompositePublicKey, membership);
            }

            if (directory.Groups.TryGetValue(one.CompositePublicKey, out var group))
            {
                return (
                    group.Threshold,
                    [
                        .. group
                            .Participants.Select(participant => new Participant(participant.Id, participant.Endpoint))
                            .OrderBy(participant => participant.Id),
                    ],
                    null
                );
            }

            // A share that waits for its document looks like a whole key; where the document is here already, it is told apart.
            return _awaited.Value.Contains(one.Share.PublicKey)
                ? (0, [], "it is a share that waits for 'remote-signer cluster bind'")
                : (1, [new Participant(one.ParticipantId, here)], null);
        }

        private (int Threshold, IReadOnlyList<Participant> Participants, string? Problem) OfCluster(
            BlsPublicKey composite,
            ClusterMembership membership
        )
        {
            if (!directory.Clusters.TryGetValue(membership.ClusterHash, out var participants))
            {
                return (0, [], $"distributed.clusters in signer.json does not say where the participants of {membership.ClusterHash} are");
            }

            if (clusters.Find(membership) is not { } document)
            {
                return (0, [], $"the document {membership.ClusterHash} is not here");
            }

            return document
                .SharesOf(composite)
                .Select(share => share.Index)
                .Order()
                .SequenceEqual(participants.Select(participant => participant.Id))
                ? (membership.Threshold, participants, null)
                : (0, [], $"the participants of {membership.ClusterHash} in signer.json are not those of its document");
        }
    }
}
