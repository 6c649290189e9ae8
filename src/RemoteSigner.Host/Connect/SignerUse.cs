namespace RemoteSigner.Host.Connect;

/// <summary>What a signer is wanted for.</summary>
internal enum SignerUse
{
    /// <summary>Signatures with keys that are there.</summary>
    Sign,

    /// <summary>Keys that are brought over the Keymanager API.</summary>
    Push,
}
