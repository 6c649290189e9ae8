namespace RemoteSigner.Tests.RollbackProtection;

/// <summary>
/// All orders in which the steps of two runs can be played with a bounded number of changes from one to the other before one of them has
/// ended.
/// </summary>
internal sealed class Interleavings(int maxChanges)
{
    /// <summary>Plays one order after another, and returns how many there were. The player calls its argument for every choice.</summary>
    public async Task<int> PlayAllAsync(Func<Func<IReadOnlyList<int>, int>, Task> play)
    {
        var prefixes = new Stack<int[]>([
            [0],
            [1],
        ]);
        var played = 0;
        while (prefixes.TryPop(out var prefix))
        {
            var (choices, alternatives) = (new List<int>(), new List<int[]>());
            await play(able =>
            {
                var last = choices.Count == 0 ? -1 : choices[^1];
                var chosen =
                    choices.Count < prefix.Length ? prefix[choices.Count]
                    : able.Contains(last) ? last
                    : able[0];
                if (choices.Count >= prefix.Length && able.Count > 1 && Changes(choices) < maxChanges)
                {
                    alternatives.Add([.. choices, able.First(run => run != chosen)]);
                }

                choices.Add(chosen);
                return chosen;
            });
            alternatives.ForEach(prefixes.Push);
            played++;
        }

        return played;
    }

    // One that is forced, because the other has ended, counts as well: it can be the last only.
    private static int Changes(List<int> choices) => choices.Zip(choices.Skip(1)).Count(pair => pair.First != pair.Second);
}
