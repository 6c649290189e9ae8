namespace RemoteSigner.Sealing;

/// <summary>
/// Another root key for a vault that is not under it yet: its slots, and every share sealed anew. <see cref="Vault.DraftRootKey"/> is the
/// change that puts it there.
/// </summary>
public sealed class NewRootKey : IDisposable
{
    private VaultRootKey? _key;

    internal NewRootKey(VaultRootKey key, IReadOnlyList<VaultSlot> slots, VaultRecords records, byte[] former) =>
        (_key, Slots, Records, Former) = (key, slots, records, former);

    /// <summary>The slots as they are to be.</summary>
    public IReadOnlyList<VaultSlot> Slots { get; }

    /// <summary>
    /// The root key before, sealed under this one (80 bytes), for <see cref="Vault.Recall"/>. To whoever has not this one it says nothing.
    /// </summary>
    public ReadOnlyMemory<byte> Former { get; }

    /// <summary>How many root keys the vault had before it.</summary>
    public uint Number => Key.Epoch;

    /// <summary>The keys of the fence as it will be. The caller disposes them.</summary>
    public FenceKeys DeriveFenceKeys() => Key.DeriveFenceKeys();

    internal VaultRecords Records { get; }

    internal VaultRootKey Key => _key ?? throw new ObjectDisposedException(nameof(NewRootKey));

    /// <summary>The key is the caller's to dispose from now on.</summary>
    internal VaultRootKey Take()
    {
        var taken = Key;
        _key = null;
        return taken;
    }

    public void Dispose() => _key?.Dispose();
}
