using RemoteSigner.Administration;
using RemoteSigner.Audit;
using RemoteSigner.Host.Configuration;
using RemoteSigner.Ledgers;
using RemoteSigner.RollbackProtection;
using RemoteSigner.Sealing;
using RemoteSigner.Slashing;

namespace RemoteSigner.Host;

/// <summary>The start protocol once the vault is open, and the clean stop when everything else has ended.</summary>
internal sealed class RollbackProtectionRun(
    Fence fence,
    LedgerSnapshot found,
    Ledger ledger,
    SlashingProtection slashing,
    AuditLog audit,
    SealedKeys sealedKeys,
    SignerOptions options,
    TimeProvider time,
    ILogger<RollbackProtectionRun> log
)
{
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(15);

    private readonly StartEntries _entries = StartLog.Entries(audit);
    private IRollbackAnchor? _anchor;
    private StartProtocol? _protocol;
    private volatile AdmittedVault? _vault;
    private volatile bool _judged;
    private volatile bool _serves;
    private bool _coversLedger;

    /// <summary>The vault that is open; null before one was judged.</summary>
    public AdmittedVault? Vault => _judged ? _vault : null;

    /// <summary>Judges what was found, the first time; after that only looks that no older vault comes in.</summary>
    /// <exception cref="RollbackAnchorException">The anchor failed; call it again.</exception>
    /// <exception cref="VaultException">The vault is another one, or older than the one this process has opened before.</exception>
    public async Task AdmitAsync(Vault vault)
    {
        var (id, generation) = (vault.Contents.VaultId, vault.Contents.Generation);
        if (_vault is { } former && (former.Id != id || former.Generation > generation))
        {
            throw new VaultException(
                VaultFault.Changed,
                $"the vault {id} has generation {generation}; before, {former.Id} was open with generation {former.Generation}",
                "an old copy of the vault was put back: put the newest one in its place"
            );
        }

        // Before the judgement, which may be interrupted: its next try is about the same vault. After it no vault is remembered that was
        // not judged: what this signer makes of it says ChangedAsync.
        _vault ??= new AdmittedVault(id, generation, null);
        if (!_judged)
        {
            await StartAsync(vault, id);
            _vault = new AdmittedVault(id, generation, (_anchor as TpmAnchor)?.Indices);
            _judged = true;
        }

        // What was imported before an interruption: its act did not come to that.
        if (_serves && !_coversLedger)
        {
            await CoverHistoryAsync();
            _coversLedger = true;
        }
    }

    /// <summary>
    /// After a change to the vault that was admitted: ledger and anchor know its new generation, so that the former one put back is
    /// noticed.
    /// </summary>
    /// <exception cref="LedgerException">The ledger failed; the vault is newer than it says, which a start takes.</exception>
    public async Task ChangedAsync(Vault vault)
    {
        var generation = vault.Contents.Generation;
        _vault = _vault! with { Generation = generation };
        await slashing.FollowVaultAsync(generation);
        if (await fence.AdoptVaultAsync(vault.Anchor.Mark) is { } trouble)
        {
            log.LogWarning(
                "the anchor of rollback protection does not know the changed vault yet: {Message}; it is told with the fence's next move",
                trouble.Message
            );
        }
    }

    /// <summary>Before the vault gets another root key: makes the place where the fence will go on.</summary>
    /// <exception cref="RollbackAnchorException">The anchor failed.</exception>
    public Task PrepareHandOverAsync(Vault vault, NewRootKey next) =>
        SucceedAsync(vault, next, succession => succession.ProvideAsync(CancellationToken.None));

    /// <summary>The vault did not get that root key: what was made for its fence goes away.</summary>
    /// <exception cref="RollbackAnchorException">The anchor failed.</exception>
    public Task AbandonHandOverAsync(Vault vault, NewRootKey next) =>
        SucceedAsync(vault, next, succession => succession.AbandonAsync(CancellationToken.None));

    /// <summary>
    /// After the vault got another root key: the fence goes on under its keys. False where it is not open, so that the next start does it.
    /// </summary>
    /// <exception cref="RollbackAnchorException">The anchor failed.</exception>
    public async Task<bool> HandOverAsync(Vault vault)
    {
        if (_anchor is null)
        {
            return _serves;
        }

        if (vault.DeriveFormerFenceKeys() is not { } former)
        {
            return true;
        }

        using var formerly = former;
        var keys = vault.DeriveFenceKeys();
        var isTaken = false;
        try
        {
            return await fence.GoOnAsync(SuccessionOf(vault, former, keys), keys.Epoch, () =>
            {
                (isTaken, _anchor) = (true, AnchorOf(vault, keys));
                _vault = _vault! with { FenceInTpm = (_anchor as TpmAnchor)?.Indices };
            });
        }
        finally
        {
            if (!isTaken)
            {
                keys.Dispose();
            }
        }
    }

    /// <summary>
    /// After history came in: moves the fence past it, as if it had been signed here, though no further ahead of the clock than duties can
    /// be.
    /// </summary>
    public async Task CoverHistoryAsync()
    {
        if (await fence.CoverHistoryAsync(await LedgerSnapshot.EndAsync(ledger, slashing)) is { } refusal)
        {
            log.LogWarning("the fence is not past the imported history yet: {Detail}", refusal.Detail);
        }
    }

    /// <summary>
    /// Closes fence and ledger and tells the anchor where the ledger ends. Nothing is granted any more when this begins to write.
    /// </summary>
    public async Task StopAsync()
    {
        try
        {
            await fence.CloseAsync();
            var end = await ledger.CloseAsync(transaction =>
            {
                // A run that did not start leaves the ledger as it was stopped before.
                _ = _serves ? StartLog.Stop(audit, transaction) : 0;
                return HistoryEnd.Of(transaction, slashing);
            });
            using var patience = new CancellationTokenSource(_patience);
            if (await fence.WriteCleanStopAsync(end, patience.Token))
            {
                log.LogInformation("stopped in an orderly way at audit entry {Entries}; the next start serves at once", end.Entries);
            }
        }
        catch (Exception exception) when (exception is RollbackAnchorException or LedgerException or OperationCanceledException)
        {
            log.LogCritical(
                exception,
                "the orderly stop could not be recorded: {Message}; the next start will raise the low watermarks to the fence",
                exception.Message
            );
        }
    }

    private async Task StartAsync(Vault vault, Guid id)
    {
        if (_protocol is null)
        {
            // Before the anchor is asked, which lies in the TPM of the vault that the ledger remembers.
            if (VaultRules.RefusalOfAnother(found.Vault, vault.Anchor) is { } another)
            {
                fence.Refuse(another);
                await RefuseAsync(new StartDecision.Refuse(another));
                return;
            }

            var keys = await ChooseKeysAsync(vault);
            if (AnchorOf(vault, keys) is not { } anchor)
            {
                keys.Dispose();
                if (SwitchOff(vault) is { } decided)
                {
                    await RefuseAsync(decided);
                    return;
                }

                _serves = true;
                log.LogWarning(
                    "there is no fence: signer.json says rollbackProtection.anchor none, so an old copy of the ledger would not be noticed"
                );
                return;
            }

            _anchor = anchor;
            _protocol = new StartProtocol(
                anchor,
                keys,
                slashing,
                found.With(vault.Anchor) with
                {
                    Ledger = await slashing.GetStartAsync(),
                },
                _entries,
                time
            );
        }

        var decision = await _protocol.RunAsync(fence, CancellationToken.None);
        _serves = decision is not StartDecision.Refuse;
        Tell(decision, await slashing.WatchLowWatermarkAsync());
        if (fence.State.Rollback is { } rollback)
        {
            log.LogWarning("{Rollback}", rollback);
        }
    }

    private async Task RefuseAsync(StartDecision.Refuse decision)
    {
        await _entries.RefuseAsync(decision.Refusal);
        Tell(decision, null);
    }

    // Those of the root key before the present one only where a start with its fence is refused: the reason is told then.
    private async Task<FenceKeys> ChooseKeysAsync(Vault vault)
    {
        var (keys, former) = (vault.DeriveFenceKeys(), vault.DeriveFormerFenceKeys());
        var isNext = true;
        try
        {
            isNext =
                former is null
                || AnchorOf(vault, keys) is null
                || await SuccessionOf(vault, former, keys).RunAsync(found.With(vault.Anchor), CancellationToken.None);
            return isNext ? keys : former!;
        }
        catch
        {
            keys.Dispose();
            throw;
        }
        finally
        {
            (isNext ? former : keys)?.Dispose();
        }
    }

    private async Task SucceedAsync(Vault vault, NewRootKey next, Func<FenceSuccession, Task> step)
    {
        if (_anchor is not null)
        {
            using var keys = next.DeriveFenceKeys();
            using var present = vault.DeriveFenceKeys();
            await step(SuccessionOf(vault, present, keys));
        }
    }

    private IRollbackAnchor? AnchorOf(Vault vault, FenceKeys keys) =>
        RollbackAnchorAccess.Open(options, sealedKeys.Hardware, vault.Contents.VaultId, keys);

    private FenceSuccession SuccessionOf(Vault vault, FenceKeys former, FenceKeys keys) =>
        new(
            new RollbackAnchorPlace(AnchorOf(vault, former)!, former),
            new RollbackAnchorPlace(AnchorOf(vault, keys)!, keys),
            slashing,
            StartLog.Succession(audit)
        );

    // Without an anchor the ledger alone knows its vault.
    private StartDecision.Refuse? SwitchOff(Vault vault)
    {
        if (VaultRules.Refusal(found.Vault, vault.Anchor) is not { } refusal)
        {
            return fence.SwitchOff(found.Start);
        }

        fence.Refuse(refusal);
        return new StartDecision.Refuse(refusal);
    }

    private void Tell(StartDecision decision, GlobalLowWatermark? standing)
    {
        switch (decision)
        {
            case StartDecision.Serve:
                log.LogInformation("the ledger is the one that was stopped; the fence stands at epoch {Fence}", fence.State.Bounds?.Fence);
                break;
            case StartDecision.RaiseLowWatermarks(var raised) when standing is null || standing.Fence < raised.Fence:
                log.LogWarning(
                    "{Reason}; its history reaches as far as that of the one that was stopped, so each key stands at its newest numbers",
                    raised.Reason
                );
                break;
            case StartDecision.RaiseLowWatermarks when standing is { } lowWatermark:
                log.LogWarning(
                    "nothing before epoch {Fence} is signed with any key, and no vote with a source before epoch {Source}: {Reason}",
                    lowWatermark.Fence,
                    lowWatermark.LowestSource,
                    lowWatermark.Reason
                );
                break;
            case StartDecision.Refuse(var refusal):
                log.LogCritical("nothing is signed: {Detail}; {Hint}", refusal.Detail, refusal.Hint);
                break;
            default:
                throw new System.Diagnostics.UnreachableException();
        }
    }
}

/// <summary>The vault of this run; where its fence is in the TPM, or null when the fence is elsewhere.</summary>
internal sealed record AdmittedVault(Guid Id, ulong Generation, FenceIndices? FenceInTpm);
