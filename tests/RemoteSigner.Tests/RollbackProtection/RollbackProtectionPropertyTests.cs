using CsCheck;

namespace RemoteSigner.Tests.RollbackProtection;

/// <summary>
/// Random schedules of duties, crashes between any two steps, copies of ledger and vault put back at any time, also at a second place where
/// another signer runs on the same anchor at the same time, anchor faults, a skewed clock and a chain that does not justify: two
/// signatures that conflict never leave. That the search would find one is shown by breaking the fence.
/// </summary>
[Trait("Speed", "slow")]
public sealed class RollbackProtectionPropertyTests(ITestOutputHelper output)
{
    // The second place less often: most histories are of one signer.
    private static readonly Gen<int> _place = Gen.Frequency((3, Gen.Const(0)), (1, Gen.Const(1)));

    private static readonly Gen<RollbackProtectionAct> _ask = Gen.Select(
            _place,
            Gen.Select(Gen.Int[0, 2], Gen.Bool),
            Gen.Int[-3, 1],
            Gen.Int[0, 3],
            Gen.Int[1, 3],
            Gen.Int[0, 9]
        )
        .Select(
            (place, duty, ahead, span, root, dies) =>
                (RollbackProtectionAct)new RollbackProtectionAct.Ask(place, duty.Item1, duty.Item2, ahead, span, root, dies == 0)
        );

    private static readonly Gen<RollbackProtectionAct> _act = Gen.Frequency(
        (60, _ask),
        (12, Gen.Int[1, 6].Select(slots => (RollbackProtectionAct)new RollbackProtectionAct.Pass(slots))),
        // Past low watermarks, so that there is something to sign again.
        (5, Gen.Int[40, 100].Select(slots => (RollbackProtectionAct)new RollbackProtectionAct.Pass(slots))),
        (2, Gen.Int[1, 8].Select(slots => (RollbackProtectionAct)new RollbackProtectionAct.Skew(slots))),
        (3, Gen.Bool.Select(stalls => (RollbackProtectionAct)new RollbackProtectionAct.Stall(stalls))),
        (6, _place.Select(place => (RollbackProtectionAct)new RollbackProtectionAct.Copy(place))),
        (
            8,
            Gen.Select(_place, Gen.Int[0, 2], Gen.Int[0, 5])
                .Select(
                    (place, number, which) =>
                        (RollbackProtectionAct)new RollbackProtectionAct.PutBack(place, number, which != 5, which >= 4)
                )
        ),
        (3, Gen.Const((RollbackProtectionAct)new RollbackProtectionAct.StartBoth())),
        (4, _place.Select(place => (RollbackProtectionAct)new RollbackProtectionAct.Kill(place))),
        (6, _place.Select(place => (RollbackProtectionAct)new RollbackProtectionAct.Stop(place))),
        (14, _place.Select(place => (RollbackProtectionAct)new RollbackProtectionAct.Clear(place))),
        (1, Gen.Const((RollbackProtectionAct)new RollbackProtectionAct.ChangeVault())),
        (5, Gen.Int[0, 7].Select(steps => (RollbackProtectionAct)new RollbackProtectionAct.DieAfter(steps))),
        (3, Gen.Int[1, 4].Select(times => (RollbackProtectionAct)new RollbackProtectionAct.Fail(times)))
    );

    [Theory]
    [InlineData(RollbackAnchorKind.Counter)]
    [InlineData(RollbackAnchorKind.Objects)]
    internal async Task Two_conflicting_signatures_never_leave(RollbackAnchorKind kind)
    {
        var signatures = 0;
        await _act.Array[20, 120]
            .SampleAsync(
                async acts => Interlocked.Add(ref signatures, await LiveAsync(acts, FenceMutation.None, kind)),
                iter: 120,
                threads: 2
            );
        output.WriteLine($"{signatures} signatures left");
        Assert.InRange(signatures, 200, int.MaxValue);
    }

    [Theory]
    [InlineData(FenceMutation.Off)]
    [InlineData(FenceMutation.LowWatermarksTakenAway)]
    [InlineData(FenceMutation.AnchorOfItsOwn)]
    internal async Task The_search_finds_a_conflict_once_the_fence_is_broken(FenceMutation mutation)
    {
        var failure = await Assert.ThrowsAsync<CsCheckException>(() =>
            _act.Array[20, 120]
                .SampleAsync(
                    async acts =>
                    {
                        await LiveAsync(acts, mutation);
                    },
                    iter: 200,
                    threads: 2
                )
        );

        Assert.Contains("slashable", failure.ToString(), StringComparison.Ordinal);
    }

    private static async Task<int> LiveAsync(
        RollbackProtectionAct[] acts,
        FenceMutation mutation,
        RollbackAnchorKind kind = RollbackAnchorKind.Counter
    )
    {
        await using var history = new SignerHistory(mutation, kind);
        await history.BeginAsync(keys: 3);
        foreach (var act in acts)
        {
            await history.DoAsync(act);
        }

        return history.Signatures;
    }
}
