using RemoteSigner.Slashing;
using RemoteSigner.Spec;

namespace RemoteSigner.Tests.Slashing;

/// <summary>The rules for blocks on values alone, without a ledger. Recorded: blocks up to slot 20 above the low watermark 10.</summary>
public sealed class BlockRulesTests
{
    private static readonly ValidatorHistory _history = new(1) { SlotLowWatermark = 10, NewestSlot = 20 };
    private static readonly HighWatermark _high = new(new Slot(30), new Epoch(3));

    [Theory]
    [InlineData(9, SlashingRule.BlockBelowLowWatermark)]
    [InlineData(30, SlashingRule.AtOrAboveHighWatermark)]
    [InlineData(31, SlashingRule.AtOrAboveHighWatermark)]
    public void The_edges_refuse(long slot, SlashingRule rule) => Refuses(rule, BlockRules.Decide(_history, _high, slot));

    [Theory]
    [InlineData(21)]
    [InlineData(29)]
    public void A_block_beyond_everything_recorded_is_allowed_by_the_edges(long slot) =>
        Assert.Equal(new Verdict.Allowed(AlreadySigned: false), BlockRules.Decide(_history, _high, slot));

    [Theory]
    [InlineData(10)]
    [InlineData(20)]
    public void A_block_among_the_recorded_ones_is_left_to_the_records(long slot) => Assert.Null(BlockRules.Decide(_history, null, slot));

    [Fact]
    public void The_slot_of_the_low_watermark_itself_is_taken()
    {
        Refuses(SlashingRule.BlockBelowLowWatermark, BlockRules.Decide(new ValidatorHistory(1) { SlotLowWatermark = 10 }, null, 10));
        Refuses(SlashingRule.BlockBelowLowWatermark, BlockRules.Decide(_history, 10, SignedBefore.Nothing));
    }

    [Fact]
    public void What_is_on_record_for_the_slot_decides()
    {
        Assert.Equal(new Verdict.Allowed(AlreadySigned: true), BlockRules.Decide(_history, 15, SignedBefore.TheSame));
        Refuses(SlashingRule.DoubleProposal, BlockRules.Decide(_history, 15, SignedBefore.Told));
        Refuses(SlashingRule.DoubleProposal, BlockRules.Decide(_history, 15, SignedBefore.Another));
        Assert.Equal(new Verdict.Allowed(AlreadySigned: false), BlockRules.Decide(_history, 15, SignedBefore.Nothing));
    }

    private static void Refuses(SlashingRule rule, Verdict? verdict) => Assert.Equal(rule, Assert.IsType<Verdict.Refused>(verdict).Rule);
}
