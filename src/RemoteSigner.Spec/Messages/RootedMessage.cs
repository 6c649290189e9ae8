namespace RemoteSigner.Spec;

/// <summary>
/// A message together with its signing root (32 bytes). Only <see cref="SignableMessage.WithRoot"/> makes one, so the root is always the
/// computed one.
/// </summary>
public sealed class RootedMessage
{
    internal RootedMessage(SignableMessage message, Root signingRoot) => (Message, SigningRoot) = (message, signingRoot);

    public SignableMessage Message { get; }

    public Root SigningRoot { get; }
}
