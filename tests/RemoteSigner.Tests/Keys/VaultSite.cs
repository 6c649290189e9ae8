using RemoteSigner.Administration;
using RemoteSigner.Keys;
using RemoteSigner.RollbackProtection;
using RemoteSigner.Sealing;
using RemoteSigner.Tests.Sealing;

namespace RemoteSigner.Tests.Keys;

/// <summary>A vault alone as the place of acts: no open keys, no anchor.</summary>
internal sealed class VaultSite(VaultScene scene) : ISite
{
    public RollbackRefusal? Refusal => null;

    /// <summary>What stands between a vault that opens and an act.</summary>
    public Func<Vault, Task> AdmitAsync { get; set; } = _ => Task.CompletedTask;

    public async Task<Vault> OpenNewestVaultAsync()
    {
        var vault = await scene.OpenAsync();
        try
        {
            await AdmitAsync(vault);
            return vault;
        }
        catch
        {
            vault.Dispose();
            throw;
        }
    }

    public Task PrepareFenceAsync(Vault vault, NewRootKey next) => Task.CompletedTask;

    public Task<bool> HandFenceOverAsync(Vault vault) => Task.FromResult(true);

    public Task SettleAsync(Vault? vault, HeldShares held, bool history) => Task.CompletedTask;

    public void Tell(string message) { }
}
