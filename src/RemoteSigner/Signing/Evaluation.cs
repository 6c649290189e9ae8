using RemoteSigner.Spec;

namespace RemoteSigner.Signing;

/// <summary>
/// How a sign request would end now. <paramref name="Refusal"/> is null when it would be signed; the root is null where none could be
/// computed.
/// </summary>
public sealed record Evaluation(SignOutcome? Refusal, Root? SigningRoot, bool SignedBefore);
