using Microsoft.Extensions.Time.Testing;
using RemoteSigner.Native;
using RemoteSigner.Oracle;
using RemoteSigner.Sealing;
using RemoteSigner.Tests.RollbackProtection;

namespace RemoteSigner.Tests.Slashing.Differential;

/// <summary>
/// Two data directories, copies of them, and one anchor, in the program and in the model: each step is taken by both, and throws a
/// <see cref="DisagreementException"/> where their verdicts or their ledgers differ. Two permits that conflict are one as well, whatever
/// the model says.
/// </summary>
internal sealed partial class World : IAsyncDisposable
{
    private const long FirstEpoch = 20;
    private const long SlotsPerEpoch = 8;

    private static readonly string _memory = Directory.Exists("/dev/shm") ? "/dev/shm" : Path.GetTempPath();

    private readonly string _folder = Directory.CreateDirectory(Path.Combine(_memory, $"differential-{Guid.NewGuid():N}")).FullName;
    private readonly SecretArena _arena = new();
    private readonly ModelMemory _hardware = new(RollbackAnchorKind.Counter);
    private readonly FakeTimeProvider _time = new();
    private readonly Guid _vault = Guid.NewGuid();
    private readonly Place[] _places;
    private readonly Book _book;
    private readonly IModelLedger _empty;
    private readonly List<(string Folder, IModelLedger Model)> _copies = [];
    private readonly List<MemoryStream> _exports = [];
    private readonly Tally _tally;
    private long _epoch = FirstEpoch;

    private World(IModelLedger empty, Tally tally)
    {
        (_empty, _tally, _book) = (empty, tally, new Book(NewKeys()));
        _places = [new Place(Path.Combine(_folder, "first"), empty), new Place(Path.Combine(_folder, "second"), empty)];
    }

    /// <summary>Lives through these steps; a disagreement says after how many of them.</summary>
    public static async Task<(int Steps, DisagreementException? Disagreement)> LiveAsync(
        IReadOnlyList<Step> steps,
        IModelLedger empty,
        Tally tally
    )
    {
        await using var world = new World(empty, tally);
        var done = 0;
        try
        {
            await world.BeginAsync();
            while (done < steps.Count)
            {
                done += await world.TakeAsync(steps, done);
            }
        }
        catch (Exception failure)
        {
            return (Math.Min(done + 1, steps.Count), failure as DisagreementException ?? new DisagreementException(failure.ToString()));
        }

        return (done, null);
    }

    public async ValueTask DisposeAsync()
    {
        await KillAsync(_places[0]);
        await KillAsync(_places[1]);
        _arena.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    // Asks in a row for one place are one request, as long as they are.
    private async Task<int> TakeAsync(IReadOnlyList<Step> steps, int first)
    {
        var place = _places[steps[first].Place].Exists ? _places[steps[first].Place] : _places[0];
        if (steps[first] is not Step.Ask)
        {
            await MortallyAsync(place, () => TakeAsync(place, steps[first]));
            return 1;
        }

        var asks = steps.Skip(first).TakeWhile(step => step is Step.Ask && step.Place == steps[first].Place).Cast<Step.Ask>().ToList();
        await MortallyAsync(place, () => AskAsync(place, asks));
        return asks.Count;
    }

    /// <summary>The process may die on the way: a crash like any other.</summary>
    private async Task MortallyAsync(Place place, Func<Task> step)
    {
        try
        {
            await step();
        }
        catch (ProcessDiedException)
        {
            _tally.Note("process", "died at the anchor");
        }

        foreach (var dead in _places.Where(one => one.Life is { Anchor.Process.IsDead: true }))
        {
            await KillAsync(dead);
        }
    }

    private Task TakeAsync(Place place, Step step) =>
        step switch
        {
            Step.Prune(_, var keep) => PruneAsync(place, keep),
            Step.RaiseLow raise => RaiseLowAsync(place, raise),
            Step.StopSigning(_, var epochs) => StopSigningAsync(place, epochs),
            Step.Enrol enrol => EnrolAsync(place, enrol),
            Step.Turn(_, var key, var leaving) => TurnAsync(place, key, leaving),
            Step.HandOut(_, var key) => HandOutAsync(place, key),
            Step.TakeBack(_, var key) => TakeBackAsync(place, key),
            Step.Retire(_, var key, var end) => RetireAsync(place, key, end),
            Step.Finish(_, var key) => FinishAsync(place, key),
            Step.AllowAgain(_, var key) => AllowAgainAsync(place, key),
            Step.Import import => ImportAsync(place, import),
            Step.Export => ExportAsync(place),
            Step.ImportExport(_, var number, var reading) => ImportExportAsync(place, number, reading),
            Step.EndLowWatermark => EndLowWatermarkAsync(place),
            Step.Crash => CrashAsync(place),
            Step.Stop => StopAsync(place),
            Step.Copy => CopyAsync(place),
            Step.PutBack(var number, var copy) => PutBackAsync(_places[number], copy),
            Step.CountBack => CountBackAsync(),
            Step.Clear => ClearAsync(place),
            Step.Meanwhile(var uses) => Later(() => _meanwhile = uses),
            Step.DieAfter(_, var uses) => Later(() => _dieAfter = uses),
            Step.Fail(_, var times) => Later(() => _failures = times),
            Step.Pass(var seconds) => Later(() => _time.Advance(TimeSpan.FromSeconds(seconds))),
            _ => throw new System.Diagnostics.UnreachableException(),
        };

    private static Task Later(Action act)
    {
        act();
        return Task.CompletedTask;
    }

    // They belong to whoever gets them.
    private FenceKeys NewKeys() => new(_arena.Allocate(32), _arena.Allocate(32));

    /// <summary>Program and model have the same on their disks.</summary>
    private async Task CompareAsync(Place place, string after)
    {
        var (program, model) = (await place.Life!.DescribeAsync(_book), place.Model.Describe());
        DisagreementException.ThrowUnless(program.SequenceEqual(model), () =>
            $"after {after} the ledgers differ: {Difference(program, model)}"
        );
    }

    private static string Difference(IReadOnlyList<string> program, IReadOnlyList<string> model) =>
        $"\nprogram:\n  {string.Join("\n  ", program.Except(model))}\nmodel:\n  {string.Join("\n  ", model.Except(program))}";

    /// <summary>Both say the same of what was done.</summary>
    private void Agree(string what, string program, string model)
    {
        DisagreementException.ThrowUnless(program == model, () => $"{what}: the program says {program}, the model {model}");
        _tally.Note(what, model);
    }
}
