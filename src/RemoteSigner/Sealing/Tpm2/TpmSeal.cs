using RemoteSigner.Tpm2;

namespace RemoteSigner.Sealing.Tpm2;

/// <summary>
/// A vault's TPM slot as it can be read without opening anything: under which TPM, and what an approval must be made out to.
/// </summary>
public sealed class TpmSeal
{
    private readonly TpmSlot _content;

    private TpmSeal(VaultSlot slot, byte[] context)
    {
        _content = TpmSlot.Parse(slot.Wrapped.Span);
        (Root, Label, Vault) = (new TpmName(slot.KeyId.Span), slot.Label, TpmSlot.ReferenceOf(context, _content.Plan.Nonce));
    }

    /// <summary>Name of the storage root key.</summary>
    public TpmName Root { get; }

    public string Label { get; }

    /// <summary>The policy reference that approvals for this sealed object of the vault name, 32 bytes.</summary>
    public byte[] Vault { get; }

    /// <summary>NV handle of the revocation counter.</summary>
    public uint Revocation => _content.Revocation;

    public bool WantsPin => _content.WantsPin;

    /// <summary>
    /// Sees that the storage root key is this slot's: what a <see cref="TpmProvisioning.Judge"/> says where the vault is sealed anew in the
    /// same TPM.
    /// </summary>
    /// <exception cref="SealingTpmException">It is another one.</exception>
    public Task RequireRootAsync(TpmName root) =>
        root.Equals(Root)
            ? Task.CompletedTask
            : throw new SealingTpmException(
                SealingTpmFault.WrongStorageRootKey,
                $"the TPM shows the storage root key {root}, and the slot '{Label}' is "
                    + $"under {Root}: this is another TPM, or somebody is on the bus",
                "find out which"
            );

    /// <exception cref="VaultException">A slot is malformed.</exception>
    public static IReadOnlyList<TpmSeal> Of(VaultListing vault) =>
        [.. vault.Slots.Where(slot => slot.Type == VaultSlotType.Tpm2Sealed).Select(slot => new TpmSeal(slot, ContextOf(vault.VaultId)))];

    /// <exception cref="VaultException">The slot is malformed.</exception>
    internal static TpmSeal Of(VaultSlot slot, Guid vaultId) => new(slot, ContextOf(vaultId));

    /// <summary>The public half of the key that must have signed. Dispose it.</summary>
    public ReleaseKey ReleaseKey() => Tpm2.ReleaseKey.FromPoint(_content.ReleasePoint);

    /// <summary>Does a slot under a TPM want a PIN?</summary>
    /// <exception cref="VaultException">The slot is malformed.</exception>
    internal static bool WantsPinOf(VaultSlot slot) => TpmSlot.Parse(slot.Wrapped.Span).WantsPin;

    internal static byte[] ContextOf(Guid vaultId) =>
        VaultRootKey.ContextOf(VaultSlotType.Tpm2Sealed, vaultId.ToByteArray(bigEndian: true));
}
