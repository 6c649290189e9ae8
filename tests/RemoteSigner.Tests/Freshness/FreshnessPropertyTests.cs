using CsCheck;

namespace RemoteSigner.Tests.Freshness;

/// <summary>
/// Random schedules of duties, crashes between any two steps, copies of ledger and vault put back at any time, witness faults and a skewed clock: two signatures
/// that conflict never leave. That the search would find one is shown by breaking the fence.
/// </summary>
public sealed class FreshnessPropertyTests(ITestOutputHelper output)
{
    private static readonly Gen<FreshnessAct> _ask = Gen.Select(Gen.Int[0, 2], Gen.Bool, Gen.Int[-3, 1], Gen.Int[0, 3], Gen.Int[1, 3], Gen.Int[0, 9])
        .Select((key, block, ahead, span, root, dies) => (FreshnessAct)new FreshnessAct.Ask(key, block, ahead, span, root, dies == 0));

    private static readonly Gen<FreshnessAct> _act = Gen.Frequency(
        (60, _ask),
        (12, Gen.Int[1, 6].Select(slots => (FreshnessAct)new FreshnessAct.Pass(slots))),

        // Past floors, so that there is something to sign again.
        (5, Gen.Int[40, 100].Select(slots => (FreshnessAct)new FreshnessAct.Pass(slots))),
        (2, Gen.Int[1, 8].Select(slots => (FreshnessAct)new FreshnessAct.Skew(slots))),
        (6, Gen.Const((FreshnessAct)new FreshnessAct.Copy())),
        (6, Gen.Select(Gen.Int[0, 2], Gen.Int[0, 5]).Select((number, which) => (FreshnessAct)new FreshnessAct.PutBack(number, which != 5, which >= 4))),
        (4, Gen.Const((FreshnessAct)new FreshnessAct.Kill())),
        (6, Gen.Const((FreshnessAct)new FreshnessAct.Stop())),
        (14, Gen.Const((FreshnessAct)new FreshnessAct.Clear())),
        (1, Gen.Const((FreshnessAct)new FreshnessAct.ChangeVault())),
        (5, Gen.Int[0, 7].Select(steps => (FreshnessAct)new FreshnessAct.DieAfter(steps))),
        (3, Gen.Int[1, 4].Select(times => (FreshnessAct)new FreshnessAct.Fail(times))));

    [Fact]
    public async Task Two_conflicting_signatures_never_leave()
    {
        var signatures = 0;
        await _act.Array[20, 120].SampleAsync(async acts => Interlocked.Add(ref signatures, await LiveAsync(acts, FenceMutation.None)), iter: 200, threads: 2);
        output.WriteLine($"{signatures} signatures left");
        Assert.InRange(signatures, 500, int.MaxValue);
    }

    [Theory]
    [InlineData(FenceMutation.Off)]
    [InlineData(FenceMutation.FloorsTakenAway)]
    internal async Task The_search_finds_a_conflict_once_the_fence_is_broken(FenceMutation mutation)
    {
        var failure = await Assert.ThrowsAsync<CsCheckException>(() => _act.Array[20, 120].SampleAsync(async acts => { await LiveAsync(acts, mutation); }, iter: 200, threads: 2));

        Assert.Contains("slashable", failure.ToString(), StringComparison.Ordinal);
    }

    private static async Task<int> LiveAsync(FreshnessAct[] acts, FenceMutation mutation)
    {
        await using var history = new SignerHistory(mutation);
        await history.BeginAsync(keys: 3);
        foreach (var act in acts)
        {
            await history.DoAsync(act);
        }

        return history.Signatures;
    }
}
