using Microsoft.Extensions.Time.Testing;
using RemoteSigner.Administration;
using RemoteSigner.Audit;
using RemoteSigner.Clocks;
using RemoteSigner.Ledgers;
using RemoteSigner.Native;
using RemoteSigner.RollbackProtection;
using RemoteSigner.Sealing;
using RemoteSigner.Slashing;
using RemoteSigner.Spec;
using RemoteSigner.Tests.Sealing;
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
            await using var scene = await Scene.StoppedAsync(objects);
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
            await using var scene = await Scene.StoppedAsync(objects);
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
        await using var scene = await Scene.StoppedAsync(objects: false);
        scene.Former.Count += 3;

        Assert.False(await scene.Succession.RunAsync(scene.Found, CancellationToken.None));

        Assert.NotNull(await scene.Former.ReadAsync(CancellationToken.None));
        Assert.Null(await scene.Next.ReadAsync(CancellationToken.None));
    }

    [Fact]
    public async Task The_ledger_of_before_put_back_afterwards_is_refused()
    {
        await using var scene = await Scene.StoppedAsync(objects: false);
        var known = await scene.Slashing.GetStartAsync();
        Assert.True(await scene.Succession.RunAsync(scene.Found, CancellationToken.None));
        await scene.NameAsync(known!);

        Assert.False(await scene.Succession.RunAsync(scene.Found, CancellationToken.None));
    }

    private sealed class Scene : IAsyncDisposable
    {
        private static readonly Network Network = Network.Find("hoodi")!;

        private readonly SecretArena _arena = new();
        private readonly string _folder = Directory.CreateTempSubdirectory("succession").FullName;
        private readonly FakeTimeProvider _time = new(DateTimeOffset.FromUnixTimeSeconds((long)Network.GenesisTime!.Value));
        private readonly Guid _vault = Guid.NewGuid();
        private readonly FenceKeys _formerKeys;
        private readonly FenceKeys _nextKeys;
        private Ledger _ledger = null!;
        private AuditLog _audit = null!;
        private int _left = -1;

        private Scene(bool objects)
        {
            var kind = objects ? RollbackAnchorKind.Objects : RollbackAnchorKind.Counter;
            (_formerKeys, _nextKeys) = (NewKeys(0), NewKeys(1));
            (Former, Next) = (
                new ModelRollbackAnchor(new ModelMemory(kind)),
                new ModelRollbackAnchor(new ModelMemory(kind) { Identity = "model 2" })
            );
            (Former.Step, Next.Step) = (Step, Step);
        }

        public ModelRollbackAnchor Former { get; }

        public ModelRollbackAnchor Next { get; }

        public SlashingProtection Slashing { get; private set; } = null!;

        public ObservedState Found { get; private set; } = null!;

        /// <summary>A step fails, and the process lives on.</summary>
        public bool Fails { get; set; }

        public FenceSuccession Succession =>
            new(
                new RollbackAnchorPlace(Former, _formerKeys),
                new RollbackAnchorPlace(Next, _nextKeys),
                Slashing,
                StartLog.Succession(_audit)
            );

        public static async Task<Scene> StoppedAsync(bool objects)
        {
            var scene = new Scene(objects);
            scene._ledger = Ledger.Create(Path.Combine(scene._folder, "ledger.sqlite"));
            scene.Slashing = await SlashingProtection.OpenAsync(scene._ledger, Network);
            scene._audit = await AuditLog.OpenAsync(scene._ledger, scene._time);
            _ = await PendingActs.OpenAsync(scene._ledger);
            await scene.Former.CreateAsync(CancellationToken.None);
            var made = (await scene.Former.ReadAsync(CancellationToken.None))!;
            await scene.NameAsync(new LedgerStart(scene._vault, made.Identity, made.Count, 1));
            var end = await scene.EndAsync();
            await scene.Former.WriteRecordAsync(
                made,
                new FenceRecord(scene._vault, made.Count, SignedBounds.Before(new Epoch(9)), Anchors.Of(scene._vault, 1).Mark, null)
                    .EndedAt(end)
                    .Write(scene._formerKeys.Record),
                CancellationToken.None
            );
            scene.Found = new ObservedState(Anchors.Of(scene._vault, 2), await scene.Slashing.GetStartAsync(), end);
            return scene;
        }

        public void At(ulong epoch) =>
            _time.SetUtcNow(DateTimeOffset.FromUnixTimeSeconds((long)(Network.GenesisTime!.Value + (epoch * 32 * 12))));

        public Task NameAsync(LedgerStart start) =>
            Slashing.RecordStartAsync(start, null, (transaction, _) =>
                _audit.Append(transaction, new AuditEntry { Action = "test", Decision = AuditDecision.Event })
            );

        public Task<HistoryEnd> EndAsync() => _ledger.ReadAsync(transaction => HistoryEnd.Of(transaction, Slashing));

        public async Task<Fence> OpenFenceAsync()
        {
            var fence = new Fence(Network, new SlotClock(Network, null, _time), _time);
            Assert.IsType<StartDecision.Serve>(
                await new StartProtocol(Former, _formerKeys, Slashing, Found, StartLog.Entries(_audit), _time).RunAsync(
                    fence,
                    CancellationToken.None
                )
            );
            return fence;
        }

        /// <summary>Whether it came to the fault.</summary>
        public async Task<bool> KilledAsync(int step, Func<Task<bool>> work)
        {
            _left = step;
            try
            {
                Assert.True(await work());
                return false;
            }
            catch (Exception fault) when (fault is ProcessDiedException or RollbackAnchorException)
            {
                return true;
            }
            finally
            {
                _left = -1;
            }
        }

        /// <summary>What a start in the next place decides.</summary>
        public async Task<StartDecision> DecideAsync() =>
            StartRules.Decide(
                await (Found with { Ledger = await Slashing.GetStartAsync() }).CompareWithAsync(Next, _nextKeys, CancellationToken.None)
            );

        public async ValueTask DisposeAsync()
        {
            Slashing.Dispose();
            await _ledger.DisposeAsync();
            _arena.Dispose();
            Directory.Delete(_folder, recursive: true);
        }

        private FenceKeys NewKeys(uint epoch)
        {
            var keys = new FenceKeys(_arena.Allocate(32), _arena.Allocate(32), epoch);
            System.Security.Cryptography.RandomNumberGenerator.Fill(keys.Record.Span);
            return keys;
        }

        private void Step(string name)
        {
            if (_left-- == 0)
            {
                throw Fails ? ModelRollbackAnchor.Fault() : new ProcessDiedException();
            }
        }
    }
}
