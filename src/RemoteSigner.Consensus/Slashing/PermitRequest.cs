using RemoteSigner.Consensus.Spec;

namespace RemoteSigner.Consensus.Slashing;

/// <summary>One of many messages that leave to sign is asked for at once: the share that is to sign, the message, and who writes the evidence.</summary>
public sealed record PermitRequest(ProtectedKey Key, RootedMessage Message, DecisionWitness Witness);
