namespace RemoteSigner.Sealing;

/// <summary>Shares that were sealed for one vault and are not in it yet; <see cref="Vault.DraftExchange"/> puts them there.</summary>
public sealed class SealedShares
{
    internal SealedShares(IReadOnlyList<VaultRecord> records) => Records = records;

    /// <summary>For a change that only takes out.</summary>
    public static SealedShares None { get; } = new([]);

    internal IReadOnlyList<VaultRecord> Records { get; }
}
