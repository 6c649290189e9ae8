using RemoteSigner.Clusters;
using RemoteSigner.Spec;

namespace RemoteSigner.Keys;

/// <summary>
/// A validator as coordinators see it: which share this participant holds, and who the others are. A whole key is an account of one.
/// </summary>
public sealed record ThresholdAccount(
    ulong ParticipantId,
    BlsPublicKey PublicKey,
    BlsPublicKey CompositePublicKey,
    int Threshold,
    IReadOnlyList<Participant> Participants
);
