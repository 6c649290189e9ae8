using RemoteSigner.Spec;

namespace RemoteSigner.Keys;

/// <summary>The open share of a validator, and the id under which its partial signatures are combined.</summary>
public sealed record AccountShare(KeyShare Share, BlsPublicKey CompositePublicKey, ulong ParticipantId);
