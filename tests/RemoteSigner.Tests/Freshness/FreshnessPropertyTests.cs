using CsCheck;

namespace RemoteSigner.Tests.Freshness;

/// <summary>
/// Random schedules of duties, crashes between any two steps, copies of ledger and vault put back at any time, also at a second place where
/// another signer runs on the same witness at the same time, witness faults, a skewed clock and a chain that does not justify: two
/// signatures that conflict never leave. That the search would find one is shown by breaking the fence.
/// </summary>
public sealed class FreshnessPropertyTests(ITestOutputHelper output)
{
    // The second place less often: most histories are of one signer.
    private static readonly Gen<int> _place = Gen.Frequency((3, Gen.Const(0)), (1, Gen.Const(1)));

    private static readonly Gen<FreshnessAct> _ask = Gen.Select(
            _place,
            Gen.Select(Gen.Int[0, 2], Gen.Bool),
            Gen.Int[-3, 1],
            Gen.Int[0, 3],
            Gen.Int[1, 3],
            Gen.Int[0, 9]
        )
        .Select(
            (place, duty, ahead, span, root, dies) =>
                (FreshnessAct)new FreshnessAct.Ask(place, duty.Item1, duty.Item2, ahead, span, root, dies == 0)
        );

    private static readonly Gen<FreshnessAct> _act = Gen.Frequency(
        (60, _ask),
        (12, Gen.Int[1, 6].Select(slots => (FreshnessAct)new FreshnessAct.Pass(slots))),
        // Past floors, so that there is something to sign again.
        (5, Gen.Int[40, 100].Select(slots => (FreshnessAct)new FreshnessAct.Pass(slots))),
        (2, Gen.Int[1, 8].Select(slots => (FreshnessAct)new FreshnessAct.Skew(slots))),
        (3, Gen.Bool.Select(stalls => (FreshnessAct)new FreshnessAct.Stall(stalls))),
        (6, _place.Select(place => (FreshnessAct)new FreshnessAct.Copy(place))),
        (
            8,
            Gen.Select(_place, Gen.Int[0, 2], Gen.Int[0, 5])
                .Select((place, number, which) => (FreshnessAct)new FreshnessAct.PutBack(place, number, which != 5, which >= 4))
        ),
        (3, Gen.Const((FreshnessAct)new FreshnessAct.StartBoth())),
        (4, _place.Select(place => (FreshnessAct)new FreshnessAct.Kill(place))),
        (6, _place.Select(place => (FreshnessAct)new FreshnessAct.Stop(place))),
        (14, _place.Select(place => (FreshnessAct)new FreshnessAct.Clear(place))),
        (1, Gen.Const((FreshnessAct)new FreshnessAct.ChangeVault())),
        (5, Gen.Int[0, 7].Select(steps => (FreshnessAct)new FreshnessAct.DieAfter(steps))),
        (3, Gen.Int[1, 4].Select(times => (FreshnessAct)new FreshnessAct.Fail(times)))
    );

    [Theory]
    [InlineData(WitnessKind.Counter)]
    [InlineData(WitnessKind.Objects)]
    internal async Task Two_conflicting_signatures_never_leave(WitnessKind kind)
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
    [InlineData(FenceMutation.FloorsTakenAway)]
    [InlineData(FenceMutation.WitnessOfItsOwn)]
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

    private static async Task<int> LiveAsync(FreshnessAct[] acts, FenceMutation mutation, WitnessKind kind = WitnessKind.Counter)
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
