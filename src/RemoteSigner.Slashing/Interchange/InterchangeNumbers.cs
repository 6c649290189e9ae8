namespace RemoteSigner.Slashing;

/// <summary>
/// How many records an interchange file has about one key, and their edges; null: it has none of the kind. A vote whose source is after its
/// target is impossible, and no lowest number comes from it.
/// </summary>
internal readonly record struct InterchangeNumbers(long Blocks, long Votes)
{
    public long? LowestSlot { get; init; }

    public long? NewestSlot { get; init; }

    /// <summary>The newest source or target of any vote.</summary>
    public long? NewestEpoch { get; init; }

    public long? LowestSource { get; init; }

    public long? LowestTarget { get; init; }

    public long? NewestImpossibleSource { get; init; }

    public long? NewestImpossibleTarget { get; init; }

    /// <summary>These, and a record.</summary>
    public InterchangeNumbers With(InterchangeRecord record) =>
        record switch
        {
            InterchangeRecord.Block { Slot: var slot } => this with
            {
                Blocks = Blocks + 1,
                LowestSlot = Lower(LowestSlot, slot),
                NewestSlot = Higher(NewestSlot, slot),
            },
            InterchangeRecord.Attestation { Vote: var vote } => With(vote),
            _ => this,
        };

    /// <summary>The higher of two; null where there is neither.</summary>
    public static long? Higher(long? one, long? other) => one > other ? one : other ?? one;

    private InterchangeNumbers With(Vote vote)
    {
        var counted = this with { Votes = Votes + 1, NewestEpoch = Higher(NewestEpoch, Math.Max(vote.Source, vote.Target)) };
        return vote.Source <= vote.Target
            ? counted with
            {
                LowestSource = Lower(LowestSource, vote.Source),
                LowestTarget = Lower(LowestTarget, vote.Target),
            }
            : counted with
            {
                NewestImpossibleSource = Higher(NewestImpossibleSource, vote.Source),
                NewestImpossibleTarget = Higher(NewestImpossibleTarget, vote.Target),
            };
    }

    private static long Lower(long? one, long other) => one < other ? one.Value : other;
}
