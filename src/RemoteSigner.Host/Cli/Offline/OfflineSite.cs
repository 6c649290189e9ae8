using RemoteSigner.Administration;
using RemoteSigner.Administration.Seals;
using RemoteSigner.Freshness;
using RemoteSigner.Keys;
using RemoteSigner.Sealing;
using RemoteSigner.Slashing;

namespace RemoteSigner.Host.Cli;

/// <summary>A data directory that nobody serves, as the place of acts. The orderly stop stays true through a change: the witness is told where the ledger ends now.</summary>
internal sealed class OfflineSite(OfflineSigner signer) : ISite
{
    /// <summary>What opens the vault, where it is not the device that signer.json names.</summary>
    public Func<Task<IKeyEncryptionKey>>? Key { get; set; }

    public FreshnessRefusal? Refusal { get; private set; }

    public async Task<Vault> OpenNewestVaultAsync()
    {
        var vault = Key is null ? await signer.Keys.OpenVaultAsync() : await Vault.OpenAsync(signer.Data.VaultFile, signer.Arena, await Key());
        try
        {
            await FormerRootKey.RecallAsync(signer.Pending, vault);
            RequireNewest(signer.Found.Start, vault.Contents.Generation);
            Refusal = Key is null ? await OfflineFreshness.FindPutBackAsync(signer, vault) : null;
            return vault;
        }
        catch
        {
            vault.Dispose();
            throw;
        }
    }

    public async Task PrepareFenceAsync(Vault vault, NewRootKey next)
    {
        using var keys = next.DeriveFenceKeys();
        if (signer.Found.Start is not null && WitnessAccess.Open(signer.Options, signer.Keys.Hardware, vault.Contents.VaultId, keys) is { } witness)
        {
            await FenceSuccession.ProvideAsync(witness, CancellationToken.None);
        }
    }

    public async Task<bool> HandFenceOverAsync(Vault vault)
    {
        using var freshness = await OfflineFreshness.OpenAsync(signer, vault);
        return freshness is null or { IsUnderFormer: false };
    }

    public Task SettleAsync(Vault? vault, HeldShares held, bool history) => OfflineFreshness.KeepCleanAsync(signer, vault);

    /// <summary>One that was put back would take the generation that gives it away.</summary>
    /// <exception cref="VaultException">The ledger knows a newer vault.</exception>
    internal static void RequireNewest(LedgerStart? known, ulong generation)
    {
        if (known is not null && generation < known.VaultGeneration)
        {
            throw new VaultException(
                VaultFault.Changed,
                $"the vault has generation {generation} and had {known.VaultGeneration} before: an old copy of it was put back; nothing was changed",
                "put the newest vault in its place; where it is lost, 'remote-signer freshness clear' takes this one for the newest");
        }
    }
}
