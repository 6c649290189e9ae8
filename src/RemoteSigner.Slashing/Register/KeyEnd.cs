namespace RemoteSigner.Slashing;

/// <summary>What is to become of a key that is taken out. Its history and watermarks stay either way.</summary>
public enum KeyEnd
{
    /// <summary>It stays refused until a person allows it again.</summary>
    Retired,

    /// <summary>It may be brought in again, with the history it has.</summary>
    Released,
}
