using RemoteSigner.Oracle;
using RemoteSigner.Slashing;
using RemoteSigner.Spec;

namespace RemoteSigner.Tests.Slashing.Differential;

/// <content>The life of keys.</content>
internal sealed partial class World
{
    private static readonly InterchangeReading _lowest = InterchangeReading.LowWatermarksAtLowest;

    private async Task EnrolAsync(Place place, Step.Enrol step)
    {
        var life = await LiveAsync(place);
        var history = Lay(place.Model, step.History);
        var (outcome, registrations, after) = Enrol(place.Model, step, InterchangeText.Gather(history));
        var enrolled = registrations.TrueForAll(one => one.Registration == IModelLedger.Enrolled);
        var done = outcome == IModelLedger.Taken && enrolled ? after : place.Model;
        var program = await ImportOutcomeAsync(async () =>
        {
            var report = await life.Slashing.EnrolAsync(
                Enrolment(step, history),
                life.Evidence<KeyRegistrationReport>(!done.Describe().SequenceEqual(place.Model.Describe()))
            );
            var refused = report.Refused.Select(one => ((int)one.Key.PublicKey.Bytes[1], one.Reason.GetType().Name)).ToList();
            DisagreementException.ThrowUnless(
                refused.SequenceEqual(registrations.Where(one => one.Registration != IModelLedger.Enrolled)),
                () => $"the program refused {string.Join(' ', refused)}, the model says {string.Join(' ', registrations)}"
            );
        });
        Agree(step.History.Length == 0 ? "enrolment" : "enrolment with history", program, outcome);
        place.Model = done;
        await CompareAsync(place, step.ToString());
    }

    // All keys are judged, each on what those before it left, and then all are kept or none.
    private (string Outcome, List<(int Key, string Registration)> Registrations, IModelLedger After) Enrol(
        IModelLedger model,
        Step.Enrol step,
        IReadOnlyList<ModelLine> history
    )
    {
        var (outcome, after) =
            step.History.Length == 0
                ? (IModelLedger.Taken, model)
                : model.Import(history, new ModelTerms(null, null, LowWatermarksAtLowest: true));
        var registrations = new List<(int Key, string Registration)>();
        foreach (var entry in outcome == IModelLedger.Taken ? step.Keys : [])
        {
            int? group = entry.Group == 0 ? null : entry.Group;
            var regrouped = step.Keys.Any(other => other.Key == entry.Key && other.Regrouped);
            var (registration, next) = ("OtherGroup", after);
            if ((regrouped ? after.Release(entry.Key, group) : after) is { } released)
            {
                (registration, next) = released.Register(
                    entry.Key,
                    group,
                    entry.Stated.ToString(),
                    (_epoch * SlotsPerEpoch, _epoch - 1, _epoch)
                );
                _tally.Note(regrouped ? "key that changes its group" : $"key {entry.Stated}", registration);
            }

            after = next;
            registrations.Add((entry.Key, registration));
        }

        return (outcome, registrations, after);
    }

    private KeyRegistration Enrolment(Step.Enrol step, IReadOnlyList<ModelLine> history) =>
        new([.. step.Keys.Select(entry => (Duties.Key(entry.Key, entry.Group == 0 ? null : entry.Group), entry.Stated))])
        {
            Regrouped = [.. step.Keys.Where(entry => entry.Regrouped).Select(entry => Duties.PublicKey(entry.Key))],
            History = step.History.Length == 0 ? null : InterchangeText.Write(history, _book),
            Terms = new ImportTerms(_lowest),
            From = new StartingPoint(new Slot((ulong)(_epoch * SlotsPerEpoch)), new Epoch((ulong)_epoch - 1), new Epoch((ulong)_epoch)),
        };

    /// <summary>A share in one of these states: this one, or the first.</summary>
    private static int Like(IModelLedger model, int key, params string[] states) =>
        states.Contains(model.StateOf(key))
            ? key
            : Steps.Shares.Where(share => states.Contains(model.StateOf(share))).DefaultIfEmpty(key).First();

    private async Task TurnAsync(Place place, int wanted, int leaving)
    {
        var life = await LiveAsync(place);
        var key = Like(place.Model, wanted, "Enrolling", "Parked", "Exported");
        var isBack = place.Model.StateOf(key) is "Parked" or "Exported";
        // An exported one parks by its own step alone.
        var after = leaving == 0 || place.Model.StateOf(leaving) == "Exported" ? place.Model : place.Model.Become(leaving, "Parked");
        var isParked = leaving != 0 && after.StateOf(leaving) != place.Model.StateOf(leaving);
        after = isBack ? after.Become(key, "Enrolling").Become(key, "Active") : after.Become(key, "Active");
        var one = Duties.PublicKey(key);
        var turnover = await life.Slashing.TurnAsync(
            new KeyTurn(isBack ? [] : [one]) { Returning = isBack ? [one] : [], Leaving = leaving == 0 ? [] : [Duties.PublicKey(leaving)] },
            life.Evidence<KeyTurnover>(true)
        );
        Agree(
            "activation",
            turnover.Activated.Count > 0 ? "active" : "nothing",
            after.StateOf(key) == "Active" && place.Model.StateOf(key) != "Active" ? "active" : "nothing"
        );
        Agree("parking", turnover.Parked.Count > 0 ? "parked" : "nothing", isParked ? "parked" : "nothing");
        place.Model = after;
        await CompareAsync(place, $"the turn of {key} for {leaving}");
    }

    private async Task HandOutAsync(Place place, int wanted)
    {
        var life = await LiveAsync(place);
        var key = Like(place.Model, wanted, "Active");
        var one = Duties.PublicKey(key);
        var after = place.Model.Become(key, "Exported");
        var moved = await life.Slashing.ExportKeysAsync([one], life.Evidence<IReadOnlyList<BlsPublicKey>>(true));
        Agree("handing out", moved.Count > 0 ? "exported" : "nothing", after.StateOf(key) == "Exported" ? "exported" : "nothing");
        place.Model = after;
        await CompareAsync(place, $"the handing out of {key}");
    }

    private async Task TakeBackAsync(Place place, int wanted)
    {
        var life = await LiveAsync(place);
        var key = Like(place.Model, wanted, "Exported");
        var wasOut = place.Model.StateOf(key) == "Exported";
        var isAlone = !place.Model.KeysWith(key).Any(other => other != key && place.Model.StateOf(other) is "Active" or "Enrolling");
        var after =
            !wasOut ? place.Model
            : isAlone ? place.Model.Become(key, "Enrolling").Become(key, "Active")
            : place.Model.Become(key, "Parked");
        var turnover = await life.Slashing.EndExportAsync([Duties.PublicKey(key)], false, life.Evidence<KeyTurnover>(true));
        Agree(
            "taking back",
            turnover.Activated.Count > 0 ? "active"
                : turnover.Parked.Count > 0 ? "parked"
                : "nothing",
            !wasOut ? "nothing"
                : isAlone ? "active"
                : "parked"
        );
        place.Model = after;
        await CompareAsync(place, $"the taking back of {key}");
    }

    private async Task RetireAsync(Place place, int key, KeyEnd end)
    {
        var life = await LiveAsync(place);
        await MoveAsync(
            place,
            "retirement",
            key,
            end == KeyEnd.Retired || place.Model.StateOf(key) == "Exported" ? "Retiring" : "Releasing",
            () => life.Slashing.RetireAsync([Duties.PublicKey(key)], end, life.Evidence<IReadOnlyList<BlsPublicKey>>(true))
        );
    }

    private async Task FinishAsync(Place place, int wanted)
    {
        var life = await LiveAsync(place);
        var key = Like(place.Model, wanted, "Retiring", "Releasing");
        var to = place.Model.StateOf(key) switch
        {
            "Retiring" => "Retired",
            "Releasing" => "Released",
            _ => null,
        };
        await MoveAsync(place, "end of a key", key, to, () =>
            life.Slashing.FinishRetiringAsync([Duties.PublicKey(key)], life.Evidence<IReadOnlyList<BlsPublicKey>>(true))
        );
    }

    private async Task AllowAgainAsync(Place place, int wanted)
    {
        var life = await LiveAsync(place);
        var key = Like(place.Model, wanted, "Retired");
        var to = place.Model.StateOf(key) == "Retired" ? "Released" : null;
        await MoveAsync(place, "leave to come back", key, to, () =>
            life.Slashing.AllowAgainAsync(Duties.PublicKey(key), life.Evidence<IReadOnlyList<BlsPublicKey>>(true))
        );
    }

    private async Task MoveAsync(Place place, string what, int key, string? to, Func<Task<IReadOnlyList<BlsPublicKey>>> program)
    {
        var before = place.Model.StateOf(key);
        var after = to is null ? place.Model : place.Model.Become(key, to);
        var moved = await program();
        Agree(what, moved.Count > 0 ? to ?? "moved" : "nothing", after.StateOf(key) != before ? to! : "nothing");
        place.Model = after;
        await CompareAsync(place, $"{what} {key}");
    }
}
