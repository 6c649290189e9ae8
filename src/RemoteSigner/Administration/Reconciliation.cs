using RemoteSigner.Administration.Keys;
using RemoteSigner.Administration.Seals;
using RemoteSigner.Audit;
using RemoteSigner.Clusters;
using RemoteSigner.Ledgers;
using RemoteSigner.RollbackProtection;
using RemoteSigner.Sealing;
using RemoteSigner.Slashing;
using RemoteSigner.Spec;

namespace RemoteSigner.Administration;

/// <summary>
/// Finishes what a crash or a failure left between ledger, vault and files, before every act, at every reload and at every start. The
/// ledger says what is to be; each step may be repeated.
/// </summary>
internal static class Reconciliation
{
    public static async Task RunAsync(Proceeding proceeding)
    {
        var turns = await EndPendingAsync(proceeding);
        if (proceeding.Vault is { } vault)
        {
            await FormerRootKey.FollowAsync(proceeding);
            await FollowLedgerAsync(proceeding, vault, turns);
        }
    }

    /// <summary>After a failure: says in the log what had no effect, if the ledger takes it.</summary>
    public static async Task TryEndPendingAsync(Proceeding proceeding)
    {
        try
        {
            await EndPendingAsync(proceeding);
        }
        catch (LedgerException)
        {
            // It stays pending, and the failure that led here is told.
        }
    }

    /// <summary>
    /// In a transaction of the caller, who has looked at the anchor: says in the log what it did not take. Before it is written again,
    /// because then nobody can tell any more.
    /// </summary>
    /// <param name="seen">What the anchor shows, or each of two.</param>
    /// <param name="append">Writes an entry of this action and detail.</param>
    public static void EndInAnchor(
        LedgerTransaction transaction,
        IReadOnlyCollection<RollbackAnchorReading> seen,
        Func<string, string, long> append
    )
    {
        var acts = PendingActs.Read(transaction);
        foreach (var act in acts.Where(act => act.Effect.IsInAnchor && !seen.Any(act.Effect.IsDoneAt)))
        {
            append(act.Action + AuditActions.Interrupted, act.Effect.WhenMissing);
        }

        PendingActs.Put(transaction, [.. acts.Where(act => !act.Effect.IsInAnchor)]);
    }

    /// <summary>The imports that got as far as the vault and are to be followed by a turn of keys.</summary>
    private static async Task<IReadOnlyList<PendingAct>> EndPendingAsync(Proceeding proceeding)
    {
        var acts = await proceeding.Pending.ReadAsync();
        if (acts.Count == 0)
        {
            return [];
        }

        // Keys take turns in one transaction, and the import ends with it.
        List<(PendingAct Act, bool? IsThere)> found = [];
        foreach (var act in acts)
        {
            found.Add((act, await IsThereAsync(act.Effect, proceeding)));
        }

        var kept = found.Where(one => one.IsThere is null || (one.IsThere == true && one.Act.IsTurn)).Select(one => one.Act).ToList();
        await proceeding.Pending.WriteAsync(transaction =>
        {
            PendingActs.Put(transaction, kept);
            foreach (var (act, _) in found.Where(one => one.IsThere == false))
            {
                proceeding.Append(transaction, act.Action + AuditActions.Interrupted, entry =>
                    entry with
                    {
                        Detail = act.Effect.WhenMissing,
                    }
                );
            }

            return true;
        });
        return proceeding.Vault is null ? [] : [.. kept.Where(act => act.IsTurn)];
    }

    /// <summary>
    /// Null where it cannot be told now: the vault is not open, and the anchor is looked at by acts and starts that are about it.
    /// </summary>
    private static async Task<bool?> IsThereAsync(PendingEffect effect, Proceeding proceeding) =>
        effect switch
        {
            PendingEffect.VaultGeneration(var generation) => proceeding.Vault is { } vault ? vault.Contents.Generation >= generation : null,
            PendingEffect.FileWritten(var path, var hash) => File.Exists(path) && FileHash.Of(path) == hash,
            PendingEffect.DocumentRemoved(var document) => TryRemove(proceeding.Library.Archive, document),
            PendingEffect.RecordShown or PendingEffect.HandedOver => null,
            PendingEffect.HandedOutAt(var generation, _) => proceeding.Vault is { } vault
                ? await HasRenewedAsync(proceeding, vault, generation)
                : null,
            PendingEffect.Untold => false,
            _ => throw new System.Diagnostics.UnreachableException(),
        };

    // A ledger that may be a copy from before ends no share in the vault: it may have come in again since. That such a share signs nothing
    // does not depend on it.
    private static async Task<bool> IsOlderThanAsync(Proceeding proceeding, Vault vault) =>
        await proceeding.Slashing.GetStartAsync() is { } start && start.VaultGeneration < vault.Contents.Generation
        || await proceeding.Slashing.GetGlobalLowWatermarkAsync() is { AwaitedMarks: not null };

    // The files may be there or not, and copies from before them are to be told from this vault in any case.
    private static async Task<bool> HasRenewedAsync(Proceeding proceeding, Vault vault, ulong generation)
    {
        if (vault.Contents.Generation < generation)
        {
            await proceeding.ChangeVaultAsync(vault.DraftRenewal());
        }

        return false;
    }

    // A crash may have left the one of its two files.
    private static bool TryRemove(ClusterArchive archive, Root document)
    {
        try
        {
            archive.Remove(document);
            return true;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static async Task FollowLedgerAsync(Proceeding proceeding, Vault vault, IReadOnlyList<PendingAct> turns)
    {
        var held = await proceeding.HeldAsync();
        BlsPublicKey[] arrived = [.. Resting(KeyState.Enrolling)];
        BlsPublicKey[] leaving = [.. turns.SelectMany(act => act.Replaced.Concat(act.Yielding))];

        // Whatever led here: a share whose validator has another that signs stays as it is, until a person lets it take the other's place.
        var taken = arrived.Length == 0 ? [] : (await proceeding.Slashing.GetKeysWithSigningSiblingAsync(arrived, leaving)).ToHashSet();
        arrived = [.. arrived.Where(key => !taken.Contains(key))];
        var turn = new KeyTurn(arrived)
        {
            Returning = [.. turns.SelectMany(act => act.Returning).Where(key => held.Find(key) is not null)],
            Leaving = leaving,
        };
        if (arrived.Length + turns.Count > 0)
        {
            await proceeding.Slashing.TurnAsync(turn, (transaction, turnover) =>
                KeyEvidence.Write(
                    proceeding,
                    transaction,
                    turnover,
                    turns.Select(act => act.ParkedUntil).LastOrDefault(),
                    "sealed before an interruption",
                    [.. turns.SelectMany(act => act.Yielding)]
                )
            );
        }

        if (turns.Count > 0)
        {
            await proceeding.Pending.WriteAsync(transaction =>
            {
                PendingActs.Put(transaction, [.. PendingActs.Read(transaction).Where(act => !act.IsTurn)]);
                return true;
            });
        }

        // Those that ended already and are in the vault all the same: a copy from before, or a version of this program that took them out
        // in another order.
        BlsPublicKey[] ended = [.. Resting(KeyState.Retired), .. Resting(KeyState.Released)];
        ended = ended.Length == 0 || await IsOlderThanAsync(proceeding, vault) ? [] : ended;
        if (ended.Length > 0)
        {
            await proceeding.Pending.WriteAsync(transaction =>
                proceeding.Append(transaction, AuditActions.KeyRetired, entry =>
                    entry with
                    {
                        Keys = ended,
                        Detail = "found in the vault, and taken out",
                    }
                )
            );
        }

        BlsPublicKey[] left = [.. Resting(KeyState.Retiring), .. Resting(KeyState.Releasing), .. ended];
        BlsPublicKey[] ending = [.. held.Ending];
        if (left.Length > 0)
        {
            await proceeding.ChangeVaultAsync(vault.DraftExchange(left, SealedShares.None));
        }

        if (ending.Length > 0)
        {
            await proceeding.Slashing.FinishRetiringAsync(ending, (transaction, keys) =>
                proceeding.Append(transaction, AuditActions.KeyRetired, entry =>
                    entry with
                    {
                        Keys = [.. keys],
                        Detail = "taken out after an interruption",
                    }
                )
            );
        }

        IEnumerable<BlsPublicKey> Resting(KeyState state) => held.Resting(state).Select(share => share.ShareKey);
    }
}
