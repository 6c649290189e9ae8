using RemoteSigner.Oracle;
using RemoteSigner.Slashing;
using RemoteSigner.Spec;

namespace RemoteSigner.Tests.Slashing.Differential;

/// <content>What rewrites histories: pruning, watermarks, files.</content>
internal sealed partial class World
{
    private async Task PruneAsync(Place place, int keep)
    {
        var life = await LiveAsync(place);
        var after = place.Model.Prune(keep);
        var changes = !after.Describe().SequenceEqual(place.Model.Describe());
        var report = await life.Slashing.PruneAsync((ulong)keep, life.Evidence<PruneReport>(changes));
        DisagreementException.ThrowUnless(report.Validators.All(line => line.Failure is null), () => "pruning failed");
        _tally.Note("pruning", changes ? "dropped records" : "nothing");
        place.Model = after;
        await CompareAsync(place, $"pruning to {keep}");
    }

    private async Task RaiseLowAsync(Place place, Step.RaiseLow step)
    {
        var life = await LiveAsync(place);
        long? slot = step.Slot is { } s ? Math.Max(0, (_epoch * SlotsPerEpoch) + s) : null;
        long? epoch = step.Epoch is { } e ? Math.Max(0, _epoch + e) : null;
        int[] keys = step.Key == 0 ? [.. Steps.Shares, .. Steps.Groups] : [step.Key];
        var after = keys.Aggregate(place.Model, (model, key) => model.RaiseLow(key, slot, epoch));
        var changes = !after.Describe().SequenceEqual(place.Model.Describe());
        await life.Slashing.RaiseLowWatermarkAsync(
            slot is { } low ? new Slot((ulong)low) : null,
            epoch is { } from ? new Epoch((ulong)from) : null,
            step.Key == 0 ? null : [Duties.PublicKey(step.Key)],
            life.Evidence<int>(changes)
        );
        _tally.Note("low watermark", changes ? "rose" : "nothing");
        place.Model = after;
        await CompareAsync(place, step.ToString());
    }

    private async Task StopSigningAsync(Place place, int? epochs)
    {
        var life = await LiveAsync(place);
        (long Slot, long Epoch)? high = epochs is { } beyond ? ((_epoch + beyond) * SlotsPerEpoch, _epoch + beyond) : null;
        var after = place.Model.SetHigh(high);
        await life.Slashing.SetHighWatermarkAsync(
            high is var (slot, epoch) ? new HighWatermark(new Slot((ulong)slot), new Epoch((ulong)epoch)) : null,
            life.Evidence<HighWatermark?>(!after.Describe().SequenceEqual(place.Model.Describe()))
        );
        _tally.Note("high watermark", high is null ? "taken away" : "set");
        place.Model = after;
        await CompareAsync(place, $"the high watermark {high}");
    }

    private async Task ImportAsync(Place place, Step.Import step)
    {
        var lines = Lay(place.Model, step.File);
        (long Slot, long Epoch)? limit = step.Limit is { } beyond ? ((_epoch + beyond) * SlotsPerEpoch, _epoch + beyond) : null;
        await ImportAsync(
            place,
            "import",
            InterchangeText.Write(lines, _book),
            lines,
            new ModelTerms(step.Only, limit, step.Reading == _lowest)
        );
    }

    private async Task ExportAsync(Place place)
    {
        var life = await LiveAsync(place);
        var file = new MemoryStream();
        await life.Slashing.ExportAsync(file);
        _exports.Add(file);
        _tally.Note("export", "made");
    }

    private async Task ImportExportAsync(Place place, int number, InterchangeReading reading)
    {
        if (_exports.Count > 0)
        {
            var file = _exports[^(1 + (number % _exports.Count))];
            await ImportAsync(
                place,
                "import of an export",
                new MemoryStream(file.ToArray()),
                InterchangeText.Read(file, _book),
                new ModelTerms(null, null, reading == _lowest)
            );
        }
    }

    private async Task ImportAsync(Place place, string what, MemoryStream file, List<ModelLine> lines, ModelTerms terms)
    {
        var life = await LiveAsync(place);
        var (outcome, after) = place.Model.Import(InterchangeText.Gather(lines), terms);
        var changes = !after.Describe().SequenceEqual(place.Model.Describe());
        var program = await ImportOutcomeAsync(() =>
            life.Slashing.ImportAsync(file, TermsOf(terms), life.Evidence<InterchangeReport>(changes))
        );
        Agree($"{what}, {(terms.LowWatermarksAtLowest ? "low watermarks at its lowest" : "complete")}", program, outcome);
        place.Model = after;
        await CompareAsync(place, $"the {what} of {string.Join(' ', lines)}");
    }

    private static ImportTerms TermsOf(ModelTerms terms) =>
        new(terms.LowWatermarksAtLowest ? _lowest : InterchangeReading.Complete)
        {
            Only = terms.Only?.Select(Duties.PublicKey).ToHashSet(),
            Limit = terms.Limit is var (slot, epoch) ? new HistoryLimit(new Slot((ulong)slot), new Epoch((ulong)epoch)) : null,
        };

    /// <summary>In the model's words.</summary>
    private static async Task<string> ImportOutcomeAsync(Func<Task> import)
    {
        try
        {
            await import();
            return IModelLedger.Taken;
        }
        catch (InterchangeContradictionException)
        {
            return "Contradiction";
        }
        catch (InterchangeException e) when (e.Message.Contains("nobody can have signed beyond", StringComparison.Ordinal))
        {
            return "BeyondLimit";
        }
    }

    private List<ModelLine> Lay(IModelLedger model, Step.Line[] file) =>
        [.. file.Select(line => new ModelLine(line.Key, [.. line.Told.Select(told => Tell(model, line.Key, told))]))];

    // Root 0 is none, 1 and 2 are those of messages that are asked for as well, 3 that of another content.
    private ModelDuty Tell(IModelLedger model, int key, Step.Shape told)
    {
        var duty = Lay(model, key, told);
        var alike = told.Root == 3 ? duty with { Target = duty.Target + 1 } : duty;
        SlashableContent content = duty.IsBlock ? Duties.Block((ulong)alike.Target) : Duties.Vote((ulong)alike.Source, (ulong)alike.Target);
        return duty with
        {
            Root = told.Root == 0 ? null : _book.NumberOf(_book.Message(content, told.Root == 3 ? 1 : told.Root).SigningRoot),
        };
    }
}
