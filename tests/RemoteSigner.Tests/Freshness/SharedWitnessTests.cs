using RemoteSigner.Audit;
using RemoteSigner.Consensus.Slashing;
using RemoteSigner.Consensus.Spec;
using RemoteSigner.Freshness;
using RemoteSigner.Host;
using RemoteSigner.Native;
using static RemoteSigner.Tests.Slashing.Duties;

namespace RemoteSigner.Tests.Freshness;

/// <summary>Two signers with copies of one data directory and one witness, at the same time: beyond the fence that the later one found only one of them signs.</summary>
public sealed class SharedWitnessTests : IAsyncDisposable
{
    private static readonly Network _network = Network.Find("hoodi")!;
    private static readonly Guid _vault = Guid.NewGuid();

    private readonly string _folder = Directory.CreateTempSubdirectory("shared").FullName;
    private readonly SecretArena _arena = new();
    private readonly ModelWitness _witness = new();
    private readonly List<IAsyncDisposable> _open = [];

    [Fact]
    public async Task The_later_start_has_floors_at_the_fence_and_the_earlier_one_passes_it_no_more()
    {
        var (earlier, _) = await FirstAsync();
        Assert.Null(await earlier.CoverAsync(Vote(20, 21)));

        var (later, decision) = await StartAsync(await LedgerAsync(Copy()));

        Assert.Equal(30UL, Assert.IsType<StartDecision.RaiseFloors>(decision).Floor.Fence.Value);
        Assert.Equal(FreshnessReason.StartedElsewhere, (await earlier.CoverAsync(Vote(30, 31)))!.Reason);
        Assert.Null(await later.CoverAsync(Vote(30, 31)));
    }

    [Fact]
    public async Task A_fence_that_the_earlier_start_moves_while_the_later_one_counts_stops_the_later_one()
    {
        var (earlier, _) = await FirstAsync();
        var before = _witness.Record;
        Assert.Null(await earlier.CoverAsync(Vote(20, 21)));
        var moved = _witness.Record;
        _witness.Record = before;
        _witness.Step = step => _witness.Record = step == "before increment" ? moved : _witness.Record;
        var later = await LedgerAsync(Copy());

        Assert.Equal(WitnessFault.Tampered, (await Assert.ThrowsAsync<WitnessException>(() => StartAsync(later))).Fault);
    }

    [Fact]
    public async Task A_copy_from_before_the_fence_moved_to_another_witness_is_vouched_for_by_nobody()
    {
        var ledger = Ledger.Create(Path.Combine(_folder, "ledger.sqlite"));
        var opened = await OpenAsync(ledger);
        using var keys = Keys();
        await FenceEnrolment.EnrolAsync(_witness, keys, opened.Slashing, new FreshState(_vault, 1, null, opened.Found.End), new Epoch(5));
        var copy = Copy();

        await FenceEnrolment.MoveAsync(_witness, new ModelWitness { Identity = "model 2" }, keys, opened.Slashing);
        var (_, found) = await LedgerAsync(copy);

        var evidence = await new FreshState(_vault, 1, found.Start, found.End).HoldAgainstAsync(_witness, keys, default);
        var refusal = Assert.IsType<StartDecision.Refuse>(StartRules.Decide(evidence)).Refusal;
        Assert.Equal(FreshnessReason.RecordForeign, refusal.Reason);
        Assert.Equal(99UL, Clearance.FloorAfter(evidence, refusal.Reason, new Epoch(99)).Value);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var one in _open)
        {
            await one.DisposeAsync();
        }

        _arena.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private async Task<(Fence Fence, StartDecision Decision)> FirstAsync()
    {
        var ledger = Ledger.Create(Path.Combine(_folder, "ledger.sqlite"));
        var opened = await OpenAsync(ledger);
        await FenceEnrolment.EnrolAsync(_witness, Keys(), opened.Slashing, new FreshState(_vault, 1, null, opened.Found.End), new Epoch(5));
        return await StartAsync((opened.Slashing, await LedgerAtStart.ReadAsync(ledger, opened.Slashing)));
    }

    private string Copy()
    {
        var folder = Directory.CreateDirectory(Path.Combine(_folder, "copy")).FullName;
        foreach (var file in Directory.EnumerateFiles(_folder, "ledger.sqlite*"))
        {
            File.Copy(file, Path.Combine(folder, Path.GetFileName(file)));
        }

        return Path.Combine(folder, "ledger.sqlite");
    }

    private Task<(SlashingProtection Slashing, LedgerAtStart Found)> LedgerAsync(string file) => OpenAsync(Ledger.Open(file));

    private async Task<(SlashingProtection Slashing, LedgerAtStart Found)> OpenAsync(Ledger ledger)
    {
        _open.Add(ledger);
        var slashing = await SlashingProtection.OpenAsync(ledger, _network);
        await AuditLog.OpenAsync(ledger, TimeProvider.System);
        return (slashing, await LedgerAtStart.ReadAsync(ledger, slashing));
    }

    private async Task<(Fence Fence, StartDecision Decision)> StartAsync((SlashingProtection Slashing, LedgerAtStart Found) ledger)
    {
        var fence = new Fence(_network, new SlotClock(_network, null, TimeProvider.System), TimeProvider.System);
        var protocol = new StartProtocol(_witness, Keys(), ledger.Slashing, new FreshState(_vault, 1, ledger.Found.Start, ledger.Found.End));
        return (fence, await protocol.RunAsync(fence, default));
    }

    // All zeros: the same ones for both signers.
    private FenceKeys Keys() => new(_arena.Allocate(32), _arena.Allocate(32));
}
