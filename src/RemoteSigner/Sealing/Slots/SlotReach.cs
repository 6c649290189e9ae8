namespace RemoteSigner.Sealing;

/// <summary>
/// What can wrap another root key for the slots that a vault has already: a key that is given, the public half that stands in the slot, or
/// a device that is at hand. A slot that none of them reaches would end with the former root key, and nobody but a person may say so.
/// </summary>
/// <param name="given">Keys that somebody has brought, such as the one that opens the vault.</param>
/// <param name="atHand">The key of a slot whose device is here; null where it is not.</param>
/// <param name="dropped">Ids of keys, in hex, whose slots may end.</param>
public sealed class SlotReach(
    IReadOnlyList<IKeyEncryptionKey> given,
    Func<VaultSlot, CancellationToken, Task<IKeyEncryptionKey?>> atHand,
    IReadOnlyList<string> dropped
)
{
    /// <summary>Does a person want this slot to end?</summary>
    public bool Drops(VaultSlot slot) => dropped.Contains(slot.KeyIdText, StringComparer.OrdinalIgnoreCase);

    /// <summary>Those of these slots whose device is here.</summary>
    /// <exception cref="SealingDeviceException">A device failed.</exception>
    public async Task<IReadOnlyList<VaultSlot>> AtHandAsync(IEnumerable<VaultSlot> slots, CancellationToken cancellation)
    {
        var here = new List<VaultSlot>();
        foreach (var slot in slots)
        {
            if (await HereAsync(slot, cancellation) is not null)
            {
                here.Add(slot);
            }
        }

        return here;
    }

    /// <summary>A key for each of these slots but the dropped ones.</summary>
    /// <exception cref="VaultException">One of them is out of reach, or there is no slot of one that was to be dropped; all of them are
    /// named.</exception>
    /// <exception cref="SealingDeviceException">A device failed.</exception>
    public async Task<IReadOnlyList<IKeyEncryptionKey>> FindAsync(IReadOnlyCollection<VaultSlot> slots, CancellationToken cancellation)
    {
        if (
            dropped.FirstOrDefault(id => !slots.Any(slot => string.Equals(slot.KeyIdText, id, StringComparison.OrdinalIgnoreCase))) is
            { } unknown
        )
        {
            throw new VaultException(
                VaultFault.Unknown,
                $"the vault has no slot for a key {unknown} that would stay",
                "'remote-signer seal status' lists the slots"
            );
        }

        var keys = new List<IKeyEncryptionKey>();
        var missing = new List<VaultSlot>();
        foreach (var slot in slots.Where(slot => !Drops(slot)))
        {
            if (await FindAsync(slot, cancellation) is { } key)
            {
                keys.Add(key);
            }
            else
            {
                missing.Add(slot);
            }
        }

        return missing.Count == 0
            ? keys
            : throw new VaultException(
                VaultFault.OutOfReach,
                "the vault is to get another root key, and nothing here can wrap it for "
                    + $"{string.Join(", ", missing.Select(slot => $"the {slot.Type.Name()} slot of '{slot.Label}' ({slot.KeyIdText})"))}",
                "bring the device, for this machine's TPM the release key (--release-key FILE), for a recovery key the PEM "
                    + "of its public half (--recovery FILE); to give a slot up, and with it what opens by it, say --drop KEY-ID"
            );
    }

    private async Task<IKeyEncryptionKey?> FindAsync(VaultSlot slot, CancellationToken cancellation) =>
        await HereAsync(slot, cancellation) ?? PublicHalfKey.Of(slot);

    private async Task<IKeyEncryptionKey?> HereAsync(VaultSlot slot, CancellationToken cancellation) =>
        given.FirstOrDefault(key => key.Wraps && slot.BelongsTo(key)) ?? await atHand(slot, cancellation);
}
