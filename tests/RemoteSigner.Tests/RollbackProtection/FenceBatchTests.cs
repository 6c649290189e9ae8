using RemoteSigner.RollbackProtection;
using RemoteSigner.Signing;
using RemoteSigner.Spec;
using RemoteSigner.Tests.Slashing;

namespace RemoteSigner.Tests.RollbackProtection;

/// <summary>Many duties at a fence that an anchor keeps waiting.</summary>
public sealed class FenceBatchTests : IAsyncLifetime
{
    private readonly SignerHistory _history = new(FenceMutation.None, RollbackAnchorKind.Counter);
    private SignerLife _life = null!;

    /// <summary>A run at epoch 27 of a chain that justifies, with the fence at epoch 29.</summary>
    public async ValueTask InitializeAsync()
    {
        await _history.BeginAsync(keys: 6);
        _life = await _history.LiveAsync();
        Assert.IsType<SignOutcome.Signed>(await _life.SignAsync(_history.Keys[0], Vote(20)));
        for (var epoch = 21UL; epoch <= 27; epoch++)
        {
            await _history.DoAsync(new RollbackProtectionAct.Pass(Slots: 8));
            Assert.IsType<SignOutcome.Signed>(await _life.SignAsync(_history.Keys[0], Vote(epoch)));
        }
    }

    public ValueTask DisposeAsync() => _history.DisposeAsync();

    [Fact]
    public async Task A_batch_waits_for_an_anchor_that_hangs_as_long_as_one_duty_and_what_is_covered_is_signed()
    {
        _life.Anchor.Gate = new TaskCompletionSource().Task;
        await _history.DoAsync(new RollbackProtectionAct.Pass(Slots: 8));
        var started = _history.Time.GetUtcNow();

        // The farthest first: the others must not be refused for its sake.
        var batch = _life.SignAllAsync(_history.Keys.Select((key, i) => (key, Vote(i is 0 or 1 or 2 or 3 ? 29UL : 27UL))));
        while (!batch.IsCompleted)
        {
            _history.Time.Advance(TimeSpan.FromSeconds(1));
            await Task.WhenAny(batch, Task.Delay(200));
        }

        var outcomes = await batch;
        Assert.InRange(_history.Time.GetUtcNow() - started, TimeSpan.FromSeconds(3), TimeSpan.FromSeconds(11));
        Assert.All(outcomes.Take(4), outcome =>
            Assert.Equal(RollbackReason.FenceNotMoved, Assert.IsType<SignOutcome.RollbackCheckFailed>(outcome).Refusal.Reason)
        );
        Assert.All(outcomes.Skip(4), outcome => Assert.IsType<SignOutcome.Signed>(outcome));
    }

    [Fact]
    public async Task A_batch_beyond_the_fence_is_signed_when_the_anchor_takes_the_next_one_in_time()
    {
        var gate = new TaskCompletionSource();
        _life.Anchor.Gate = gate.Task;
        await _history.DoAsync(new RollbackProtectionAct.Pass(Slots: 8));
        var batch = _life.SignAllAsync(_history.Keys.Select((key, i) => (key, Vote(i == 0 ? 29UL : 28UL))));
        await Task.Delay(50);
        Assert.False(batch.IsCompleted);

        gate.SetResult();

        Assert.All(await batch, outcome => Assert.IsType<SignOutcome.Signed>(outcome));
    }

    private SignableMessage Vote(ulong target) => _history.Message(new SlashingOracle.Duty(false, target - 1, target, 1));
}
