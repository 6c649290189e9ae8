using RemoteSigner.Slashing;

namespace RemoteSigner.Tests.Slashing;

/// <summary>The edges of what a file tells about one key, whatever the order of its records.</summary>
public sealed class InterchangeNumbersTests
{
    [Theory]
    [InlineData(7, 9)]
    [InlineData(9, 7)]
    public void Of_blocks_the_lowest_and_the_newest_are_known(long first, long second) =>
        Assert.Equal(
            new InterchangeNumbers(2, 0) { LowestSlot = 7, NewestSlot = 9 },
            new InterchangeNumbers()
                .With(new InterchangeRecord.Block(0, 0, first, null))
                .With(new InterchangeRecord.Block(0, 1, second, null))
        );

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Of_votes_the_lowest_source_the_lowest_target_and_the_newest_epoch_are_known(bool isReversed) =>
        Assert.Equal(
            new InterchangeNumbers(0, 3)
            {
                LowestSource = 2,
                LowestTarget = 5,
                NewestEpoch = 9,
            },
            Of(isReversed, new Vote(2, 9), new Vote(4, 5), new Vote(6, 6))
        );

    [Fact]
    public void A_vote_with_its_source_in_its_target_epoch_is_possible() =>
        Assert.Equal(
            new InterchangeNumbers(0, 1)
            {
                LowestSource = 5,
                LowestTarget = 5,
                NewestEpoch = 5,
            },
            Of(false, new Vote(5, 5))
        );

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Of_impossible_votes_the_newest_source_and_target_are_known_and_no_lowest(bool isReversed) =>
        Assert.Equal(
            new InterchangeNumbers(0, 2)
            {
                NewestImpossibleSource = 9,
                NewestImpossibleTarget = 4,
                NewestEpoch = 9,
            },
            Of(isReversed, new Vote(9, 3), new Vote(8, 4))
        );

    [Fact]
    public void The_end_of_an_element_counts_for_nothing() =>
        Assert.Equal(default, default(InterchangeNumbers).With(new InterchangeRecord.Key(0, Duties.PublicKey(1), default)));

    [Theory]
    [InlineData(1L, 2L, 2L)]
    [InlineData(2L, 1L, 2L)]
    [InlineData(null, 1L, 1L)]
    [InlineData(1L, null, 1L)]
    [InlineData(null, null, null)]
    public void The_higher_of_two_is_the_one_that_is_there(long? one, long? other, long? higher) =>
        Assert.Equal(higher, InterchangeNumbers.Higher(one, other));

    private static InterchangeNumbers Of(bool isReversed, params Vote[] votes) =>
        (isReversed ? votes.Reverse() : votes).Aggregate(default(InterchangeNumbers), (numbers, vote) =>
            numbers.With(new InterchangeRecord.Attestation(0, 0, vote, null))
        );
}
