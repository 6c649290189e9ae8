using RemoteSigner.Ledgers;

namespace RemoteSigner.Slashing;

/// <summary>EIP-3076 for block proposals (conditions 1 and 2), and their record.</summary>
internal static class BlockRules
{
    public static Verdict Decide(LedgerTransaction transaction, ValidatorHistory history, HighWatermark? high, long slot, ReadOnlySpan<byte> root)
    {
        if (high is not null && slot >= (long)high.Slot.Value)
        {
            return new Verdict.Refused(SlashingRule.AtOrAboveHighWatermark, $"slot {slot} is not before the high watermark, slot {high.Slot}");
        }

        if (slot < history.SlotFloor)
        {
            return BelowFloor(slot, history);
        }

        var signed = slot > history.NewestSlot ? SignedBefore.Nothing : Find(transaction, history, slot, root);
        return signed switch
        {
            SignedBefore.TheSame => new Verdict.Allowed(AlreadySigned: true),
            SignedBefore.Told => new Verdict.Refused(SlashingRule.DoubleProposal, $"this very block for slot {slot} was imported, or signed before two histories were joined: neither grants anything"),
            SignedBefore.Another => new Verdict.Refused(SlashingRule.DoubleProposal, $"another block is recorded for slot {slot}"),
            _ => slot == history.SlotFloor ? BelowFloor(slot, history) : new Verdict.Allowed(AlreadySigned: false),
        };
    }

    public static void Record(LedgerTransaction transaction, ValidatorHistory history, long slot, ReadOnlySpan<byte> root, long evidence)
    {
        transaction.Statement("INSERT INTO block (validator, slot, root, evidence) VALUES (?1, ?2, ?3, ?4)")
            .Bind(1, history.Id).Bind(2, slot).Bind(3, root).Bind(4, evidence)
            .Execute();
        if (history.NoteBlock(slot))
        {
            transaction.Statement("UPDATE validator SET slot_floor = ?2 WHERE id = ?1").Bind(1, history.Id).Bind(2, slot).Execute();
        }
    }

    private static SignedBefore Find(LedgerTransaction transaction, ValidatorHistory history, long slot, ReadOnlySpan<byte> root)
    {
        var rows = transaction.Statement("SELECT root, evidence FROM block WHERE validator = ?1 AND slot = ?2").Bind(1, history.Id).Bind(2, slot);
        var found = SignedBefore.Nothing;
        while (found != SignedBefore.Another && rows.Step())
        {
            found = !rows.Blob(0).SequenceEqual(root) ? SignedBefore.Another : rows.IsNull(1) ? SignedBefore.Told : SignedBefore.TheSame;
        }

        rows.Reset();
        return found;
    }

    private static Verdict.Refused BelowFloor(long slot, ValidatorHistory history) =>
        new(SlashingRule.BlockBelowLowWatermark, $"slot {slot} is not above the low watermark, slot {history.SlotFloor}");
}
