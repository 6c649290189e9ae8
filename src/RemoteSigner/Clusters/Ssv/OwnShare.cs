using RemoteSigner.Spec;

namespace RemoteSigner.Clusters.Ssv;

/// <summary>A share that is held: of which validator, as which operator, in which committee.</summary>
public sealed record OwnShare(BlsPublicKey? GroupKey, ulong OperatorId, Root? Committee);
