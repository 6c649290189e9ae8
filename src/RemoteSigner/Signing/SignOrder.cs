using RemoteSigner.Access;
using RemoteSigner.Keys;
using RemoteSigner.Spec;

namespace RemoteSigner.Signing;

/// <summary>
/// What a client asks for: which message with which key, and the root it believes the message to have (null when it names none). No key:
/// what the client named is none.
/// </summary>
public sealed record SignOrder(Client Client, string RequestId, BlsPublicKey? Key, SignableMessage Message, Root? ClaimedSigningRoot)
{
    /// <summary>How <see cref="Key"/> is meant.</summary>
    public NamedKey Named { get; init; }
}
