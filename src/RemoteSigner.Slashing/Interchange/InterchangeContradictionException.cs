using RemoteSigner.Spec;

namespace RemoteSigner.Slashing;

/// <summary>
/// An interchange file has a message that is slashable beside one that was signed here: the key signs elsewhere, too. Nothing of the file
/// was kept. This is an alarm, not a fault of the file: <see cref="PublicKey"/> names the validator as the file does.
/// </summary>
public sealed class InterchangeContradictionException(BlsPublicKey publicKey, string told, string signed)
    : InterchangeException(
        $"validator {publicKey}: the file has {told}, and {signed} was signed here: the key is running elsewhere, too",
        publicKey.ToString(),
        "data"
    )
{
    public BlsPublicKey PublicKey { get; } = publicKey;
}
