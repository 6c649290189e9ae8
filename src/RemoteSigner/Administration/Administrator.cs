using RemoteSigner.Access;
using RemoteSigner.Administration.Keys;
using RemoteSigner.Audit;
using RemoteSigner.Clocks;
using RemoteSigner.Clusters;
using RemoteSigner.Keys;
using RemoteSigner.Ledgers;
using RemoteSigner.RollbackProtection;
using RemoteSigner.Sealing;
using RemoteSigner.Slashing;

namespace RemoteSigner.Administration;

/// <summary>
/// The whole story of everything that changes the signer and is no signature, and the only order of its parts. As a signature: a refusal is
/// in the audit log before it is told, and an effect and its entry are one transaction.
/// </summary>
public sealed class Administrator(
    ISite site,
    SlashingProtection slashing,
    AuditLog audit,
    PendingActs pending,
    ClusterLibrary library,
    AccessPolicy access,
    SlotClock clock
) : IAsyncDisposable
{
    // One act at a time: what it saw of vault and ledger is so until it ends.
    private readonly SemaphoreSlim _one = new(1);

    private readonly HeldShares _held = new();

    /// <summary>Does it, whole, or says why not. Once its transaction is committed there is no way back, and no cancellation.</summary>
    /// <exception cref="AdminException">It was refused; nothing was changed.</exception>
    /// <exception cref="LedgerException">The ledger failed. What had been committed before is finished by the next act, reload or
    /// start.</exception>
    public async Task<TResult> ExecuteAsync<TResult>(AdminAct<TResult> act, Actor actor, CancellationToken cancellation = default)
    {
        await RequireLeaveAsync(act, actor);

        // Here the approvals of m of n people will be asked for.
        await _one.WaitAsync(cancellation);
        try
        {
            // Before the next one may begin, and such that the next one may begin whatever becomes of it.
            using var owned = act;
            using var vault = act.WantsVault ? await site.OpenNewestVaultAsync() : null;
            var refusal = vault is null ? null : await FindRefusalAsync(vault, actor);
            if (refusal is not null && !(act.OnlyOpens && site.Refusal is not null))
            {
                throw NotNewest(refusal);
            }

            var isDone = false;
            try
            {
                var newest = vault is null ? null : new NewestVault(site, vault, _held);
                var proceeding = new Proceeding(actor, slashing, audit, pending, library, clock, newest);
                isDone =
                    refusal is null && await WholeAsync(() => RunAsync(act, proceeding, cancellation), () => act.AbandonAsync(proceeding));
            }
            finally
            {
                if (!(act.IsAboutAnchor && isDone))
                {
                    await site.SettleAsync(vault, _held, act.BringsHistory);
                }
            }

            return act.Result;
        }
        finally
        {
            _one.Release();
        }
    }

    /// <summary>
    /// What an import of these keys would meet, without doing it: the vault stays shut, and neither it nor the ledger is changed.
    /// </summary>
    /// <exception cref="InterchangeException">The history could not be taken over.</exception>
    public Task<ImportEvaluation> EvaluateImportAsync(
        VaultListing vault,
        IReadOnlyList<VaultListing.Share> offered,
        DeclaredHistory lowWatermark,
        Stream? history
    ) =>
        ImportEvaluation.OfAsync(
            new Proceeding(new Actor.Itself(), slashing, audit, pending, library, clock, newest: null),
            vault,
            offered,
            lowWatermark,
            history
        );

    /// <summary>Looks into the newest vault, between two acts: two openings at once would be two starts to the anchor.</summary>
    /// <exception cref="VaultException">It does not open, or is older than the ledger or the anchor knows it.</exception>
    /// <exception cref="SealingDeviceException">The device failed.</exception>
    public async Task<T> LookAsync<T>(Func<Vault, T> look)
    {
        await _one.WaitAsync();
        try
        {
            using var vault = await site.OpenNewestVaultAsync();
            return site.Refusal is null && VaultRules.Refusal(await pending.WriteAsync(KnownVault.Read), vault.Anchor) is { } refusal
                ? throw NotNewest(refusal)
                : look(vault);
        }
        finally
        {
            _one.Release();
        }
    }

    /// <summary>What is kept of shares that are parked; some of it may be of shares that are not any more.</summary>
    public Task<IReadOnlyList<Keys.ParkedSet>> ParkedSetsAsync() => pending.ParkedAsync();

    /// <summary>Keystores that were written for ceremonies, and have not been seen gone since.</summary>
    public Task<IReadOnlyList<Keys.HandedOut>> HandedOutAsync() => pending.HandedOutAsync();

    /// <summary>Ends when no act runs any more: it works in secret memory and in devices, which go away next.</summary>
    public async ValueTask DisposeAsync()
    {
        await _one.WaitAsync();
        _one.Dispose();
    }

    private static AdminException NotNewest(RollbackRefusal refusal) =>
        new(AdminFault.NotNewest, $"{refusal.Detail}; nothing was changed", refusal.Hint);

    /// <summary>
    /// The gate: why nothing may be sealed into this vault, or changed; null where it is the one that the ledger remembers. A ledger from
    /// before vaults were remembered takes it from here on, on the word of the anchor, and where there is none on the operator's.
    /// </summary>
    private async Task<RollbackRefusal?> FindRefusalAsync(Vault vault, Actor actor)
    {
        var (known, anchor) = (await pending.WriteAsync(KnownVault.Read), vault.Anchor);
        if ((site.Refusal ?? VaultRules.Refusal(known, anchor)) is { } refusal)
        {
            return refusal;
        }

        if (known is null)
        {
            await RememberAsync(anchor, actor);
        }
        else if (known.Next is not null)
        {
            // What a crash left under way is known now to have come or not.
            await pending.WriteAsync(transaction => KnownVault.Put(transaction, anchor));
        }

        return null;
    }

    private async Task RememberAsync(VaultAnchor anchor, Actor actor)
    {
        var word = await slashing.GetStartAsync() is { Anchor: var rollbackAnchor }
            ? $"the anchor {rollbackAnchor} vouches for it"
            : "NOBODY vouches for it: it is believed, this once";
        var detail = $"vault {anchor.VaultId}, generation {anchor.Generation}, header code {anchor.Code}: {word}";
        await pending.WriteAsync(transaction =>
        {
            KnownVault.Put(transaction, anchor);
            return audit.Append(transaction, actor.Entry(AuditActions.VaultRemember) with { Detail = detail });
        });
        site.Tell($"from now on the ledger remembers the {detail}. Another one in its place is refused");
    }

    // Whether there was anything to do.
    private static async Task<bool> RunAsync<TResult>(AdminAct<TResult> act, Proceeding proceeding, CancellationToken cancellation)
    {
        await Reconciliation.RunAsync(proceeding);
        await act.PrepareAsync(proceeding, cancellation);
        var isChange = await act.CommitAsync(proceeding);
        if (isChange)
        {
            await FollowAsync(act, proceeding);
        }

        if (act.BringsHistory)
        {
            await proceeding.Slashing.EndLowWatermarkIfCompleteAsync(
                (transaction, lowWatermark) => proceeding.Audit.Append(transaction, StartLog.Completed(proceeding.Actor, lowWatermark))
            );
        }

        return isChange;
    }

    // A device that cannot be reached now keeps what was made in it: that is said, and the failure that led here is thrown.
    private async Task<bool> WholeAsync(Func<Task<bool>> runAsync, Func<Task> abandonAsync)
    {
        try
        {
            return await runAsync();
        }
        catch
        {
            try
            {
                await abandonAsync();
            }
            catch (Exception fault) when (Trouble.IsOfVaultOrHardware(fault))
            {
                site.Tell($"what was made in the device could not be taken away again: {fault.Message}");
            }

            throw;
        }
    }

    // What could not follow is told at once; where even that fails the next act tells it.
    private static async Task FollowAsync<TResult>(AdminAct<TResult> act, Proceeding proceeding)
    {
        try
        {
            await act.FollowAsync(proceeding);
        }
        catch
        {
            await Reconciliation.TryEndPendingAsync(proceeding);
            throw;
        }

        await act.FinishAsync(proceeding);
    }

    private async Task RequireLeaveAsync<TResult>(AdminAct<TResult> act, Actor actor)
    {
        if (MayHe(actor, act.Right) && (actor is not Actor.OfClient(var client, _) || act.Keys.All(key => access.Allows(client, key))))
        {
            return;
        }

        await audit.RecordRefusalAsync(
            actor.Entry(act.Action, AuditDecision.Refused) with
            {
                Rule = AdminFault.NotAllowed.Code(),
                Keys = [.. act.Keys],
            }
        );
        throw new AdminException(
            AdminFault.NotAllowed,
            "signer.json does not grant this to this client, or not with these keys",
            "see \"manageKeys\", \"ssv\" and \"keys\" of the client in signer.json"
        );
    }

    private bool MayHe(Actor actor, AdminRight right) =>
        actor switch
        {
            Actor.LocalUser or Actor.Itself => true,
            Actor.OfClient(var client, _) => right switch
            {
                AdminRight.LocalOnly => false,
                AdminRight.ManageKeys => access.MayManageKeys(client),
                AdminRight.SsvImport => access.Allows(client, SsvRight.Import),
                AdminRight.SsvDelete => access.Allows(client, SsvRight.Delete),
                _ => throw new System.Diagnostics.UnreachableException(),
            },
            _ => throw new System.Diagnostics.UnreachableException(),
        };
}
