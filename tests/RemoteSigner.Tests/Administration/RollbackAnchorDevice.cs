using RemoteSigner.Administration;
using RemoteSigner.Administration.RollbackProtection;
using RemoteSigner.Clocks;
using RemoteSigner.RollbackProtection;
using RemoteSigner.Tests.RollbackProtection;

namespace RemoteSigner.Tests.Administration;

/// <summary>
/// Two models of an anchor of rollback protection. What counts is with which of them, or with none, the next start signs, and above
/// which low watermarks.
/// </summary>
internal sealed class RollbackAnchorDevice(Func<RollbackAnchorDevice, ActPlace, Task> prepare) : IActDevice
{
    private ModelMemory[] _prepared = [new(RollbackAnchorKind.Counter), new(RollbackAnchorKind.Counter) { Identity = "model 2" }];
    private ModelMemory[] _now = [new(RollbackAnchorKind.Counter), new(RollbackAnchorKind.Counter)];

    public string? Silent => "first refuses, second refuses, none refuses";

    public IRollbackAnchor First => new ModelRollbackAnchor(_now[0]);

    public IRollbackAnchor Second => new ModelRollbackAnchor(_now[1]);

    public ModelMemory FirstMemory => _now[0];

    public async Task PrepareAsync(ActPlace place)
    {
        _now = _prepared;
        await prepare(this, place);
        _prepared = [.. _now.Select(memory => memory.Copy())];
    }

    public Task BeginAsync(ActPlace place)
    {
        _now = [.. _prepared.Select(memory => memory.Copy())];
        return Task.CompletedTask;
    }

    public async Task<string> StateAsync(ActPlace place)
    {
        var image = FolderImage.Of(place.Folder);
        var states = new List<string>();
        foreach (var (name, memory) in new[] { ("first", _now[0]), ("second", _now[1]), ("none", null) })
        {
            states.Add($"{name} {await StartAsync(place, memory?.Copy())}");
            image.PutBack(place.Folder);
        }

        return string.Join(", ", states);
    }

    /// <summary>Enrols the first one: the next start with it serves.</summary>
    public async Task EnrolAsync(ActPlace place)
    {
        await using var world = await ActWorld.OpenAsync(place.Stock, place.Folder);
        await world.Administrator.ExecuteAsync(new EnrolAnchor(world.Place.Stand(First), null), new Actor.LocalUser("operator"));
    }

    /// <summary>A start with the first one, and a crash.</summary>
    public Task CrashAsync(ActPlace place) => StartAsync(place, _now[0]);

    private static async Task<string> StartAsync(ActPlace place, ModelMemory? memory)
    {
        await using var world = await ActWorld.OpenAsync(place.Stock, place.Folder);
        using var fence = new Fence(
            ActStock.Network,
            new SlotClock(ActStock.Network, SlotWindow.Default, TimeProvider.System),
            TimeProvider.System
        );
        var decision = await DecideAsync(world, fence, memory is null ? null : new ModelRollbackAnchor(memory));
        return decision is StartDecision.Refuse ? "refuses"
            : await world.Slashing.GetGlobalLowWatermarkAsync() is { } lowWatermark ? $"signs above epoch {lowWatermark.Fence}"
            : "signs above no low watermark";
    }

    private static async Task<StartDecision> DecideAsync(ActWorld world, Fence fence, ModelRollbackAnchor? anchor)
    {
        var standing = world.Place.Stand(anchor!);
        return anchor is not null
            ? await new StartProtocol(
                anchor,
                standing.Keys,
                world.Slashing,
                standing.Found,
                StartLog.Entries(world.Audit),
                TimeProvider.System
            ).RunAsync(fence, CancellationToken.None)
            : fence.SwitchOff(standing.Found.Ledger) ?? (StartDecision)new StartDecision.Serve();
    }
}
