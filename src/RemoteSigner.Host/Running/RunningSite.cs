using RemoteSigner.Administration;
using RemoteSigner.Administration.Seals;
using RemoteSigner.Keys;
using RemoteSigner.Ledgers;
using RemoteSigner.Native;
using RemoteSigner.RollbackProtection;
using RemoteSigner.Sealing;
using RemoteSigner.Slashing;

namespace RemoteSigner.Host.Running;

/// <summary>
/// The signer that serves, as the place of acts: the keys that are open are those of the vault that the ledger has active.
/// </summary>
internal sealed class RunningSite(
    SealedKeys sealedKeys,
    OpenedKeys opened,
    RollbackProtectionRun rollbackProtection,
    Fence fence,
    SlashingProtection slashing,
    PendingActs pending,
    ILogger<RunningSite> log
) : ISite
{
    private ulong _generation;
    private volatile Exception? _fault;

    /// <summary>Why vault, ledger and open keys could not be brought together after the last act; null when they were.</summary>
    public Exception? Fault => _fault;

    /// <summary>A start that was refused opens the keys, so that a duty is told why, and changes nothing.</summary>
    public RollbackRefusal? Refusal => fence.State.Closed;

    public async Task<Vault> OpenNewestVaultAsync()
    {
        var vault = await sealedKeys.OpenVaultAsync();
        try
        {
            await FormerRootKey.RecallAsync(pending, vault);
            await rollbackProtection.AdmitAsync(vault);
            _generation = vault.Contents.Generation;
            return vault;
        }
        catch
        {
            vault.Dispose();
            throw;
        }
    }

    public Task PrepareFenceAsync(Vault vault, NewRootKey next) => rollbackProtection.PrepareHandOverAsync(vault, next);

    public Task AbandonFenceAsync(Vault vault, NewRootKey next) => rollbackProtection.AbandonHandOverAsync(vault, next);

    public Task<bool> HandFenceOverAsync(Vault vault) => rollbackProtection.HandOverAsync(vault);

    public async Task SettleAsync(Vault? vault, HeldShares held, bool history)
    {
        try
        {
            if (vault is not null)
            {
                // First, whatever comes after: a key that may sign no more is given up.
                await held.FollowAsync(vault, slashing);
                opened.Follow(vault, held, isClosed: Refusal is not null);
                if (vault.Contents.Generation != _generation)
                {
                    await rollbackProtection.ChangedAsync(vault);
                }
            }

            if (history)
            {
                await rollbackProtection.CoverHistoryAsync();
            }

            _fault = null;
        }
        catch (LedgerException exception) when (exception.Fault == LedgerFault.Closed)
        {
            log.LogInformation("the signer stopped before ledger, vault and open keys were brought together: the next start does it");
        }
        catch (Exception exception) when (exception is LedgerException or OperatorException)
        {
            _fault = exception;
            log.LogError(
                exception,
                "ledger, vault and open keys could not be brought together: {Message}; the next change or reload does it",
                exception.Message
            );
        }
    }

    public void Tell(string message) => log.LogWarning("{Message}", message);
}
