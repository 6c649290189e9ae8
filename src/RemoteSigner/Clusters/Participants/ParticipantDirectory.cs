using System.Collections.Frozen;
using RemoteSigner.Spec;

namespace RemoteSigner.Clusters;

/// <summary>
/// Where the participants of threshold accounts are, as the configuration has it. No cluster document says so: what is listed here for a
/// cluster must be exactly the share indices of its document.
/// </summary>
/// <param name="Endpoint">The origin that this signer is reached at; null: it tells nobody of its accounts.</param>
/// <param name="Clusters">By the hash of the cluster's document.</param>
/// <param name="Groups">Validators without a document, by their public key.</param>
public sealed record ParticipantDirectory(
    string? Endpoint,
    FrozenDictionary<Root, IReadOnlyList<Participant>> Clusters,
    FrozenDictionary<BlsPublicKey, StatedGroup> Groups
)
{
    private readonly FrozenDictionary<BlsPublicKey, StatedGroup> _byShare = Groups
        .Values.SelectMany(group => group.Participants.Select(participant => (participant.PublicKey, Group: group)))
        .ToFrozenDictionary(share => share.PublicKey, share => share.Group);

    /// <summary>The group that is stated to have this share, or null.</summary>
    public StatedGroup? FindByShare(BlsPublicKey share) => _byShare.GetValueOrDefault(share);
}
