using RemoteSigner.Native;
using RemoteSigner.Spec;

namespace RemoteSigner.Clusters;

/// <summary>
/// A validator whose shares came with no cluster document, from a dealer or from Dirk, as the operator states it: its public key, and the
/// public key of every share. The keys prove each other, see <see cref="FindProblem"/>; that they are the right validator's, only the
/// operator can know.
/// </summary>
public sealed record StatedGroup(BlsPublicKey CompositePublicKey, int Threshold, IReadOnlyList<StatedParticipant> Participants)
{
    /// <summary>Most participants: verifying costs the square of their number.</summary>
    public const int MaxParticipants = 64;

    /// <summary>The participant that holds this share, or null.</summary>
    public StatedParticipant? Find(BlsPublicKey share) => Participants.FirstOrDefault(participant => participant.PublicKey == share);

    /// <summary>
    /// What contradicts itself, in words; null where any threshold of the shares makes the validator's signature and fewer do not.
    /// </summary>
    public string? FindProblem()
    {
        if (Participants.Count > MaxParticipants || Threshold < 1 || Threshold > Participants.Count)
        {
            return $"its threshold is not 1 to the number of participants, or these are more than {MaxParticipants}";
        }

        if (
            Participants.Any(participant => participant.Id == 0)
            || Participants.DistinctBy(participant => participant.Id).Count() != Participants.Count
        )
        {
            return "its participants' ids are not distinct, from 1";
        }

        if (
            Participants
                .Select(participant => participant.PublicKey)
                .Append(CompositePublicKey)
                .Where(key => !Bls.IsPublicKey(key.Bytes))
                .ToList()
            is [var strange, ..]
        )
        {
            return $"{strange} is no public key of BLS12-381";
        }

        var shares = new PublicShares(Participants.Select(participant => KeyValuePair.Create(participant.Id, participant.PublicKey)));
        return shares.FindStray(CompositePublicKey, Threshold) is { } stray
                ? $"the shares do not make its public key: the one of {stray} does not lie with the others"
            : shares.HasTooLowDegree(Threshold) ? "fewer shares than its threshold make its public key"
            : null;
    }
}
