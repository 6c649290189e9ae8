using RemoteSigner.Administration;
using RemoteSigner.Administration.Seals;
using RemoteSigner.Keys;
using RemoteSigner.Ledgers;
using RemoteSigner.RollbackProtection;
using RemoteSigner.Sealing;
using RemoteSigner.Signing;
using RemoteSigner.Slashing;
using RemoteSigner.Spec;

namespace RemoteSigner.Host.Running;

/// <summary>
/// The signer that serves, as the place of acts: the keys that are open are those of the vault that the ledger has active.
/// </summary>
internal sealed class RunningSite(
    KeyRing ring,
    SealedKeys sealedKeys,
    OperatorSigner voice,
    ArchiveWatch archive,
    RollbackProtectionRun rollbackProtection,
    Fence fence,
    SlashingProtection slashing,
    PendingActs pending,
    SignerMetrics metrics,
    ILogger<RunningSite> log
) : ISite
{
    private ulong _opened;
    private int _awaited;
    private volatile Exception? _fault;

    // How far the open keys have followed, and whether as those of a signer that signs nothing; null where they are behind, or nobody
    // knows.
    private (long Changes, bool IsClosed)? _followed;

    /// <summary>What the ledger has and the open keys do not, or the other way round; null when they agree.</summary>
    public string? Difference { get; private set; }

    /// <summary>How many shares of the vault are parked or exported: nobody expects them to be open.</summary>
    public int Parked { get; private set; }

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
            _opened = vault.Contents.Generation;
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
                await FollowAsync(vault, held);
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
        catch (Exception exception) when (exception is LedgerException or VaultException or RollbackAnchorException)
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

    private async Task FollowAsync(Vault vault, HeldShares held)
    {
        // First, whatever comes after: a key that may sign no more is given up. Where nothing is signed at all, as with another signer's
        // ledger, the vault alone is asked: a duty is told why it is refused, and not that its key is unknown.
        await held.FollowAsync(vault, slashing);
        var isClosed = fence.State.Closed is not null;
        var changes = _followed is { } followed && followed.IsClosed == isClosed ? held.Changes.Since(followed.Changes) : null;
        _followed = null;
        Put(vault, changes, share => isClosed || held.FindActive(share.ShareKey) is not null);
        _followed = (held.Changes.Now, isClosed);
        Parked = held.CountResting(state => state is KeyState.Parked or KeyState.Exported);
        Difference = DifferenceOf(held, isClosed);
        TellAwaited(held.Awaited);
        OpenOperatorKey(vault);
        archive.Look(vault, held);
        if (vault.Contents.Generation != _opened)
        {
            await rollbackProtection.ChangedAsync(vault);
        }
    }

    // No duty needs it: whatever is wrong with it keeps no share shut.
    private void OpenOperatorKey(Vault vault)
    {
        try
        {
            voice.Take(sealedKeys.OpenOperatorKey(vault));
        }
        catch (VaultException shut)
        {
            voice.Miss($"nothing is said and no share is taken for the SSV operator: {shut.Message}; {shut.Hint}");
            log.LogError(shut, "the keys are open, but {Message}; {Hint}", shut.Message, shut.Hint);
        }
    }

    // What is open already, and sealed as it was, stays: a push costs what it brings, and not what is here.
    private void Put(Vault vault, IReadOnlySet<BlsPublicKey>? changes, Func<VaultListing.Share, bool> maySign)
    {
        List<VaultListing.Share> active =
        [
            .. (changes is null ? vault.Contents.Shares : changes.Select(vault.Find).OfType<VaultListing.Share>()).Where(maySign),
        ];
        var shut = active.Where(share => ring.Find(share.ShareKey)?.IsSameAs(share) != true).Select(share => share.ShareKey).ToHashSet();
        var stays = active.Select(share => share.ShareKey).Where(key => !shut.Contains(key)).ToHashSet();
        var gone = (changes ?? ring.Shares.Select(share => share.PublicKey))
            .Where(key => ring.Find(key) is not null && !stays.Contains(key))
            .ToHashSet();
        if (shut.Count + gone.Count == 0 && ring.AreOpen)
        {
            return;
        }

        var opened = sealedKeys.OpenShares(vault, shut);
        if (gone.Count == 0 && ring.AreOpen)
        {
            ring.Add(opened);
        }
        else
        {
            ring.Replace([.. ring.Shares.Where(share => !gone.Contains(share.PublicKey)), .. opened]);
        }

        metrics.Loaded.Set(ring.Count);
        log.LogInformation("{Count} keys are open", ring.Count);
    }

    // Nobody relies on them yet, so the signer is as ready as without them.
    private void TellAwaited(int awaited)
    {
        if (awaited > 0 && awaited != _awaited)
        {
            log.LogWarning(
                "{Count} shares did not come, because their import was interrupted: push or import them again, or delete their keys",
                awaited
            );
        }

        _awaited = awaited;
    }

    private static string? DifferenceOf(HeldShares held, bool isClosed)
    {
        // Where nothing is signed, all that is in the vault is open.
        var missing = held.Missing + (isClosed ? 0 : held.CountResting(state => state is KeyState.Enrolling));
        var unknown = isClosed ? 0 : held.CountResting(state => state is not (KeyState.Parked or KeyState.Exported));
        return (missing, unknown) switch
        {
            (0, 0) => null,
            (_, 0) => $"{missing} keys may sign by the ledger and are not in the vault: push or import them again, or delete them",
            (0, _) => $"{unknown} shares in the vault may not sign by the ledger: push or import them again",
            _ => $"{missing} keys may sign by the ledger and are not in the vault, {unknown} shares in the "
                + "vault may not sign by the ledger: push or import them again, or delete them",
        };
    }
}
