namespace RemoteSigner.Slashing;

/// <summary>
/// The votes that one validator signed here, by target, so that a vote is held against all of them in logarithmic time: of the votes before
/// it only the largest source can be surrounded, of those after it only the smallest can surround.
/// </summary>
internal sealed class SignedVotes
{
    private readonly List<(Vote Vote, byte[] Root)> _votes;
    private readonly int[] _largestUpTo;
    private readonly int[] _smallestFrom;

    /// <param name="votes">In the order of their targets.</param>
    public SignedVotes(List<(Vote Vote, byte[] Root)> votes)
    {
        (_votes, _largestUpTo, _smallestFrom) = (votes, new int[votes.Count], new int[votes.Count]);
        for (var i = 0; i < votes.Count; i++)
        {
            _largestUpTo[i] = i > 0 && Source(_largestUpTo[i - 1]) >= Source(i) ? _largestUpTo[i - 1] : i;
        }

        for (var i = votes.Count - 1; i >= 0; i--)
        {
            _smallestFrom[i] = i < votes.Count - 1 && Source(_smallestFrom[i + 1]) <= Source(i) ? _smallestFrom[i + 1] : i;
        }
    }

    public int Count => _votes.Count;

    /// <summary>A vote signed here that is slashable beside this one (EIP-3076 condition 3); null when there is none.</summary>
    public Vote? FindSlashable(Vote vote, ReadOnlySpan<byte> root)
    {
        var first = FirstFrom(vote.Target);
        var after = first;
        for (; after < _votes.Count && _votes[after].Vote.Target == vote.Target; after++)
        {
            if (_votes[after].Vote != vote || !root.SequenceEqual(_votes[after].Root))
            {
                return _votes[after].Vote;
            }
        }

        return first > 0 && Source(_largestUpTo[first - 1]) > vote.Source ? _votes[_largestUpTo[first - 1]].Vote
            : after < _votes.Count && Source(_smallestFrom[after]) < vote.Source ? _votes[_smallestFrom[after]].Vote
            : null;
    }

    private long Source(int i) => _votes[i].Vote.Source;

    private int FirstFrom(long target)
    {
        var (low, high) = (0, _votes.Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            (low, high) = _votes[middle].Vote.Target < target ? (middle + 1, high) : (low, middle);
        }

        return low;
    }
}
