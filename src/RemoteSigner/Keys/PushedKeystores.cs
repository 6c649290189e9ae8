namespace RemoteSigner.Keys;

/// <summary>Keystores that were sent instead of lying in files.</summary>
public static class PushedKeystores
{
    /// <summary>What the vault has as the origin of their keys.</summary>
    public const string Label = "keymanager push";
}
