using RemoteSigner.Spec;

namespace RemoteSigner.Clusters;

/// <summary>A participant of a <see cref="StatedGroup"/>: which share it holds, and where it is.</summary>
public sealed record StatedParticipant(ulong Id, BlsPublicKey PublicKey, string Endpoint);
