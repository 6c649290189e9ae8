using RemoteSigner.Spec;

namespace RemoteSigner.AcceptanceTests.Crash;

/// <summary>
/// Two connections that ask for two conflicting duties of one key at the same moment, step after step, until the signer is dead. The step that
/// was under way is run again in the signer's next life: what was recorded and never told must be told then, and its rival refused.
/// </summary>
internal sealed class Race(Func<int, (Duty First, Duty Second)> duties)
{
    private int _step = 1;

    public static IEnumerable<Race> All(IEnumerable<BlsPublicKey> keys, Network network) => keys.SelectMany(key => new[]
    {
        new Race(step => Duty.ConflictingVotes(key, network, step)),
        new Race(step => Duty.ConflictingBlocks(key, network, step)),
    });

    /// <summary>What conflicts with the duties of this race that were signed.</summary>
    public IEnumerable<Duty> Rivals(IReadOnlySet<Duty> signed) =>
        Enumerable.Range(1, _step).Select(duties).SelectMany(pair => new[] { (pair.First, pair.Second), (pair.Second, pair.First) })
            .Where(pair => signed.Contains(pair.Item1)).Select(pair => pair.Item2);

    public async Task RunAsync(DutyConnection first, DutyConnection second, Received received)
    {
        while (true)
        {
            var (one, other) = duties(_step);
            var answers = await Task.WhenAll(first.TryAskAsync(one, received), second.TryAskAsync(other, received));
            if (answers.Contains(DutyAnswer.None))
            {
                return;
            }

            if (answers[0] == answers[1])
            {
                received.Faults.Add($"both were {answers[0]}: {one.Claim} and {other.Claim}");
            }

            _step++;
        }
    }
}
