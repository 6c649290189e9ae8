using RemoteSigner.RollbackProtection;
using RemoteSigner.Sealing;

namespace RemoteSigner.Administration.Seals;

/// <summary>
/// An act that changes the slots of the vault, which are the ways to open it. Where it takes trust away the vault gets another root key
/// with it, so that whatever an older root key, device or copy of the vault opens, it opens nothing that came in since. What a device may
/// refuse is done before; then the entry, with the former root key sealed under the new one; then the vault's new file; then what is beside
/// it: the operator's key, what anchors documents, the fence. Interrupted before the vault nothing has happened, and after it the next act
/// or start finishes.
/// </summary>
public abstract class SlotAct<TResult> : AdminAct<TResult>
{
    private IReadOnlyList<VaultSlot> _slots = [];
    private NewRootKey? _next;
    private IKeyEncryptionKey? _added;
    private ulong? _from;
    private bool _hasPlace;

    private protected SlotAct() { }

    internal override bool WantsVault => true;

    /// <summary>What the entry says. Known once the act is prepared.</summary>
    private protected abstract string Detail { get; }

    /// <summary>What is to become of the slots; everything that may fail is behind it.</summary>
    private protected abstract Task<SlotPlan> PlanAsync(Vault vault, CancellationToken cancellation);

    /// <summary>How the effect is known when it is there.</summary>
    private protected virtual PendingEffect EffectAt(ulong generation) => new PendingEffect.VaultGeneration(generation);

    internal override async Task PrepareAsync(Proceeding proceeding, CancellationToken cancellation)
    {
        var vault = proceeding.Vault;
        if (!vault.IsFollowed && !vault.IsOpenedByRecovery)
        {
            throw new AdminException(
                AdminFault.NotFollowed,
                "the fence is still under the root key before the present one, because a start with it would be refused",
                "'remote-signer rollback-protection status' shows why; settle that first"
            );
        }

        _from = vault.Contents.Generation;
        var plan = await PlanAsync(vault, cancellation);
        if (plan.Reach is { } reach)
        {
            // One that does not open cannot follow, and what could have opened it is gone after this.
            vault.CheckOperatorKey(vault.OperatorKeyPath);
            List<IKeyEncryptionKey> keys =
            [
                .. await reach.FindAsync([.. vault.Contents.Slots.Where(slot => !plan.Gone.Contains(slot))], cancellation),
            ];
            if (plan.AddAsync is { } addAsync)
            {
                keys.Add(_added = await addAsync(cancellation));
            }

            _next = await vault.PrepareRootKeyAsync(keys, cancellation);
            await proceeding.Newest.PrepareFenceAsync(_next);
            _hasPlace = true;
        }
        else
        {
            _added = await plan.AddAsync!(cancellation);
            _slots = vault.Slots(await vault.PrepareSlotAsync(_added, cancellation), removed: null);
        }
    }

    internal override async Task<bool> CommitAsync(Proceeding proceeding)
    {
        var detail = _next is null
            ? Detail
            : $"{Detail}; root key {_next.Number}, for {string.Join(", ", _next.Slots.Select(slot => slot.KeyIdText))}";
        await proceeding.Pending.WriteAsync(transaction =>
        {
            PendingActs.Begin(transaction, new PendingAct(Action, EffectAt(proceeding.Vault.Contents.Generation + 1)));
            FormerRootKey.Keep(transaction, _next);
            return proceeding.Append(transaction, Action, entry => entry with { Detail = detail });
        });
        return true;
    }

    internal override async Task FollowAsync(Proceeding proceeding)
    {
        if (_next is null)
        {
            await proceeding.ChangeVaultAsync(proceeding.Vault.DraftSlots(_slots));
            return;
        }

        await proceeding.ChangeVaultAsync(proceeding.Vault.DraftRootKey(_next));
        try
        {
            await FormerRootKey.FollowAsync(proceeding);
        }
        catch (RollbackAnchorException e)
        {
            throw new RollbackAnchorException(
                e.Fault,
                $"the vault has its new root key, and the fence has not followed yet: {e.Message}",
                $"{e.Hint}; the next change or start finishes it",
                e
            );
        }
    }

    internal override Task FinishAsync(Proceeding proceeding) => proceeding.Pending.EndAsync();

    internal override async Task AbandonAsync(Proceeding proceeding)
    {
        // In doubt the key stays: a vault that has a slot for it may open by nothing else.
        if (_from is not { } from || !proceeding.Vault.IsStill(from))
        {
            return;
        }

        if (_added is { } added)
        {
            await added.DiscardAsync();
        }

        // What was refused is not ours: to an old copy the place of the next fence is where that of the newer vault lives.
        if (_hasPlace)
        {
            await proceeding.Newest.AbandonFenceAsync(_next!);
        }
    }

    public override void Dispose()
    {
        _next?.Dispose();
        base.Dispose();
        GC.SuppressFinalize(this);
    }
}
