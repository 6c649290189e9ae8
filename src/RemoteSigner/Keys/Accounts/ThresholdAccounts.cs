using RemoteSigner.Clusters;
using RemoteSigner.Spec;

namespace RemoteSigner.Keys;

/// <summary>
/// The validators of the open shares, by their public key, as the remote signing API's distributed profile has them. What holds a share, the vault knows, or the configuration states
/// (<see cref="StatedGroup"/>); where the others are, only the configuration knows, and where it does not an account is signed for and not listed.
/// </summary>
public sealed class ThresholdAccounts(KeyRing keys, ClusterLibrary clusters, ParticipantDirectory directory)
{
    private const ulong OnlyParticipant = 1;

    private volatile ParticipantDirectory _directory = directory;

    /// <summary>From now on.</summary>
    public void Replace(ParticipantDirectory read) => _directory = read;

    /// <summary>The share of the validator with this public key, or null.</summary>
    public AccountShare? Find(BlsPublicKey composite)
    {
        List<KeyShare> held = keys.FindByGroup(composite) is { } share ? [share]
            : _directory.Groups.TryGetValue(composite, out var group) ? [.. group.Participants.Select(participant => keys.Find(participant.PublicKey)).OfType<KeyShare>()]
            : keys.Find(composite) is { } whole ? [whole]
            : [];

        // Two open shares of one validator: neither is the right one.
        return held is [var only] && Of(only) is { } found && found.CompositePublicKey == composite ? found : null;
    }

    /// <summary>Those of these shares that can be told of, in the order of their public keys.</summary>
    public IReadOnlyList<ThresholdAccount> List(Func<KeyShare, bool> isVisible)
    {
        var (directory, awaited) = (_directory, new Lazy<HashSet<BlsPublicKey>>(SharesOfDocuments));
        return [.. keys.Shares.Where(isVisible).Select(Of).OfType<AccountShare>()
            .Where(one => Find(one.CompositePublicKey) is not null)
            .Select(one => Describe(one, directory, awaited).Account).OfType<ThresholdAccount>()
            .OrderBy(account => account.CompositePublicKey.ToString(), StringComparer.Ordinal)];
    }

    /// <summary>Describes one, or says why it cannot be told of.</summary>
    public (ThresholdAccount? Account, string? Problem) Describe(AccountShare one) => Describe(one, _directory, new Lazy<HashSet<BlsPublicKey>>(SharesOfDocuments));

    private AccountShare? Of(KeyShare share)
    {
        if (share.Membership is { } membership)
        {
            return share.GroupKey is { } known && ReferenceEquals(keys.FindByGroup(known), share) ? new AccountShare(share, known, membership.ShareIndex) : null;
        }

        return _directory.FindByShare(share.PublicKey) is { } group ? new AccountShare(share, group.CompositePublicKey, group.Find(share.PublicKey)!.Id)
            : share.GroupKey is null || share.GroupKey == share.PublicKey ? new AccountShare(share, share.PublicKey, OnlyParticipant)
            : null;
    }

    private HashSet<BlsPublicKey> SharesOfDocuments() =>
        [.. clusters.Read().Documents.SelectMany(document => document.Document.GroupKeys.SelectMany(group => document.Document.SharesOf(group))).Select(share => share.PublicShare)];

    private (ThresholdAccount? Account, string? Problem) Describe(AccountShare one, ParticipantDirectory directory, Lazy<HashSet<BlsPublicKey>> awaited)
    {
        if (directory.Endpoint is null)
        {
            return (null, "distributed.endpoint in signer.json does not say where this signer is");
        }

        var (threshold, participants, problem) = one.Share.Membership is { } membership ? OfCluster(one.CompositePublicKey, membership, directory)
            : directory.Groups.TryGetValue(one.CompositePublicKey, out var group) ? OfGroup(group)

            // A share that waits for its document looks like a whole key; where the document is here already, it is told apart.
            : awaited.Value.Contains(one.Share.PublicKey) ? (0, [], "it is a share that waits for 'remote-signer cluster bind'")
            : (1, [new Participant(OnlyParticipant, directory.Endpoint)], null);
        problem ??= participants.Single(participant => participant.Id == one.ParticipantId).Endpoint == directory.Endpoint ? null : $"participant {one.ParticipantId} is this signer, and is not at distributed.endpoint";
        return problem is null ? (new ThresholdAccount(one.ParticipantId, one.Share.PublicKey, one.CompositePublicKey, threshold, participants), null) : (null, problem);
    }

    private (int Threshold, IReadOnlyList<Participant> Participants, string? Problem) OfCluster(BlsPublicKey composite, ClusterMembership membership, ParticipantDirectory directory)
    {
        if (!directory.Clusters.TryGetValue(membership.ClusterHash, out var participants))
        {
            return (0, [], $"distributed.clusters in signer.json does not say where the participants of {membership.ClusterHash} are");
        }

        return clusters.Find(membership) is not { } document ? (0, [], $"the document {membership.ClusterHash} is not here")
            : !document.SharesOf(composite).Select(share => share.Index).Order().SequenceEqual(participants.Select(participant => participant.Id))
                ? (0, [], $"the participants of {membership.ClusterHash} in signer.json are not those of its document")
            : (membership.Threshold, participants, null);
    }

    private static (int Threshold, IReadOnlyList<Participant> Participants, string? Problem) OfGroup(StatedGroup group) =>
        (group.Threshold, [.. group.Participants.Select(participant => new Participant(participant.Id, participant.Endpoint)).OrderBy(participant => participant.Id)], null);
}
