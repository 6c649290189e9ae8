using RemoteSigner.Keys;
using RemoteSigner.Sealing;
using RemoteSigner.Slashing;

namespace RemoteSigner.Administration;

/// <summary>The newest vault, open at the site of an act, and what follows it there.</summary>
internal sealed class NewestVault(ISite site, Vault vault, HeldShares held)
{
    public Vault Vault { get; } = vault;

    /// <summary>
    /// What it holds and what the ledger lets each share do, as it is now: acts run one after the other, and nobody else changes it.
    /// </summary>
    public async ValueTask<HeldShares> HeldAsync(SlashingProtection slashing)
    {
        await held.FollowAsync(Vault, slashing);
        return held;
    }

    /// <summary>See <see cref="ISite.PrepareFenceAsync"/>.</summary>
    public Task PrepareFenceAsync(NewRootKey next) => site.PrepareFenceAsync(Vault, next);

    /// <summary>See <see cref="ISite.AbandonFenceAsync"/>.</summary>
    public Task AbandonFenceAsync(NewRootKey next) => site.AbandonFenceAsync(Vault, next);

    /// <summary>See <see cref="ISite.HandFenceOverAsync"/>.</summary>
    public Task<bool> HandFenceOverAsync() => site.HandFenceOverAsync(Vault);

    /// <summary>See <see cref="ISite.Tell"/>.</summary>
    public void Tell(string message) => site.Tell(message);
}
