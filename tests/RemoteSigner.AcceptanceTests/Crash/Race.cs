using RemoteSigner.Spec;

namespace RemoteSigner.AcceptanceTests.Crash;

/// <summary>
/// Two connections that ask for two conflicting messages at the same moment, each for one key or for many in a batch, step after step,
/// until the signer is dead. The step that was under way is run again in the signer's next life: what was recorded and never told must be
/// told then, and its rival refused.
/// </summary>
internal sealed class Race(IReadOnlyList<BlsPublicKey> keys, Func<BlsPublicKey, int, (Duty First, Duty Second)> duties)
{
    private int _step = 1;

    /// <summary>One for the votes and one for the blocks of each key.</summary>
    public static IEnumerable<Race> OfEach(IEnumerable<BlsPublicKey> keys, Network network) =>
        keys.SelectMany(key =>
            new[]
            {
                new Race([key], (one, step) => Duty.ConflictingVotes(one, network, step)),
                new Race([key], (one, step) => Duty.ConflictingBlocks(one, network, step)),
            }
        );

    /// <summary>One for the votes of all the keys, which are signed together.</summary>
    public static Race OfAll(IReadOnlyList<BlsPublicKey> keys, Network network) =>
        new(keys, (one, step) => Duty.ConflictingVotes(one, network, step));

    /// <summary>What conflicts with the duties of this race that were signed.</summary>
    public IEnumerable<Duty> Rivals(IReadOnlySet<Duty> signed) =>
        Enumerable
            .Range(1, _step)
            .SelectMany(step => keys.Select(key => duties(key, step)))
            .SelectMany(pair => new[] { (pair.First, pair.Second), (pair.Second, pair.First) })
            .Where(pair => signed.Contains(pair.Item1))
            .Select(pair => pair.Item2);

    public async Task RunAsync(DutyConnection first, DutyConnection second, Received received)
    {
        while (true)
        {
            List<(Duty One, Duty Other)> step = [.. keys.Select(key => duties(key, _step))];
            var answers = await Task.WhenAll(
                first.TryAskAsync([.. step.Select(pair => pair.One)], received),
                second.TryAskAsync([.. step.Select(pair => pair.Other)], received)
            );
            if (answers.Any(all => all.Contains(DutyAnswer.None)))
            {
                return;
            }

            foreach (var (pair, i) in step.Select((pair, i) => (pair, i)).Where(one => answers[0][one.i] == answers[1][one.i]))
            {
                received.Faults.Add($"both were {answers[0][i]}: {pair.One.Claim} and {pair.Other.Claim}");
            }

            _step++;
        }
    }
}
