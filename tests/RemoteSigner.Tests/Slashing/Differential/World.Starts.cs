using RemoteSigner.Administration.RollbackProtection;
using RemoteSigner.Audit;
using RemoteSigner.Host;
using RemoteSigner.Ledgers;
using RemoteSigner.Oracle;
using RemoteSigner.RollbackProtection;
using RemoteSigner.Slashing;
using RemoteSigner.Spec;
using RemoteSigner.Tests.RollbackProtection;
using RemoteSigner.Tests.Sealing;

namespace RemoteSigner.Tests.Slashing.Differential;

/// <content>Starts, ends, copies, and whoever else uses the anchor.</content>
internal sealed partial class World
{
    private int _meanwhile = -1;
    private int _dieAfter = -1;
    private int _failures;

    /// <summary>A directory with keys that never signed, enrolled with the anchor.</summary>
    private async Task BeginAsync()
    {
        await using var ledger = Ledger.Create(_places[0].File);
        using var slashing = await SlashingProtection.OpenAsync(ledger, TemporarySigner.Minimal);
        await AuditLog.OpenAsync(ledger, _time);
        (int Key, int? Group)[] keys = [(1, 11), (2, 11), (3, null)];
        foreach (var (key, group) in keys)
        {
            await slashing.EnrolAsync(new KeyRegistration([(Duties.Key(key, group), DeclaredHistory.NeverSigned)]), (_, _) => 1);
            await slashing.TurnAsync(new KeyTurn([Duties.PublicKey(key)]), (_, _) => 1);
            _places[0].Model = _places[0].Model.Register(key, group, "NeverSigned", default).After.Become(key, "Active");
        }

        var end = await LedgerSnapshot.EndAsync(ledger, slashing);
        using var fenceKeys = NewKeys();
        var standing = new ModelRollbackAnchor(_hardware).Stand(
            fenceKeys,
            new ObservedState(Anchors.Of(_vault, 1), null, end),
            TemporarySigner.Minimal,
            _time
        );
        await new EnrolAnchor(standing, new Epoch(0)).DoAsync(ledger, slashing, standing);
        _places[0].Model = _places[0].Model.Note((long)_hardware.Counter, "Serve", _book.Enter(_hardware.Record, _places[0].Model));
    }

    /// <summary>The signer that runs there, or a new one.</summary>
    private async Task<Life> LiveAsync(Place place) => place.Life ?? await StartAsync(place);

    private async Task<Life> StartAsync(Place place)
    {
        var process = new MortalRollbackAnchor(_hardware) { StepsLeft = _dieAfter, Faults = _failures };
        (_dieAfter, _failures) = (-1, 0);
        if (place == _places[0])
        {
            process.Turn = _ => MeanwhileAsync();
        }

        var life = await Life.OpenAsync(place.File, new ObservedRollbackAnchor(process, _book, place), _time);
        place.Life = life;
        var keys = NewKeys();
        Judge(life, await life.StartAsync(keys, _vault, _time));
        if (life.IsClosed)
        {
            keys.Dispose();
            return life;
        }

        life.Anchor.Open();
        await FollowLowWatermarkAsync(place);
        await life.RecordStartAsync();
        await CompareAsync(place, "a start");
        return life;
    }

    private void Judge(Life life, StartDecision decision)
    {
        var (model, isBeaten) = (life.Anchor.Decision!, !life.Anchor.SeesItsClaim);
        switch (decision)
        {
            // It was let go on, and another one came between.
            case StartDecision.Refuse(var refusal) when refusal.Reason == RollbackReason.StartedElsewhere:
                DisagreementException.ThrowUnless(model != "Refuse" && isBeaten, () =>
                    $"the start was refused as {refusal}, the model says {model}"
                );
                _tally.Note("start", "StartedElsewhere");
                break;
            case StartDecision.Refuse(var refusal):
                DisagreementException.ThrowUnless(model == "Refuse", () => $"the start was refused as {refusal}, the model says {model}");
                _tally.Note("start", refusal.Reason.ToString());
                break;
            default:
                Agree("start", decision.GetType().Name, isBeaten ? "StartedElsewhere" : model);
                break;
        }
    }

    /// <summary>
    /// A low watermark under all keys ends where the marks that it awaits are there: when that is, the model does not say; what it does
    /// then, it does.
    /// </summary>
    private async Task FollowLowWatermarkAsync(Place place)
    {
        var lowWatermark = await place.Life!.Slashing.GetGlobalLowWatermarkAsync();
        if ((lowWatermark is null ? (ModelBounds?)null : Book.Of(lowWatermark.Lost)) is var now && now != place.Model.LowWatermark)
        {
            DisagreementException.ThrowUnless(
                place.Model.LowWatermark is { } former && (now is not { } beneath || place.Model.AtMost(beneath, former)),
                () => $"the low watermark {place.Model.LowWatermark} became {now}"
            );
            place.Model = place.Model.EndLowWatermark(now);
            _tally.Note("low watermark under all keys", now is null ? "ended" : "fell to an earlier one");
        }
    }

    private async Task EndLowWatermarkAsync(Place place)
    {
        var life = await LiveAsync(place);
        await life.Slashing.EndLowWatermarkIfCompleteAsync(life.Evidence<GlobalLowWatermark>(true));
        await FollowLowWatermarkAsync(place);
        await CompareAsync(place, "the end of a low watermark");
    }

    private async Task CrashAsync(Place place)
    {
        _tally.Note("crash", place.Life is null ? "was not running" : "killed");
        await KillAsync(place);
        await LiveAsync(place);
    }

    private async Task StopAsync(Place place)
    {
        if (place.Life is { } life)
        {
            _tally.Note("stop", await life.StopAsync() ? "orderly" : "not on the anchor");
            await KillAsync(place);
        }
    }

    private Task CopyAsync(Place place)
    {
        var folder = Directory.CreateDirectory(Path.Combine(_folder, $"copy-{_copies.Count}")).FullName;
        foreach (var file in Directory.EnumerateFiles(place.Folder, "ledger.sqlite*"))
        {
            File.Copy(file, Path.Combine(folder, Path.GetFileName(file)));
        }

        _copies.Add((folder, place.Model));
        return Task.CompletedTask;
    }

    private async Task PutBackAsync(Place place, int number)
    {
        if (_copies.Count > 0)
        {
            var (folder, model) = _copies[^(1 + (number % _copies.Count))];
            await KillAsync(place);
            place.Take(folder, model);
            _tally.Note("copy put back", place == _places[0] ? "over the first directory" : "as a second one");
        }
    }

    private async Task CountBackAsync()
    {
        await KillAsync(_places[0]);
        await KillAsync(_places[1]);
        _hardware.Counter -= Math.Min(_hardware.Counter, 2);
        _tally.Note("anchor", "counts fewer starts than before");
    }

    /// <summary>
    /// While the first one is between two steps of the anchor, a second one starts on a copy of what it has on its disk.
    /// </summary>
    private async Task MeanwhileAsync()
    {
        if (_meanwhile < 0 || --_meanwhile >= 0)
        {
            return;
        }

        await KillAsync(_places[1]);
        _places[1].Take(_places[0].Folder, _places[0].Model);
        _tally.Note("second start meanwhile", _places[0].Life is { Anchor.Start: null } ? "beside a start" : "beside a run");
        await MortallyAsync(_places[1], () => StartAsync(_places[1]));
    }

    private async Task ClearAsync(Place place)
    {
        if (place.Life is not { IsClosed: true })
        {
            return;
        }

        // The person restarts it first, and no signer may run while it is cleared.
        await KillAsync(_places[0]);
        await KillAsync(_places[1]);
        if ((await LiveAsync(place)).IsClosed)
        {
            await KillAsync(place);
            await AdoptAsync(place);
        }
    }

    private async Task AdoptAsync(Place place)
    {
        await using var ledger = Ledger.Open(place.File);
        using var slashing = await SlashingProtection.OpenAsync(ledger, TemporarySigner.Minimal);
        await AuditLog.OpenAsync(ledger, _time);
        var found = await LedgerSnapshot.ReadAsync(ledger, slashing);
        using var keys = NewKeys();
        var standing = new ModelRollbackAnchor(_hardware).Stand(keys, found.With(Anchors.Of(_vault, 1)), TemporarySigner.Minimal, _time);
        if (StartRules.Decide(await standing.LookAsync()) is StartDecision.Refuse(var refusal))
        {
            var lost = await new ClearRefusal(standing, refusal.Reason, new Epoch((ulong)_epoch + 12)).DoAsync(ledger, slashing, standing);
            var record = _book.Enter(_hardware.Record, stopped: null);
            place.Model = place.Model.RaiseLowWatermark(Book.Of(lost)).Note((long)_hardware.Counter, "Serve", record);
            _tally.Note("cleared by a person", refusal.Reason.ToString());
        }
    }

    private static async Task KillAsync(Place place)
    {
        if (place.Life is { } life)
        {
            place.Life = null;
            await life.DisposeAsync();
        }
    }
}
