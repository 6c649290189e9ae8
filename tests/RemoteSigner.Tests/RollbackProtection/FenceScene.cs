using Microsoft.Extensions.Time.Testing;
using RemoteSigner.Clocks;
using RemoteSigner.Native;
using RemoteSigner.RollbackProtection;
using RemoteSigner.Sealing;
using RemoteSigner.Slashing;
using RemoteSigner.Spec;

namespace RemoteSigner.Tests.RollbackProtection;

/// <summary>A fence on hoodi, opened in start 5 on a model of an anchor, and a clock that stands at genesis.</summary>
public abstract class FenceScene : IDisposable
{
    private readonly SecretArena _arena = new();

    private protected FenceScene()
    {
        Keys = new FenceKeys(_arena.Allocate(32), _arena.Allocate(32));
        Fence = NewFence();
    }

    private protected static Network Network { get; } = Network.Find("hoodi")!;

    private protected FakeTimeProvider Time { get; } = new(DateTimeOffset.FromUnixTimeSeconds((long)Network.GenesisTime!.Value));

    private protected ModelRollbackAnchor Anchor { get; } = new() { Memory = { Exists = true } };

    private protected FenceKeys Keys { get; }

    private protected Fence Fence { get; private set; }

    public void Dispose()
    {
        Fence.Dispose();
        _arena.Dispose();
        GC.SuppressFinalize(this);
    }

    private protected Fence NewFence() => new(Network, new SlotClock(Network, null, Time), Time);

    /// <summary>The source bound is the loosest, and reached: nothing is to be made exact.</summary>
    private protected void Open(ulong fence) => Open(fence, SignedBounds.Before(new Epoch(fence)).Source.Value);

    private protected void Open(ulong fence, ulong newestSource)
    {
        var run = Begun(
            new FenceRecord(Guid.Empty, 5, SignedBounds.Before(new Epoch(fence)), new VaultMark(1, default), null) { Run = Guid.NewGuid() }
        );
        Anchor.Record = run.Claim;
        Fence.Open(run, new Epoch(newestSource));
    }

    private protected void Reopen(ulong fence)
    {
        Fence = NewFence();
        Open(fence);
    }

    private protected RunRecord Begun(FenceRecord record) => new(Anchor, Keys, RunRecord.Draw(record, Time), Time);

    private protected FenceRecord Written() => FenceRecord.Read(Anchor.Record, Keys.Record)!;

    private protected void At(ulong epoch) =>
        Time.SetUtcNow(DateTimeOffset.FromUnixTimeSeconds((long)(Network.GenesisTime!.Value + (epoch * 32 * 12))));

    private protected Task FenceReachesAsync(ulong epoch) => UntilAsync(() => Fence.State.Bounds?.Fence.Value == epoch);

    private protected Task TroubleAsync() => UntilAsync(() => Fence.State.Trouble is not null);

    private static async Task UntilAsync(Func<bool> state)
    {
        for (var attempt = 0; attempt < 500 && !state(); attempt++)
        {
            await Task.Delay(10);
        }

        Assert.True(state());
    }
}
