using RemoteSigner.Sealing;

namespace RemoteSigner.Administration.Seals;

/// <summary>An act that changes the slots of the vault, which are the ways to open it. What a device may refuse is done before; then the entry, then the vault's new file.</summary>
public abstract class SlotAct<TResult> : AdminAct<TResult>
{
    private IReadOnlyList<VaultSlot> _slots = [];

    private protected SlotAct()
    {
    }

    internal override bool WantsVault => true;

    /// <summary>What the entry says. Known once the act is prepared.</summary>
    private protected abstract string Detail { get; }

    /// <summary>The slots as they are to be; everything that may fail is behind it.</summary>
    private protected abstract Task<IReadOnlyList<VaultSlot>> PlanAsync(Vault vault, CancellationToken cancellation);

    internal override async Task PrepareAsync(Proceeding proceeding, CancellationToken cancellation) => _slots = await PlanAsync(proceeding.Vault, cancellation);

    internal override async Task<bool> CommitAsync(Proceeding proceeding)
    {
        await proceeding.Pending.WriteAsync(transaction =>
        {
            PendingActs.Begin(transaction, new PendingAct(Action, new PendingEffect.VaultGeneration(proceeding.Vault.Contents.Generation + 1)));
            return proceeding.Append(transaction, Action, entry => entry with { Detail = Detail });
        });
        return true;
    }

    internal override Task FollowAsync(Proceeding proceeding)
    {
        proceeding.Vault.Put(_slots);
        return Task.CompletedTask;
    }

    internal override Task FinishAsync(Proceeding proceeding) => proceeding.Pending.EndAsync();
}
