using System.Diagnostics;
using RemoteSigner.Oracle;

namespace RemoteSigner.Tests.Slashing.Differential;

/// <summary>Many small worlds, drawn from one seed, until they have lived through so many steps together.</summary>
/// <param name="empty">The empty ledger of the model, or of a mutation of it.</param>
internal sealed class DifferentialRun(ulong seed, long steps, IModelLedger empty)
{
    private const int StepsOfWorld = 1500;
    private const int MaxReruns = 1500;

    private readonly Lock _gate = new();
    private long _worlds;
    private (ulong World, List<Step> Steps)? _failed;

    public Tally Tally { get; } = new();

    public long Done { get; private set; }

    public TimeSpan Took { get; private set; }

    /// <summary>
    /// Null when program and model agreed throughout; else where they part, with the fewest steps of that world that show it.
    /// </summary>
    public async Task<string?> FindDisagreementAsync() =>
        await DisagreesAsync() && _failed is var (world, failing) ? await ExplainAsync(world, failing) : null;

    /// <summary>Do program and model part anywhere?</summary>
    public async Task<bool> DisagreesAsync()
    {
        var started = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, Environment.ProcessorCount).Select(_ => Task.Run(LiveAsync)));
        Took = Stopwatch.GetElapsedTime(started);
        return _failed is not null;
    }

    private async Task LiveAsync()
    {
        while (Next() is { } number)
        {
            var (tally, drawn) = (new Tally(), Draw(number));
            var (done, disagreement) = await World.LiveAsync(drawn, empty, tally);
            lock (_gate)
            {
                Done += done;
                Tally.Add(tally);

                // The first world, so that every run of a seed says the same.
                if (disagreement is not null && (_failed is null || number < _failed.Value.World))
                {
                    _failed = (number, drawn);
                }
            }
        }
    }

    private ulong? Next()
    {
        lock (_gate)
        {
            return _failed is null && _worlds * StepsOfWorld < steps ? (ulong)_worlds++ : null;
        }
    }

    private List<Step> Draw(ulong world) => Steps.Draw(new Chance(new Chance(seed).Next() ^ new Chance(world).Next()), StepsOfWorld);

    private async Task<string> ExplainAsync(ulong world, List<Step> failing)
    {
        var (fewest, disagreement) = await ShrinkAsync(failing);
        return $"{Environment.NewLine}seed {seed}, world {world}: {disagreement?.Message}{Environment.NewLine}after these "
            + $"{fewest.Count} of its {failing.Count} steps:{Environment.NewLine}{string.Join(Environment.NewLine, fewest)}";
    }

    /// <summary>Leaves out whatever may be left out: first what comes later, then ever smaller pieces.</summary>
    private async Task<(List<Step> Steps, DisagreementException? Disagreement)> ShrinkAsync(List<Step> failing)
    {
        var (steps, disagreement) = await CutAsync(failing);
        var reruns = 0;
        for (var piece = steps.Count / 2; piece > 0 && reruns < MaxReruns; piece /= 2)
        {
            for (var at = 0; at < steps.Count && reruns < MaxReruns; reruns++)
            {
                var without = await CutAsync([.. steps[..at], .. steps[Math.Min(at + piece, steps.Count)..]]);
                if (without.Disagreement is not null)
                {
                    (steps, disagreement) = without;
                }
                else
                {
                    at += piece;
                }
            }
        }

        return (steps, disagreement);
    }

    private async Task<(List<Step> Steps, DisagreementException? Disagreement)> CutAsync(List<Step> steps)
    {
        var (_, disagreement) = await World.LiveAsync(steps, empty, new Tally());
        return (steps, disagreement);
    }
}
