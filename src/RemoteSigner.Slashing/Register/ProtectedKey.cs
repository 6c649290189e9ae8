using RemoteSigner.Spec;

namespace RemoteSigner.Slashing;

/// <summary>
/// Whose history is kept: the share's public key that signs, and the validator's group key where it is known. History belongs to the
/// group key when there is one, so that it outlives a reshare, which changes every share's public key.
/// </summary>
public sealed record ProtectedKey(BlsPublicKey PublicKey, BlsPublicKey? GroupKey);
