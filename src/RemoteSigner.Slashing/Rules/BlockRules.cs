namespace RemoteSigner.Slashing;

/// <summary>EIP-3076 for block proposals (conditions 1 and 2), on values alone: they know no table.</summary>
internal static class BlockRules
{
    /// <summary>Decides on the edges of the history; null when only its records can tell.</summary>
    public static Verdict? Decide(ValidatorHistory history, HighWatermark? high, long slot)
    {
        if (high is not null && slot >= (long)high.Slot.Value)
        {
            return new Verdict.Refused(
                SlashingRule.AtOrAboveHighWatermark,
                $"slot {slot} is not before the high watermark, slot {high.Slot}"
            );
        }

        if (slot < history.SlotLowWatermark)
        {
            return BelowLowWatermark(slot, history);
        }

        return slot > history.NewestSlot ? AboveLowWatermark(slot, history) : null;
    }

    /// <summary>Decides on a block that the edges leave open, by what is on record for its slot.</summary>
    public static Verdict Decide(ValidatorHistory history, long slot, SignedBefore recorded) =>
        recorded switch
        {
            SignedBefore.TheSame => new Verdict.Allowed(AlreadySigned: true),
            SignedBefore.Told => new Verdict.Refused(
                SlashingRule.DoubleProposal,
                $"this very block for slot {slot} was imported, or signed before two histories were joined: neither grants anything"
            ),
            SignedBefore.Another => new Verdict.Refused(SlashingRule.DoubleProposal, $"another block is recorded for slot {slot}"),
            _ => AboveLowWatermark(slot, history),
        };

    private static Verdict AboveLowWatermark(long slot, ValidatorHistory history) =>
        slot == history.SlotLowWatermark ? BelowLowWatermark(slot, history) : new Verdict.Allowed(AlreadySigned: false);

    private static Verdict.Refused BelowLowWatermark(long slot, ValidatorHistory history) =>
        new(SlashingRule.BlockBelowLowWatermark, $"slot {slot} is not above the low watermark, slot {history.SlotLowWatermark}");
}
