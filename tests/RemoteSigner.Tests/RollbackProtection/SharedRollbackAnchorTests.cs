using RemoteSigner.Administration.RollbackProtection;
using RemoteSigner.RollbackProtection;
using RemoteSigner.Spec;
using static RemoteSigner.Tests.Slashing.Duties;

namespace RemoteSigner.Tests.RollbackProtection;

/// <summary>Two signers with copies of one data directory and one anchor, and what each of them is told.</summary>
public sealed class SharedRollbackAnchorTests : IAsyncLifetime
{
    private readonly ModelRollbackAnchor _anchor = new();
    private SharedDirectory _directory = null!;

    public async ValueTask InitializeAsync() => _directory = await SharedDirectory.CreateAsync(_ => _anchor);

    public ValueTask DisposeAsync() => _directory.DisposeAsync();

    [Fact]
    public async Task The_later_start_has_low_watermarks_at_the_fence_and_the_earlier_one_passes_it_no_more()
    {
        await using var earlier = await OpenAsync(_directory.Ledger);
        await earlier.StartAsync();
        Assert.Null(await earlier.Fence.CoverAsync(Vote(20, 21)));

        await using var later = await OpenAsync(_directory.Copy());

        Assert.Equal(30UL, Assert.IsType<StartDecision.RaiseLowWatermarks>(await later.StartAsync()).LowWatermark.Fence.Value);
        Assert.Null(await later.Fence.CoverAsync(Vote(30, 31)));
        Assert.Equal(RollbackReason.StartedElsewhere, (await earlier.Fence.CoverAsync(Vote(30, 31)))!.Reason);
        Assert.Null(await later.Fence.CoverAsync(Vote(40, 41)));
    }

    [Theory]
    [InlineData("before compare")]
    [InlineData("before increment")]
    [InlineData("before first write")]
    [InlineData("after first write")]
    public async Task A_fence_that_the_earlier_start_moves_while_the_later_one_counts_stops_the_later_one(string moment)
    {
        await using var earlier = await OpenAsync(_directory.Ledger);
        await earlier.StartAsync();
        var before = _anchor.Record;
        Assert.Null(await earlier.Fence.CoverAsync(Vote(20, 21)));
        var moved = _anchor.Record;
        _anchor.Record = before;
        await using var later = await OpenAsync(_directory.Copy());
        _anchor.Step = step => _anchor.Record = step == moment ? moved : _anchor.Record;

        var decision = await later.StartAsync();

        // The one write that nobody can tell from none: the earlier run does not find its fence when it reads back, and never signs up to
        // it.
        if (moment == "before first write")
        {
            Assert.Equal(10UL, Assert.IsType<StartDecision.RaiseLowWatermarks>(decision).LowWatermark.Fence.Value);
        }
        else
        {
            Assert.Equal(RollbackReason.StartedElsewhere, Assert.IsType<StartDecision.Refuse>(decision).Refusal.Reason);
            Assert.Equal(RollbackReason.StartedElsewhere, (await later.Fence.CoverAsync(Vote(1, 2)))!.Reason);
        }
    }

    [Fact]
    public async Task A_count_that_was_not_asked_for_is_somebody_elses()
    {
        await using var run = await OpenAsync(_directory.Ledger);
        _anchor.Step = step => _anchor.Count += step == "before compare" ? 1UL : 0;

        var refusal = Assert.IsType<StartDecision.Refuse>(await run.StartAsync()).Refusal;

        Assert.Equal(RollbackReason.StartedElsewhere, refusal.Reason);
    }

    [Fact]
    public async Task A_count_whose_answer_was_lost_is_left_behind_and_the_next_one_taken()
    {
        await using var run = await OpenAsync(_directory.Ledger);
        var lost = 0;
        _anchor.Step = step => _ = step == "after increment" && lost++ < 2 ? throw ModelRollbackAnchor.Fault() : step;
        var count = _anchor.Count;

        Assert.IsType<StartDecision.Serve>(await run.StartAsync());

        Assert.Equal((count + 3, count + 3), (_anchor.Count, (await run.Slashing.GetStartAsync())!.Start));
        Assert.True(await run.VoteAsync(20, 21, 1));
    }

    [Fact]
    public async Task A_first_record_whose_answer_was_lost_is_known_by_the_run()
    {
        await using var run = await OpenAsync(_directory.Ledger);
        var lost = 0;
        _anchor.Step = step => _ = step == "after first write" && lost++ < 1 ? throw ModelRollbackAnchor.Fault() : step;
        var count = _anchor.Count;

        Assert.IsType<StartDecision.Serve>(await run.StartAsync());

        Assert.Equal(count + 1, _anchor.Count);
    }

    [Fact]
    public async Task A_start_that_died_between_count_and_record_is_left_to_a_person()
    {
        await using (var run = await OpenAsync(_directory.Ledger))
        {
            _anchor.Step = step => _ = step == "after increment" ? throw new ProcessDiedException() : step;
            await Assert.ThrowsAsync<ProcessDiedException>(run.StartAsync);
        }

        _anchor.Step = _ => { };
        await using var next = await OpenAsync(_directory.Ledger);

        Assert.Equal(RollbackReason.RecordBehind, Assert.IsType<StartDecision.Refuse>(await next.StartAsync()).Refusal.Reason);
    }

    [Fact]
    public async Task A_copy_from_before_the_fence_moved_to_another_anchor_is_vouched_for_by_nobody()
    {
        var copy = _directory.Copy();
        await using (var moved = await OpenAsync(_directory.Ledger))
        {
            await moved.DoAsync(standing => new MoveAnchor(
                standing,
                new ModelRollbackAnchor(new ModelMemory(RollbackAnchorKind.Counter) { Identity = "model 2" })
            ));
        }

        await using var former = await OpenAsync(copy);

        var evidence = await former.Found.CompareWithAsync(_anchor, _directory.Keys, default);
        var refusal = Assert.IsType<StartDecision.Refuse>(StartRules.Decide(evidence)).Refusal;
        Assert.Equal(RollbackReason.RecordForeign, refusal.Reason);
        Assert.Equal(99UL, Clearance.LowWatermarkAfter(evidence, refusal.Reason, new Epoch(99)).Fence.Value);
    }

    private Task<SharedDirectory.SharedRun> OpenAsync(string file) => _directory.OpenAsync(file, _anchor);
}
