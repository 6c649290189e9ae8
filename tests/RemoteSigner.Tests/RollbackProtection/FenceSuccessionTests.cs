using RemoteSigner.RollbackProtection;
using RemoteSigner.Tests.Slashing;

namespace RemoteSigner.Tests.RollbackProtection;

/// <summary>
/// The fence of a vault that gets another root key: interrupted at every step of the hardware, at a standstill and while it signs.
/// </summary>
public sealed class FenceSuccessionTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Killed_at_any_step_it_is_finished_and_the_orderly_stop_holds(bool objects)
    {
        for (var step = 0; ; step++)
        {
            await using var scene = await FenceSuccessionScene.StoppedAsync(objects);
            var isKilled = await scene.KilledAsync(step, () => scene.Succession.RunAsync(scene.Found, CancellationToken.None));

            Assert.True(await scene.Succession.RunAsync(scene.Found, CancellationToken.None));

            Assert.IsType<StartDecision.Serve>(await scene.DecideAsync());
            Assert.Null(await scene.Former.ReadAsync(CancellationToken.None));
            if (!isKilled)
            {
                Assert.InRange(step, 8, 200);
                return;
            }
        }
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(true, true)]
    public async Task While_it_signs_no_fault_lets_the_next_start_stand_below_what_was_signed(bool objects, bool isKilled)
    {
        for (var step = 0; ; step++)
        {
            await using var scene = await FenceSuccessionScene.StoppedAsync(objects);
            using var fence = await scene.OpenFenceAsync();
            scene.Fails = !isKilled;
            var isBefallen = await scene.KilledAsync(step, () => fence.GoOnAsync(scene.Succession, 1, () => { }));
            var reached = 0ul;
            if (!isKilled)
            {
                // It lives on, wherever its fence is, and signs past the bounds of before.
                scene.At(40);
                reached = await fence.CoverAsync(Duties.Vote(39, 40)) is null ? 40ul : 0;
            }

            Assert.True(await scene.Succession.RunAsync(scene.Found with { End = await scene.EndAsync() }, CancellationToken.None));

            var lowWatermarks = Assert.IsType<StartDecision.RaiseLowWatermarks>(await scene.DecideAsync());
            Assert.True(
                lowWatermarks.LowWatermark.Fence.Value > reached,
                $"step {step}: the next start stands at epoch {lowWatermarks.LowWatermark.Fence}, and {reached} was signed"
            );
            if (!isBefallen)
            {
                Assert.True(isKilled || reached == 40);
                return;
            }
        }
    }

    [Fact]
    public async Task Where_a_start_would_be_refused_the_former_place_stays_and_says_why()
    {
        await using var scene = await FenceSuccessionScene.StoppedAsync(objects: false);
        scene.Former.Count += 3;

        Assert.False(await scene.Succession.RunAsync(scene.Found, CancellationToken.None));

        Assert.NotNull(await scene.Former.ReadAsync(CancellationToken.None));
        Assert.Null(await scene.Next.ReadAsync(CancellationToken.None));
    }

    [Fact]
    public async Task The_ledger_of_before_put_back_afterwards_is_refused()
    {
        await using var scene = await FenceSuccessionScene.StoppedAsync(objects: false);
        var known = await scene.Slashing.GetStartAsync();
        Assert.True(await scene.Succession.RunAsync(scene.Found, CancellationToken.None));
        await scene.NameAsync(known!);

        Assert.False(await scene.Succession.RunAsync(scene.Found, CancellationToken.None));
    }
}
