using RemoteSigner.Slashing;

namespace RemoteSigner.Tests.Slashing.Differential;

/// <summary>Draws steps: mostly duties, and everything else that a signer lives through.</summary>
internal static class Steps
{
    /// <summary>Shares, the last of which is also named as a group.</summary>
    public static readonly int[] Shares = [1, 2, 3, 4, 5, 6];

    public static readonly int[] Groups = [11, 12, 6];

    public static List<Step> Draw(Chance chance, int count)
    {
        var steps = new List<Step>(count);
        while (steps.Count < count)
        {
            var place = chance.OneIn(6) ? 1 : 0;
            for (var duties = chance.Between(1, 40); duties > 0; duties--)
            {
                steps.Add(Ask(chance, place));
            }

            if (chance.OneIn(25))
            {
                Exchange(chance, place, steps);
            }
            else
            {
                steps.Add(Other(chance, place));
            }
        }

        return steps[..count];
    }

    // A copy of before an orderly stop comes back, and then the history that it lacks: where that is complete, the low watermark ends.
    private static void Exchange(Chance chance, int place, List<Step> steps)
    {
        steps.Add(new Step.Clear(place));
        steps.Add(new Step.Copy(place));
        steps.AddRange(Enumerable.Range(0, 10).Select(_ => Ask(chance, place)));
        steps.AddRange([
            new Step.Export(place),
            new Step.Stop(place),
            new Step.PutBack(place, 0),
            new Step.ImportExport(place, 0, Reading(chance)),
            new Step.EndLowWatermark(place),
        ]);
    }

    private static Step.Ask Ask(Chance chance, int place) =>
        new(
            place,
            Share(chance),
            chance.One(0, 1, 1, 1, 1, 2),
            Duty(
                chance,
                chance.Between(0, 19) switch
                {
                    0 => Step.Kind.Other,
                    < 7 => Step.Kind.Block,
                    _ => Step.Kind.Vote,
                },
                minRoot: 1
            ),
            chance.OneIn(25)
        );

    private static int Share(Chance chance) => chance.One(1, 1, 1, 2, 2, 3, 3, 3, 4, 5, 6);

    private static Step.Shape Duty(Chance chance, Step.Kind kind, int minRoot)
    {
        var near = chance.Between(0, 9) switch
        {
            0 => Step.Near.OwnLowWatermark,
            1 => Step.Near.LowWatermarkOfAll,
            < 5 => Step.Near.Earlier,
            _ => Step.Near.Newest,
        };
        return near == Step.Near.Newest
            ? new Step.Shape(
                kind,
                near,
                chance.One(0, 1, 1, 1, 1, 2, 2, 3, 4, 6, -1),
                chance.One(1, 0, 0, 0, 0, -1, -1, -2, -3),
                chance.Between(minRoot, 2),
                0
            )
            : new Step.Shape(
                kind,
                near,
                chance.One(-2, -1, -1, 0, 0, 0, 1, 1, 2),
                chance.One(-2, -1, -1, 0, 0, 0, 1, 1, 2),
                chance.Between(minRoot, 3),
                chance.Between(0, 30)
            );
    }

    private static Step Other(Chance chance, int place) =>
        chance.Between(0, 99) switch
        {
            < 8 => new Step.Prune(place, chance.Between(0, 12)),
            < 12 => new Step.RaiseLow(
                place,
                chance.OneIn(4) ? 0 : Any(chance),
                chance.OneIn(2) ? chance.Between(-40, 2) : null,
                chance.OneIn(2) ? chance.Between(-8, 0) : null
            ),
            < 15 => new Step.StopSigning(place, chance.OneIn(4) ? chance.Between(-1, 1) : null),
            < 25 => new Step.Enrol(place, Entries(chance), chance.OneIn(3) ? File(chance) : []),
            < 34 => new Step.Turn(place, Any(chance), chance.OneIn(6) ? Any(chance) : 0),
            < 37 => chance.OneIn(3) ? new Step.HandOut(place, Any(chance)) : new Step.TakeBack(place, Any(chance)),
            < 40 => new Step.Retire(place, Any(chance), chance.One(KeyEnd.Retired, KeyEnd.Released)),
            < 45 => new Step.Finish(place, Any(chance)),
            < 50 => new Step.AllowAgain(place, Any(chance)),
            < 60 => new Step.Import(
                place,
                File(chance),
                chance.OneIn(4) ? [Any(chance), Any(chance)] : null,
                chance.OneIn(3) ? chance.Between(-1, 2) : null,
                Reading(chance)
            ),
            < 63 => new Step.Export(place),
            < 68 => new Step.ImportExport(place, chance.Between(0, 3), Reading(chance)),
            _ => Trouble(chance, place),
        };

    private static Step Trouble(Chance chance, int place) =>
        chance.Between(0, 31) switch
        {
            < 5 => new Step.Crash(place),
            < 9 => new Step.Stop(place),
            < 13 => new Step.Copy(place),
            < 16 => new Step.PutBack(place, chance.Between(0, 5)),
            < 19 => new Step.PutBack(place, 0),
            < 21 => new Step.Clear(place),
            < 22 => new Step.CountBack(place),
            < 24 => new Step.EndLowWatermark(place),
            < 26 => new Step.Meanwhile(chance.Between(0, 12)),
            < 28 => new Step.DieAfter(place, chance.Between(0, 9)),
            < 30 => new Step.Fail(place, chance.Between(1, 4)),
            _ => new Step.Pass(chance.Between(1, 90)),
        };

    private static InterchangeReading Reading(Chance chance) =>
        chance.One(InterchangeReading.LowWatermarksAtLowest, InterchangeReading.Complete);

    private static int Any(Chance chance) => chance.OneIn(5) ? chance.One(Groups) : chance.One(Shares);

    private static Step.Entry[] Entries(Chance chance)
    {
        var keys = new Step.Entry[chance.One(1, 1, 1, 2)];
        for (var i = 0; i < keys.Length; i++)
        {
            var key = chance.OneIn(12) ? chance.One(Groups) : chance.One(Shares);
            var stated = chance.One(
                DeclaredHistory.FromHistory,
                DeclaredHistory.FromHistory,
                DeclaredHistory.NeverSigned,
                DeclaredHistory.FromNow,
                DeclaredHistory.Continued,
                DeclaredHistory.Continued
            );
            keys[i] = new Step.Entry(key, chance.One(0, 11, 11, 12, 6, key), stated, chance.OneIn(4));
        }

        return keys;
    }

    private static Step.Line[] File(Chance chance)
    {
        var lines = new Step.Line[chance.One(1, 1, 2, 3)];
        for (var i = 0; i < lines.Length; i++)
        {
            var told = new Step.Shape[chance.Between(0, 4)];
            for (var j = 0; j < told.Length; j++)
            {
                told[j] = Duty(chance, chance.OneIn(3) ? Step.Kind.Block : Step.Kind.Vote, minRoot: 0);
            }

            lines[i] = new Step.Line(Any(chance), told);
        }

        return lines;
    }
}
