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

namespace RemoteSigner.Tests.RollbackProtection;

/// <summary>
/// A signer on hoodi that was stopped with its fence in epoch 9, kept in one place of a model of hardware; its vault got another root key,
/// and there is another place for the fence.
/// </summary>
internal sealed class FenceSuccessionScene : IAsyncDisposable
{
    public static readonly Network Network = Network.Find("hoodi")!;

    private readonly SecretArena _arena = new();
    private readonly string _folder = Directory.CreateTempSubdirectory("succession").FullName;
    private readonly FakeTimeProvider _time = new(DateTimeOffset.FromUnixTimeSeconds((long)Network.GenesisTime!.Value));
    private readonly Guid _vault = Guid.NewGuid();
    private readonly FenceKeys _formerKeys;
    private readonly FenceKeys _nextKeys;
    private Ledger _ledger = null!;
    private AuditLog _audit = null!;
    private int _left = -1;

    private FenceSuccessionScene(bool objects)
    {
        var kind = objects ? RollbackAnchorKind.Objects : RollbackAnchorKind.Counter;
        (_formerKeys, _nextKeys) = (NewKeys(0), NewKeys(1));
        (Former, Next) = (
            new ModelRollbackAnchor(new ModelMemory(kind)),
            new ModelRollbackAnchor(new ModelMemory(kind) { Identity = "model 2" })
        );
        (Former.Step, Next.Step) = (Step, Step);
    }

    public RollbackAnchorPlace FormerPlace => new(Former, _formerKeys);

    public RollbackAnchorPlace NextPlace => new(Next, _nextKeys);

    public ModelRollbackAnchor Former { get; }

    public ModelRollbackAnchor Next { get; }

    public SlashingProtection Slashing { get; private set; } = null!;

    public ObservedState Found { get; private set; } = null!;

    /// <summary>A step fails, and the process lives on.</summary>
    public bool Fails { get; set; }

    public FenceSuccession Succession => new(FormerPlace, NextPlace, Slashing, StartLog.Succession(_audit));

    /// <param name="isNamed">The ledger knows the start that the former place counted.</param>
    public static async Task<FenceSuccessionScene> StoppedAsync(bool objects, bool isNamed = true)
    {
        var scene = new FenceSuccessionScene(objects);
        scene._ledger = Ledger.Create(Path.Combine(scene._folder, "ledger.sqlite"));
        scene.Slashing = await SlashingProtection.OpenAsync(scene._ledger, Network);
        scene._audit = await AuditLog.OpenAsync(scene._ledger, scene._time);
        _ = await PendingActs.OpenAsync(scene._ledger);
        await scene.Former.CreateAsync(CancellationToken.None);
        var made = (await scene.Former.ReadAsync(CancellationToken.None))!;
        if (isNamed)
        {
            await scene.NameAsync(new LedgerStart(scene._vault, made.Identity, made.Count, 1));
        }

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

    public Fence NewFence() => new(Network, new SlotClock(Network, null, _time), _time);

    public StartProtocol Start(ObservedState found) => new(Former, _formerKeys, Slashing, found, StartLog.Entries(_audit), _time);

    public async Task<Fence> OpenFenceAsync()
    {
        var fence = NewFence();
        Assert.IsType<StartDecision.Serve>(await Start(Found).RunAsync(fence, CancellationToken.None));
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
