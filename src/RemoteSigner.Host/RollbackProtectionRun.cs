using RemoteSigner.Administration;
using RemoteSigner.Audit;
using RemoteSigner.Ledgers;
using RemoteSigner.RollbackProtection;
using RemoteSigner.Sealing;
using RemoteSigner.Slashing;

namespace RemoteSigner.Host;

/// <summary>Rollback protection from the first opening of the vault until the clean stop, when everything else has ended.</summary>
internal sealed class RollbackProtectionRun(
    FirstOpening opening,
    RollbackAnchors anchors,
    Fence fence,
    Ledger ledger,
    SlashingProtection slashing,
    AuditLog audit,
    ILogger<RollbackProtectionRun> log
)
{
    private static readonly TimeSpan _timeout = TimeSpan.FromSeconds(15);

    private IRollbackAnchor? _anchor;
    private volatile AdmittedVault? _vault;
    private volatile bool _judged;
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
            _anchor = await opening.StartAsync(vault);
            _vault = new AdmittedVault(id, generation, (_anchor as TpmAnchor)?.Indices);
            _judged = true;
        }

        // What was imported before an interruption: its act did not come to that.
        if (opening.Serves && !_coversLedger)
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
            return opening.Serves;
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
            return await fence.GoOnAsync(anchors.SuccessionOf(vault, former, keys), keys.Epoch, () =>
            {
                (isTaken, _anchor) = (true, anchors.Open(vault.Contents.VaultId, keys));
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
                _ = opening.Serves ? StartLog.Stop(audit, transaction) : 0;
                return HistoryEnd.Of(transaction, slashing);
            });
            using var timeout = new CancellationTokenSource(_timeout);
            if (await fence.WriteCleanStopAsync(end, timeout.Token))
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

    private async Task SucceedAsync(Vault vault, NewRootKey next, Func<FenceSuccession, Task> step)
    {
        if (_anchor is not null)
        {
            using var keys = next.DeriveFenceKeys();
            using var present = vault.DeriveFenceKeys();
            await step(anchors.SuccessionOf(vault, present, keys));
        }
    }
}

/// <summary>The vault of this run; where its fence is in the TPM, or null when the fence is elsewhere.</summary>
internal sealed record AdmittedVault(Guid Id, ulong Generation, FenceIndices? FenceInTpm);
