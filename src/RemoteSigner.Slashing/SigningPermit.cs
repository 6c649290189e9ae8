using RemoteSigner.Spec;

namespace RemoteSigner.Slashing;

/// <summary>Leave for one key to sign one root. Only <c>SlashingProtection</c> can issue it, after the message is on disk.</summary>
public sealed class SigningPermit
{
    internal SigningPermit(BlsPublicKey publicKey, Root signingRoot) => (PublicKey, SigningRoot) = (publicKey, signingRoot);

    /// <summary>The share public key that may sign, 48 bytes.</summary>
    public BlsPublicKey PublicKey { get; }

    /// <summary>The root it may sign, 32 bytes, computed from the message.</summary>
    public Root SigningRoot { get; }
}
