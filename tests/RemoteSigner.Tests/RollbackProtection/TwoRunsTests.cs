using System.Security.Cryptography;
using RemoteSigner.RollbackProtection;

namespace RemoteSigner.Tests.RollbackProtection;

/// <summary>
/// Two runs on copies of one data directory with one anchor, at the same time, in every order of the anchor's steps with a few changes
/// from one to the other and in many random ones with any number. Whatever the order: no two votes that left contradict each other, and
/// afterwards a start on either copy as it was right before its count signs nothing that contradicts one either.
/// </summary>
[Trait("Speed", "slow")]
public sealed class TwoRunsTests(ITestOutputHelper output)
{
    private const ulong Fence = SharedDirectory.Fence;

    // Different roots: each run votes otherwise than the other.
    private static readonly (ulong Source, ulong Target)[] _votes =
    [
        (Fence - 2, Fence - 1),
        (Fence - 1, Fence),
        (Fence - 4, Fence + 1),
        (Fence + 8, Fence + 9),
    ];
    private static readonly (ulong Source, ulong Target)[] _later =
    [
        (Fence - 3, Fence - 1),
        (Fence - 1, Fence),
        (Fence - 5, Fence + 2),
        (Fence + 8, Fence + 9),
        (Fence - 1, Fence + 12),
        (Fence + 17, Fence + 18),
    ];

    private delegate Task Script(SharedDirectory.SharedRun run, int root);

    [Theory]
    [InlineData(RollbackAnchorKind.Counter)]
    [InlineData(RollbackAnchorKind.Objects)]
    internal Task Two_starts_at_once(RollbackAnchorKind kind) => PlayAsync(kind, beside: false, StartAsync, StartAsync);

    [Theory]
    [InlineData(RollbackAnchorKind.Counter)]
    [InlineData(RollbackAnchorKind.Objects)]
    internal Task A_start_beside_a_run_that_moves_its_fence(RollbackAnchorKind kind) =>
        PlayAsync(kind, beside: true, VoteAsync, StartAsync);

    [Theory]
    [InlineData(RollbackAnchorKind.Counter)]
    [InlineData(RollbackAnchorKind.Objects)]
    internal Task A_start_beside_a_run_that_stops(RollbackAnchorKind kind) =>
        PlayAsync(kind, beside: true, (run, _) => StopAsync(run), StartAsync);

    /// <summary>A token only: a TPM that both copies of a machine reach goes along with neither.</summary>
    [Fact]
    public Task Two_copies_of_a_machine_that_was_resumed() =>
        PlayAsync(RollbackAnchorKind.Objects, beside: true, VoteBeyondAsync, VoteBeyondAsync, clone: true);

    [Fact]
    public async Task Two_starts_one_after_the_other_leave_one_that_serves()
    {
        await using var scene = await Scene.CreateAsync(RollbackAnchorKind.Counter);
        await using var first = await scene.OpenAsync(scene.Copy(), 0);
        await using var second = await scene.OpenAsync(scene.Copy(), 1);

        Assert.IsType<StartDecision.Serve>(await first.StartAsync());
        var refused = Assert.IsType<StartDecision.Refuse>(await second.StartAsync());

        Assert.Equal(RollbackReason.LedgerRolledBack, refused.Refusal.Reason);
        Assert.True(await first.VoteAsync(8, 9, 1));
    }

    private async Task PlayAsync(RollbackAnchorKind kind, bool beside, Script one, Script other, bool clone = false)
    {
        var votes = 0;
        var all = await new Interleavings(maxChanges: 3).PlayAllAsync(async choose =>
            votes += await PlayOneAsync(kind, beside, one, other, clone, choose)
        );
        const int Some = 50;
        for (var i = 0; i < Some; i++)
        {
            var (bits, taken) = (SHA256.HashData(BitConverter.GetBytes(i)), 0);
            votes += await PlayOneAsync(kind, beside, one, other, clone, able => able[(bits[taken / 8] >> (taken++ % 8) & 1) % able.Count]);
        }

        output.WriteLine($"{all} orders and {Some} random ones, {votes} votes left");
        Assert.InRange(all, 50, int.MaxValue);
        Assert.InRange(votes, all, int.MaxValue);
    }

    private static async Task<int> PlayOneAsync(
        RollbackAnchorKind kind,
        bool beside,
        Script one,
        Script other,
        bool clone,
        Func<IReadOnlyList<int>, int> choose
    )
    {
        await using var scene = await Scene.CreateAsync(kind);
        await using var first = await scene.OpenAsync(scene.Copy(), 0);
        if (beside)
        {
            Assert.IsType<StartDecision.Serve>(await first.StartAsync());
        }

        await using var second = await scene.OpenAsync(beside ? scene.CopyOf(0) : scene.Copy(), 1);
        if (clone)
        {
            second.Fence.Open(scene.Clone(), new RemoteSigner.Spec.Epoch(Fence - 2));
        }

        scene.Begin();
        await scene.Turns.PlayAsync([one(first, 1), other(second, 2)], choose);
        var votes = scene.Votes;
        foreach (var copy in scene.Counted)
        {
            await using var later = await scene.OpenLaterAsync(copy);
            await later.StartAsync();
            foreach (var (source, target) in _later)
            {
                await later.VoteAsync(source, target, 3);
            }

            scene.Forget(votes);
        }

        return votes;
    }

    private static async Task StartAsync(SharedDirectory.SharedRun run, int root)
    {
        await run.StartAsync();
        await VoteAsync(run, root);
    }

    private static async Task VoteAsync(SharedDirectory.SharedRun run, int root)
    {
        foreach (var (source, target) in _votes)
        {
            await run.VoteAsync(source, target, root);
        }
    }

    private static async Task VoteBeyondAsync(SharedDirectory.SharedRun run, int root)
    {
        foreach (var (source, target) in _votes.Skip(1))
        {
            await run.VoteAsync(source, target, root);
        }
    }

    private static async Task StopAsync(SharedDirectory.SharedRun run)
    {
        try
        {
            await run.StopAsync();
        }
        catch (RollbackAnchorException)
        {
            // Then the next start finds an unclean stop.
        }
    }

    private sealed class Scene : IAsyncDisposable
    {
        private readonly SharedDirectory _directory;
        private readonly ModelMemory _memory;
        private readonly Dictionary<int, string> _files = [];
        private readonly HashSet<int> _counting = [];
        private bool _played;

        private Scene(SharedDirectory directory, ModelMemory memory) => (_directory, _memory) = (directory, memory);

        public Turns Turns { get; } = new(2);

        public int Votes => _directory.Votes;

        /// <summary>
        /// The ledgers as they were when their starts were on disk and not counted yet: with nothing that was signed since.
        /// </summary>
        public List<string> Counted { get; } = [];

        public static async Task<Scene> CreateAsync(RollbackAnchorKind kind)
        {
            var memory = new ModelMemory(kind);
            return new Scene(await SharedDirectory.CreateAsync(_ => new ModelRollbackAnchor(memory)), memory);
        }

        public string Copy() => _directory.Copy();

        public string CopyOf(int run) => _directory.Copy(_files[run]);

        public void Begin() => _played = true;

        /// <summary>One of several futures: with the hardware as it is now, and to be forgotten before the next.</summary>
        public Task<SharedDirectory.SharedRun> OpenLaterAsync(string file) =>
            _directory.OpenAsync(file, new ModelRollbackAnchor(_memory.Copy()));

        public void Forget(int votes) => _directory.Forget(votes);

        public Task<SharedDirectory.SharedRun> OpenAsync(string file, int run)
        {
            _files[run] = file;
            return _directory.OpenAsync(file, new ModelRollbackAnchor(_memory) { Turn = step => TakeAsync(run, step) });
        }

        /// <summary>The same run once more, from the memory of the machine as it was a moment ago.</summary>
        public RunRecord Clone() =>
            new(
                new ModelRollbackAnchor(_memory) { Turn = step => TakeAsync(1, step) },
                _directory.Keys,
                FenceRecord.Read(_memory.Record, _directory.Keys.Record)!,
                _directory.Time
            );

        public ValueTask DisposeAsync() => _directory.DisposeAsync();

        private async Task TakeAsync(int run, string step)
        {
            if (step is "compare" or "list" && _counting.Add(run))
            {
                Counted.Add(_directory.Copy(_files[run]));
            }

            if (_played)
            {
                await Turns.TakeAsync(run);
            }
        }
    }
}
