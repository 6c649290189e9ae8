using RemoteSigner.Administration;
using RemoteSigner.Administration.Seals;
using RemoteSigner.Host.Configuration;
using RemoteSigner.Keys;
using RemoteSigner.RollbackProtection;
using RemoteSigner.Sealing;

namespace RemoteSigner.Host.Cli;

/// <summary>
/// A data directory that nobody serves, as the place of acts. The orderly stop stays true through a change: the anchor is told where the
/// ledger ends now.
/// </summary>
internal sealed class OfflineSite(OfflineSigner signer) : ISite
{
    /// <summary>What opens the vault, where it is not the device that signer.json names.</summary>
    public Func<Task<IKeyEncryptionKey>>? Key { get; set; }

    /// <summary>Does a person say that the TPM is another one than those that the vault has slots for?</summary>
    public bool IsAnotherTpm { get; set; }

    public RollbackRefusal? Refusal { get; private set; }

    public async Task<Vault> OpenNewestVaultAsync()
    {
        var key = Key is null ? null : await Key();
        var vault = key is null ? await signer.Keys.OpenVaultAsync() : await Vault.OpenAsync(signer.Data.VaultFile, signer.Arena, key);
        try
        {
            signer.Keys.Hardware.PinTpm(IsAnotherTpm ? [] : vault.Anchor.StorageRoots);
            await FormerRootKey.RecallAsync(signer.Pending, vault);
            Refusal = VaultRules.Refusal(signer.Found.Vault, vault.Anchor)
                ?? await OfflineRollbackProtection.FindPutBackAsync(signer, vault, isByRecovery: vault.IsOpenedByRecovery);
            return vault;
        }
        catch
        {
            vault.Dispose();
            throw;
        }
    }

    public Task PrepareFenceAsync(Vault vault, NewRootKey next) =>
        SucceedAsync(vault, next, succession => succession.ProvideAsync(CancellationToken.None));

    public Task AbandonFenceAsync(Vault vault, NewRootKey next) =>
        SucceedAsync(vault, next, succession => succession.AbandonAsync(CancellationToken.None));

    public async Task<bool> HandFenceOverAsync(Vault vault)
    {
        // The vault has another root key since the command began, and the ledger remembers it.
        await signer.VaultChangedAsync();
        using var rollbackProtection = await OfflineRollbackProtection.OpenAsync(signer, vault);
        return rollbackProtection is null or { IsUnderFormer: false };
    }

    public Task SettleAsync(Vault? vault, HeldShares held, bool history) => OfflineRollbackProtection.KeepCleanAsync(signer, vault);

    private async Task SucceedAsync(Vault vault, NewRootKey next, Func<FenceSuccession, Task> step)
    {
        using var keys = next.DeriveFenceKeys();
        if (signer.Found.Start is not null && signer.Options.Anchor != RollbackProtectionOptions.None)
        {
            using var present = vault.DeriveFenceKeys();
            await step(OfflineRollbackProtection.AnchorsOf(signer).SuccessionOf(vault, present, keys));
        }
    }

    public void Tell(string message) => StandardError.Console.WriteLine(message);
}
