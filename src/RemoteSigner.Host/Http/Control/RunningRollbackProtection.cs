using RemoteSigner.Host.Control;
using RemoteSigner.RollbackProtection;
using RemoteSigner.Slashing;

namespace RemoteSigner.Host.Http;

/// <summary>
/// <c>rollback-protection status</c> while the signer runs: how the fence stands. What the next start does depends on how this run ends.
/// </summary>
internal sealed class RunningRollbackProtection(Fence fence, SlashingProtection slashing, RollbackProtectionRun run)
{
    public async Task<RollbackProtectionLine> DescribeAsync()
    {
        var (state, start, lowWatermark) = (fence.State, await slashing.GetStartAsync(), await slashing.GetGlobalLowWatermarkAsync());
        return new RollbackProtectionLine(
            "running",
            state.Closed is { } closed
                ? $"nothing is signed: {closed.Detail}; {closed.Hint}"
                : "the signer runs: after an orderly stop the next start serves at once",
            state.Closed?.Reason.Name(),
            start?.Start,
            null,
            state.Bounds?.Fence.Value,
            state.Bounds?.Source.Value,
            lowWatermark?.Fence.Value,
            lowWatermark?.LowestSource.Value,
            lowWatermark?.Reason,
            run.Vault?.Generation ?? start?.VaultGeneration ?? 0,
            false,
            start?.Anchor ?? "none",
            state.Rollback
        );
    }
}
