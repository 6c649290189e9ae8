using RemoteSigner.Clusters.Ssv;
using RemoteSigner.Host.Configuration;
using RemoteSigner.Keys;
using RemoteSigner.Native;
using RemoteSigner.RollbackProtection;
using RemoteSigner.Sealing;
using RemoteSigner.Spec;

namespace RemoteSigner.Host;

/// <summary>The vault of a data directory and the hardware that opens it.</summary>
internal sealed class SealedKeys(DataDirectory data, Hardware hardware, SecretArena arena) : IDisposable
{
    private readonly VaultStore _vault = new(data.VaultFile);
    private volatile int _expected;

    /// <summary>How many shares the vault holds; 0 before it was read.</summary>
    public int Expected => _expected;

    /// <summary>What opens the vault.</summary>
    public ISealingDevice Device => hardware.Seal;

    public Hardware Hardware => hardware;

    public SecretArena Arena => arena;

    /// <summary>
    /// The hardware as <paramref name="options"/> describe it; a token's PIN is read now, and asked of the person at the terminal where no
    /// source is named.
    /// </summary>
    /// <param name="known">What the ledger remembers of the vault; null where there is none yet.</param>
    /// <exception cref="HsmProfileException">There is no such profile.</exception>
    /// <exception cref="SealingDeviceException">The token's module is not installed.</exception>
    public static SealedKeys Open(DataDirectory data, SignerOptions options, SecretArena arena, TimeProvider time, KnownVault? known)
    {
        var hardware = new Hardware(data, options, arena, time, known);
        _ = hardware.Seal;
        return new SealedKeys(data, hardware, arena);
    }

    /// <summary>The key that opens the vault: of the first slot that belongs to the device.</summary>
    /// <exception cref="VaultException">The vault has no slot for this device.</exception>
    /// <exception cref="SealingDeviceException">The device failed.</exception>
    public Task<IKeyEncryptionKey> FindKeyAsync() => RequireKeyAsync(Vault.List(data.VaultFile));

    /// <summary>
    /// The key that opens the vault for a change of its slots: of the device that signer.json names, or of the TPM, for a vault on its way
    /// from there to a token.
    /// </summary>
    /// <exception cref="VaultException">The vault has no slot for either.</exception>
    /// <exception cref="SealingDeviceException">A device failed.</exception>
    public async Task<IKeyEncryptionKey> FindKeyForChangeAsync() =>
        await FindKeyAsync(hardware.Seal) ?? await FindKeyAsync(hardware.Tpm) ?? await FindKeyAsync();

    /// <summary>The key of a slot that the token which signer.json names has; null where it has it not, or none is named.</summary>
    /// <exception cref="SealingDeviceException">The token failed.</exception>
    public async Task<IKeyEncryptionKey?> FindInTokenAsync(VaultSlot slot, CancellationToken cancellation) =>
        slot.IsHardware && slot.Type != VaultSlotType.Tpm2Sealed && !hardware.SealsWithTpm
            ? await Pkcs11Key.FindAsync(hardware.Token, [slot], cancellation)
            : null;

    /// <summary>What the vault says of itself, without a key and therefore without proof.</summary>
    /// <exception cref="VaultException">It cannot be read.</exception>
    public VaultListing List() => Vault.List(_vault);

    /// <summary>Opens the vault: one hardware operation.</summary>
    /// <exception cref="VaultException">It does not open.</exception>
    /// <exception cref="SealingDeviceException">The device failed.</exception>
    public async Task<Vault> OpenVaultAsync() => await Vault.OpenAsync(_vault, arena, RequireKeyAsync);

    /// <summary>
    /// Reads the PIN again after the device refused the former one; only when a person asks, because each wrong try may lock it.
    /// </summary>
    public void RenewRefusedPin()
    {
        if (hardware.Seal.Condition == DeviceCondition.PinRefused)
        {
            hardware.Seal.GivePin(hardware.ReadPin());
        }
    }

    /// <summary>
    /// Opens all shares into locked memory and forgets the vault's root key; <paramref name="admit"/> sees the vault before, and throws
    /// where it must not be used.
    /// </summary>
    public async Task<IReadOnlyList<KeyShare>> OpenAsync(Func<Vault, Task> admit)
    {
        using var vault = await OpenVaultAsync();
        await admit(vault);
        return OpenShares(vault);
    }

    /// <summary>Opens the SSV operator's key beside a vault that is open; null when there is none.</summary>
    public OperatorKey? OpenOperatorKey(Vault vault) => vault.OpenOperatorKey(data.OperatorKeyFile, arena);

    /// <summary>Opens all shares of a vault that is open, or some.</summary>
    public IReadOnlyList<KeyShare> OpenShares(Vault vault, IReadOnlySet<BlsPublicKey>? only = null)
    {
        _expected = vault.Contents.Shares.Count;
        List<KeyShare> shares =
        [
            .. (only is null ? vault.OpenShares() : vault.OpenShares(only)).Select(share => new KeyShare(
                share.Secret,
                share.ShareKey,
                share.GroupKey,
                share.Membership
            )
            {
                Label = share.Label,
            }),
        ];

        // The last error stays after recovery: what came through hardware in trouble is not trusted blindly.
        if (hardware.Seal.LastError is not null)
        {
            shares.ForEach(share => share.Suspect());
        }

        return shares;
    }

    public void Dispose() => hardware.Dispose();

    private async Task<IKeyEncryptionKey> RequireKeyAsync(VaultListing listing) =>
        await FindKeyAsync(hardware.Seal, listing)
        ?? throw new VaultException(
            VaultFault.NoSlotOpens,
            $"no slot of the vault {data.VaultFile} belongs to the {hardware.Seal.Description}",
            "'remote-signer seal status' lists the slots"
        );

    private Task<IKeyEncryptionKey?> FindKeyAsync(ISealingDevice device) => FindKeyAsync(device, Vault.List(data.VaultFile));

    private Task<IKeyEncryptionKey?> FindKeyAsync(ISealingDevice device, VaultListing listing)
    {
        _expected = listing.Shares.Count;
        return device.FindKeyAsync(listing.Slots);
    }
}
