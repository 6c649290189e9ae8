using RemoteSigner.Host.Configuration;
using RemoteSigner.Keys;
using RemoteSigner.Native;
using RemoteSigner.Sealing;
using RemoteSigner.Sealing.Pkcs11;

namespace RemoteSigner.Host;

/// <summary>The vault of a data directory and the token that opens it.</summary>
internal sealed class SealedKeys(DataDirectory data, SealOptions options, Pkcs11Token token, SecretArena arena) : IDisposable
{
    private volatile IReadOnlyList<VaultListing.Share> _expected = [];

    /// <summary>How many shares the vault holds; 0 before it was read.</summary>
    public int Expected => _expected.Count;

    public Pkcs11Token Token => token;

    public SecretArena Arena => arena;

    /// <summary>The token as <paramref name="options"/> describe it; its PIN is read now, and asked of the person at the terminal where no source is named.</summary>
    /// <exception cref="HsmProfileException">There is no such profile.</exception>
    /// <exception cref="TokenException">The module is not installed.</exception>
    public static SealedKeys Open(DataDirectory data, SealOptions options, SecretArena arena, TimeProvider time) =>
        new(data, options, TokenAccess.Open(data, options, arena, time), arena);

    /// <summary>The key that opens the vault: of the first slot whose key is in the token.</summary>
    /// <exception cref="VaultException">The vault has no slot for this token.</exception>
    /// <exception cref="TokenException">The token failed.</exception>
    public async Task<IKeyEncryptionKey> FindKeyAsync()
    {
        var listing = Vault.List(data.VaultFile);
        _expected = listing.Shares;
        return await Pkcs11Key.FindAsync(token, listing.Slots)
            ?? throw new VaultException(
                VaultFault.NoSlotOpens, $"no slot of the vault {data.VaultFile} belongs to a key in the token '{token.Address.Label}'", "'remote-signer seal status' lists the slots");
    }

    /// <summary>Opens the vault: one hardware operation.</summary>
    /// <exception cref="VaultException">It does not open.</exception>
    /// <exception cref="TokenException">The token failed.</exception>
    public async Task<Vault> OpenVaultAsync() => await Vault.OpenAsync(data.VaultFile, arena, await FindKeyAsync());

    /// <summary>Reads the PIN again after the token refused the former one; only when a person asks, because each wrong try may lock the token.</summary>
    public void RenewRefusedPin()
    {
        if (token.State.Condition == TokenCondition.PinRefused)
        {
            token.GivePin(TokenAccess.ReadPin(data, options.Pin, arena));
        }
    }

    /// <summary>Opens all shares into locked memory and forgets the vault's root key; <paramref name="admit"/> sees the vault before, and throws where it must not be used.</summary>
    public async Task<IReadOnlyList<KeyShare>> OpenAsync(Func<Vault, Task> admit)
    {
        using var vault = await OpenVaultAsync();
        await admit(vault);
        return [.. vault.OpenShares().Select(share => new KeyShare(share.Secret, share.ShareKey, share.GroupKey, share.Index))];
    }

    public void Dispose() => token.Dispose();
}
