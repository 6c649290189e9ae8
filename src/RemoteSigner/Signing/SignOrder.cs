using RemoteSigner.Access;
using RemoteSigner.Consensus.Spec;

namespace RemoteSigner.Signing;

/// <summary>What a client asks for: which message with which key, and the root it believes the message to have (null when it names none). No public key: what the client named is none.</summary>
public sealed record SignOrder(Client Client, string RequestId, BlsPublicKey? PublicKey, SignableMessage Message, Root? ClaimedSigningRoot);
