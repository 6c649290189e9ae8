using RemoteSigner.Audit;
using RemoteSigner.Clusters;
using RemoteSigner.Native;
using RemoteSigner.Sealing;
using RemoteSigner.Slashing;
using RemoteSigner.Spec;

namespace RemoteSigner.Administration.Keys;

/// <summary>
/// Hands out our shares of one cluster as keystores, for a ceremony that reads files. Two hands are needed: what opens the vault, and its
/// recovery key. From its transaction on the shares sign nothing here, so that nobody who gets hold of a copy meets this signer on the same
/// chain. The result is how many were written.
/// </summary>
/// <param name="cluster">A Charon lock.</param>
/// <param name="folder">Absolute; on a memory file system, and nothing is there.</param>
/// <param name="reason">Why, as whoever does it says.</param>
/// <param name="recovery">The private half of the recovery key; it stays the caller's.</param>
public sealed class ExportShares(Root cluster, string folder, string reason, RecoveryKey recovery, SecretArena arena) : AdminAct<int>
{
    private IReadOnlyList<VaultShare> _shares = [];
    private Dictionary<BlsPublicKey, int> _positions = [];
    private CeremonyFolder? _written;

    public override string Action => AuditActions.KeyExport;

    internal override bool WantsVault => true;

    internal override int Result => _shares.Count;

    /// <summary>What can be seen before anything is opened: a PIN that is sent in vain counts as a try where it is wrong.</summary>
    /// <exception cref="AdminException">It would be refused.</exception>
    public void Evaluate(VaultListing vault)
    {
        StatedReason.Require(reason);
        CeremonyFolder.Check(folder);
        if (!vault.Slots.Any(slot => slot.Type == VaultSlotType.Recovery))
        {
            throw new AdminException(
                AdminFault.NoRecoverySlot,
                "the vault has no recovery key, and an export takes two hands; nothing was changed",
                "'remote-signer seal enrol --recovery FILE' gives it one; its private half belongs in a safe"
            );
        }
    }

    internal override async Task PrepareAsync(Proceeding proceeding, CancellationToken cancellation)
    {
        Evaluate(proceeding.Vault.Contents);
        await ProveAsync(proceeding, cancellation);
        if (proceeding.Library.Find(cluster) is not ClusterDocument.CharonLock document)
        {
            throw new AdminException(
                AdminFault.NotALock,
                $"there is no Charon lock {cluster} here that can be read",
                "where it is damaged, 'remote-signer cluster add-lock' puts it back. Only Charon's ceremonies "
                    + "read keystores: SSV's take the operator's key and the shares in the contract"
            );
        }

        var states = await proceeding.Slashing.GetKeyStatesAsync();
        var ours = proceeding
            .Vault.Contents.Shares.Where(share =>
                share.Membership?.ClusterHash == cluster && states.GetValueOrDefault(share.ShareKey) is KeyState.Active or KeyState.Exported
            )
            .ToList();
        if (ours.Count == 0)
        {
            throw new AdminException(
                AdminFault.NothingToExport,
                $"no share of {cluster} signs here",
                "'remote-signer cluster list --all' shows which cluster is in force"
            );
        }

        _positions = document
            .Cluster.Validators.Select((validator, position) => (validator.GroupKey, position))
            .ToDictionary(pair => pair.GroupKey, pair => pair.position);
        _shares = proceeding.Vault.OpenShares(ours.Select(share => share.ShareKey).ToHashSet(), cancellation);
        _written = CeremonyFolder.Make(folder);
    }

    internal override async Task<bool> CommitAsync(Proceeding proceeding)
    {
        try
        {
            var moved = await proceeding.Slashing.ExportKeysAsync([.. _shares.Select(share => share.ShareKey)], (transaction, exported) =>
            {
                PendingActs.Begin(
                    transaction,
                    new PendingAct(Action, new PendingEffect.HandedOutAt(proceeding.Vault.Contents.Generation + 1, $"look into {folder}"))
                );
                HandedOut.Add(transaction, new HandedOut(folder, exported));
                return proceeding.Append(transaction, Action, entry =>
                    entry with
                    {
                        Keys = exported,
                        Detail = $"of {cluster}, to {folder}; {reason}",
                    }
                );
            });
            return moved.Count > 0;
        }
        catch
        {
            _written!.TryRemove();
            throw;
        }
    }

    internal override async Task FollowAsync(Proceeding proceeding)
    {
        // Ledger and anchor know the new generation afterwards, and copies from before the export are told from these.
        await proceeding.ChangeVaultAsync(proceeding.Vault.DraftRenewal());
        try
        {
            await Parallel.ForEachAsync(_shares, (share, _) =>
            {
                _written!.Write(_positions[share.GroupKey!.Value], share, arena);
                return ValueTask.CompletedTask;
            });
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            var left = _written!.TryRemove() ? "What had been written was taken away again" : $"What had been written is still in {folder}";
            throw new AdminException(
                AdminFault.ExportNotWritten,
                $"the keystores could not be written: {exception.Message}. {left}, and the shares sign nothing",
                "repeat the command with another folder, or 'remote-signer keys void-export' lets the shares sign again"
            );
        }
    }

    internal override async Task FinishAsync(Proceeding proceeding) =>
        await proceeding.Pending.WriteAsync(transaction =>
        {
            PendingActs.End(transaction);
            return proceeding.Append(transaction, AuditActions.KeyExported, entry =>
                entry with
                {
                    Keys = [.. _shares.Select(share => share.ShareKey)],
                    Detail = $"to {folder}",
                }
            );
        });

    public override void Dispose()
    {
        foreach (var share in _shares)
        {
            share.Dispose();
        }

        base.Dispose();
    }

    // Who has the PIN and not the recovery key is in the log before he is told. Who has not the PIN is known to the device alone: without
    // the vault the anchor could not be told where the log ends.
    private async Task ProveAsync(Proceeding proceeding, CancellationToken cancellation)
    {
        try
        {
            await proceeding.Vault.ProveAsync(recovery, cancellation);
        }
        catch (VaultException)
        {
            await proceeding.Audit.RecordRefusalAsync(
                proceeding.Actor.Entry(Action, AuditDecision.Refused) with
                {
                    Rule = AdminFault.RecoveryKeyRefused.Code(),
                    Detail = $"of {cluster}; {reason}",
                }
            );
            throw;
        }
    }
}
