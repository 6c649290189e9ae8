using RemoteSigner.Slashing;

namespace RemoteSigner.Tests.Slashing;

/// <summary>Every set of up to three small votes, held against every small vote as EIP-3076 says it.</summary>
public sealed class SignedVotesTests
{
    private static readonly byte[][] _roots =
    [
        [1],
        [2],
    ];

    private static readonly List<Vote> _all =
    [
        .. from target in Enumerable.Range(0, 5) from source in Enumerable.Range(0, target + 1) select new Vote(source, target),
    ];

    [Fact]
    public void Finds_a_slashable_vote_where_there_is_one_and_only_there()
    {
        var (found, sets) = (0, 0);
        foreach (var votes in Sets())
        {
            sets++;
            var signed = new SignedVotes(votes.ConvertAll(vote => (vote, _roots[0])));
            Assert.Equal(votes.Count, signed.Count);
            foreach (var vote in _all)
            {
                foreach (var root in _roots)
                {
                    var answer = signed.FindSlashable(vote, root);
                    Assert.Equal(votes.Exists(one => AreSlashable(one, vote, root)), answer is not null);
                    if (answer is { } named)
                    {
                        found++;
                        Assert.Contains(named, votes);
                        Assert.True(AreSlashable(named, vote, root));
                    }
                }
            }
        }

        Assert.Equal((1 + 15 + 105 + 455, true), (sets, found > 1000));
    }

    private static bool AreSlashable(Vote signed, Vote told, byte[] root) =>
        signed.Target == told.Target
            ? signed != told || root != _roots[0]
            : (signed.Source < told.Source && told.Target < signed.Target) || (told.Source < signed.Source && signed.Target < told.Target);

    // In the order of their targets, as _all is.
    private static IEnumerable<List<Vote>> Sets()
    {
        for (var i = -1; i < _all.Count; i++)
        {
            for (var j = i; j < _all.Count; j++)
            {
                for (var k = j; k < _all.Count; k++)
                {
                    // Fewer than three: the missing ones stand first.
                    if ((i < j || i < 0) && (j < k || j < 0))
                    {
                        yield return [.. new[] { i, j, k }.Where(number => number >= 0).Select(number => _all[number])];
                    }
                }
            }
        }
    }
}
