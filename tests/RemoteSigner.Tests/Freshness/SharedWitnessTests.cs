using RemoteSigner.Administration.Freshness;
using RemoteSigner.Freshness;
using RemoteSigner.Spec;
using static RemoteSigner.Tests.Slashing.Duties;

namespace RemoteSigner.Tests.Freshness;

/// <summary>Two signers with copies of one data directory and one witness, and what each of them is told.</summary>
public sealed class SharedWitnessTests : IAsyncLifetime
{
    private readonly ModelWitness _witness = new();
    private SharedDirectory _directory = null!;

    public async ValueTask InitializeAsync() => _directory = await SharedDirectory.CreateAsync(_ => _witness);

    public ValueTask DisposeAsync() => _directory.DisposeAsync();

    [Fact]
    public async Task The_later_start_has_floors_at_the_fence_and_the_earlier_one_passes_it_no_more()
    {
        await using var earlier = await OpenAsync(_directory.Ledger);
        await earlier.StartAsync();
        Assert.Null(await earlier.Fence.CoverAsync(Vote(20, 21)));

        await using var later = await OpenAsync(_directory.Copy());

        Assert.Equal(30UL, Assert.IsType<StartDecision.RaiseFloors>(await later.StartAsync()).Floor.Fence.Value);
        Assert.Null(await later.Fence.CoverAsync(Vote(30, 31)));
        Assert.Equal(FreshnessReason.StartedElsewhere, (await earlier.Fence.CoverAsync(Vote(30, 31)))!.Reason);
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
        var before = _witness.Record;
        Assert.Null(await earlier.Fence.CoverAsync(Vote(20, 21)));
        var moved = _witness.Record;
        _witness.Record = before;
        await using var later = await OpenAsync(_directory.Copy());
        _witness.Step = step => _witness.Record = step == moment ? moved : _witness.Record;

        var decision = await later.StartAsync();

        // The one write that nobody can tell from none: the earlier run does not find its fence when it reads back, and never signs up to
        // it.
        if (moment == "before first write")
        {
            Assert.Equal(10UL, Assert.IsType<StartDecision.RaiseFloors>(decision).Floor.Fence.Value);
        }
        else
        {
            Assert.Equal(FreshnessReason.StartedElsewhere, Assert.IsType<StartDecision.Refuse>(decision).Refusal.Reason);
            Assert.Equal(FreshnessReason.StartedElsewhere, (await later.Fence.CoverAsync(Vote(1, 2)))!.Reason);
        }
    }

    [Fact]
    public async Task A_count_that_was_not_asked_for_is_somebody_elses()
    {
        await using var run = await OpenAsync(_directory.Ledger);
        _witness.Step = step => _witness.Count += step == "before compare" ? 1UL : 0;

        var refusal = Assert.IsType<StartDecision.Refuse>(await run.StartAsync()).Refusal;

        Assert.Equal(FreshnessReason.StartedElsewhere, refusal.Reason);
    }

    [Fact]
    public async Task A_count_whose_answer_was_lost_is_left_behind_and_the_next_one_taken()
    {
        await using var run = await OpenAsync(_directory.Ledger);
        var lost = 0;
        _witness.Step = step => _ = step == "after increment" && lost++ < 2 ? throw ModelWitness.Fault() : step;
        var count = _witness.Count;

        Assert.IsType<StartDecision.Serve>(await run.StartAsync());

        Assert.Equal((count + 3, count + 3), (_witness.Count, (await run.Slashing.GetStartAsync())!.Start));
        Assert.True(await run.VoteAsync(20, 21, 1));
    }

    [Fact]
    public async Task A_first_record_whose_answer_was_lost_is_known_by_the_run()
    {
        await using var run = await OpenAsync(_directory.Ledger);
        var lost = 0;
        _witness.Step = step => _ = step == "after first write" && lost++ < 1 ? throw ModelWitness.Fault() : step;
        var count = _witness.Count;

        Assert.IsType<StartDecision.Serve>(await run.StartAsync());

        Assert.Equal(count + 1, _witness.Count);
    }

    [Fact]
    public async Task A_start_that_died_between_count_and_record_is_left_to_a_person()
    {
        await using (var run = await OpenAsync(_directory.Ledger))
        {
            _witness.Step = step => _ = step == "after increment" ? throw new ProcessDiedException() : step;
            await Assert.ThrowsAsync<ProcessDiedException>(run.StartAsync);
        }

        _witness.Step = _ => { };
        await using var next = await OpenAsync(_directory.Ledger);

        Assert.Equal(FreshnessReason.RecordBehind, Assert.IsType<StartDecision.Refuse>(await next.StartAsync()).Refusal.Reason);
    }

    [Fact]
    public async Task A_copy_from_before_the_fence_moved_to_another_witness_is_vouched_for_by_nobody()
    {
        var copy = _directory.Copy();
        await using (var moved = await OpenAsync(_directory.Ledger))
        {
            await moved.DoAsync(standing => new MoveWitness(
                standing,
                new ModelWitness(new ModelMemory(WitnessKind.Counter) { Identity = "model 2" })
            ));
        }

        await using var former = await OpenAsync(copy);

        var evidence = await former.Found.HoldAgainstAsync(_witness, _directory.Keys, default);
        var refusal = Assert.IsType<StartDecision.Refuse>(StartRules.Decide(evidence)).Refusal;
        Assert.Equal(FreshnessReason.RecordForeign, refusal.Reason);
        Assert.Equal(99UL, Clearance.FloorAfter(evidence, refusal.Reason, new Epoch(99)).Fence.Value);
    }

    private Task<SharedDirectory.SharedRun> OpenAsync(string file) => _directory.OpenAsync(file, _witness);
}
