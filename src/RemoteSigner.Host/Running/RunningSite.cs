using RemoteSigner.Administration;
using RemoteSigner.Freshness;
using RemoteSigner.Keys;
using RemoteSigner.Ledgers;
using RemoteSigner.Sealing;
using RemoteSigner.Signing;
using RemoteSigner.Slashing;
using RemoteSigner.Spec;

namespace RemoteSigner.Host.Running;

/// <summary>The signer that serves, as the place of acts: the keys that are open are those of the vault that the ledger has active.</summary>
internal sealed class RunningSite(KeyRing ring, SealedKeys sealedKeys, OperatorVoice voice, ArchiveWatch archive, FreshnessRun freshness, Fence fence, SlashingProtection slashing, SignerMetrics metrics, ILogger<RunningSite> log) : ISite
{
    private ulong _opened;
    private volatile Exception? _fault;

    /// <summary>What the ledger has and the open keys do not, or the other way round; null when they agree.</summary>
    public string? Difference { get; private set; }

    /// <summary>How many shares of the vault are parked or exported: nobody expects them to be open.</summary>
    public int Parked { get; private set; }

    /// <summary>Why vault, ledger and open keys could not be brought together after the last act; null when they were.</summary>
    public Exception? Fault => _fault;

    /// <summary>A start that was refused opens the keys, so that a duty is told why, and changes nothing.</summary>
    public FreshnessRefusal? Refusal => fence.State.Closed;

    public async Task<Vault> OpenNewestVaultAsync()
    {
        var vault = await sealedKeys.OpenVaultAsync();
        try
        {
            await freshness.AdmitAsync(vault);
            _opened = vault.Contents.Generation;
            return vault;
        }
        catch
        {
            vault.Dispose();
            throw;
        }
    }

    public async Task SettleAsync(Vault? vault, bool history)
    {
        try
        {
            if (vault is not null)
            {
                await FollowAsync(vault);
            }

            if (history)
            {
                await freshness.CoverHistoryAsync();
            }

            _fault = null;
        }
        catch (LedgerException exception) when (exception.Fault == LedgerFault.Closed)
        {
            log.LogInformation("the signer stopped before ledger, vault and open keys were brought together: the next start does it");
        }
        catch (Exception exception) when (exception is LedgerException or VaultException or WitnessException)
        {
            _fault = exception;
            log.LogError(exception, "ledger, vault and open keys could not be brought together: {Message}; the next change or reload does it", exception.Message);
        }
    }

    private async Task FollowAsync(Vault vault)
    {
        // First, whatever comes after: a key that may sign no more is given up. Where nothing is signed at all, as with another signer's ledger, the vault alone is asked:
        // a duty is told why it is refused, and not that its key is unknown.
        var states = await slashing.GetKeyStatesAsync();
        var contents = vault.Contents;
        List<VaultListing.Share> shares = [.. contents.Shares.Where(share => fence.State.Closed is not null || states.GetValueOrDefault(share.ShareKey) == KeyState.Active)];
        var active = shares.Select(share => share.ShareKey).ToHashSet();
        var changed = contents.Generation != _opened;
        if (changed || !ring.AreOpen || !active.SetEquals(ring.Shares.Select(share => share.PublicKey)))
        {
            Put(vault, shares);
        }

        Parked = contents.Shares.Count(share => states.GetValueOrDefault(share.ShareKey) is KeyState.Parked or KeyState.Exported);
        Difference = DifferenceOf(contents, states, active);
        voice.Take(sealedKeys.OpenOperatorKey(vault));
        archive.Look(vault);
        if (changed)
        {
            await freshness.ChangedAsync(vault);
        }
    }

    // What is open already, and sealed as it was, stays: a push costs what it brings, and not what is here.
    private void Put(Vault vault, IReadOnlyList<VaultListing.Share> active)
    {
        List<KeyShare> kept = [];
        HashSet<BlsPublicKey> shut = [];
        foreach (var share in active)
        {
            if (ring.Find(share.ShareKey) is { } open && open.IsSameAs(share))
            {
                kept.Add(open);
            }
            else
            {
                shut.Add(share.ShareKey);
            }
        }

        var opened = sealedKeys.OpenShares(vault, shut);
        ring.Replace([.. kept, .. opened]);
        metrics.Loaded.Set(ring.Count);
        log.LogInformation("{Count} keys are open", ring.Count);
    }

    private static string? DifferenceOf(VaultListing vault, IReadOnlyDictionary<BlsPublicKey, KeyState> states, HashSet<BlsPublicKey> active)
    {
        var missing = states.Count(pair => pair.Value is KeyState.Active or KeyState.Enrolling && !active.Contains(pair.Key));
        var unknown = vault.Shares.Count(share => !active.Contains(share.ShareKey) && states.GetValueOrDefault(share.ShareKey) is not (KeyState.Parked or KeyState.Exported));
        return (missing, unknown) switch
        {
            (0, 0) => null,
            (_, 0) => $"{missing} keys may sign by the ledger and are not in the vault: push or import them again, or delete them",
            (0, _) => $"{unknown} shares in the vault may not sign by the ledger: push or import them again",
            _ => $"{missing} keys may sign by the ledger and are not in the vault, {unknown} shares in the vault may not sign by the ledger: push or import them again, or delete them",
        };
    }
}
