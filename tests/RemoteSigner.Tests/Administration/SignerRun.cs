using RemoteSigner.Administration;
using RemoteSigner.Clocks;
using RemoteSigner.RollbackProtection;
using RemoteSigner.Spec;
using RemoteSigner.Tests.RollbackProtection;
using RemoteSigner.Tests.Slashing;

namespace RemoteSigner.Tests.Administration;

/// <summary>
/// A signer that serves a data directory: started by the start protocol, behind a fence, and after an act it tells its anchor of the vault
/// as the host does.
/// </summary>
internal sealed class SignerRun : IAsyncDisposable
{
    private readonly Fence _fence = new(ActStock.Network, new SlotClock(ActStock.Network, null, TimeProvider.System), TimeProvider.System);

    private SignerRun(ActWorld world) => World = world;

    public ActWorld World { get; }

    public ulong Fence => _fence.State.Bounds?.Fence.Value ?? 0;

    public static async Task<SignerRun> StartAsync(ActStock stock, string folder, ModelMemory memory)
    {
        var run = new SignerRun(await ActWorld.OpenAsync(stock, folder));
        var anchor = new ModelRollbackAnchor(memory);
        var standing = run.World.Place.Stand(anchor);
        Assert.IsNotType<StartDecision.Refuse>(
            await new StartProtocol(
                anchor,
                standing.Keys,
                run.World.Slashing,
                standing.Found,
                StartLog.Entries(run.World.Audit),
                TimeProvider.System
            ).RunAsync(run._fence, CancellationToken.None)
        );
        run.World.AfterAsync = async vault =>
        {
            if (vault is not null && vault.Contents.Generation != standing.Found.VaultGeneration)
            {
                await run.World.Slashing.FollowVaultAsync(vault.Contents.Generation);
                await run._fence.AdoptVaultAsync(vault.Anchor.Mark);
            }
        };
        return run;
    }

    /// <summary>A vote from the epoch before; true when it left.</summary>
    public async Task<bool> VoteAsync(BlsPublicKey key, ulong target, int root) =>
        await _fence.CoverAsync(Duties.Vote(target - 1, target)) is null
        && await ActProbe.AskAsync(World.Slashing, World.Audit, key, target, root);

    public async ValueTask DisposeAsync()
    {
        await World.DisposeAsync();
        _fence.Dispose();
    }
}
