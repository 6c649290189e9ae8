namespace RemoteSigner.Clocks;

/// <summary>How far ahead of the clock a block or an attestation may be: its slot in slots, its target in epochs.</summary>
public sealed record SlotWindow(ulong SlotsAhead, ulong EpochsAhead)
{
    /// <summary>
    /// Two slots, and the next epoch: room for a clock that runs a little late and for duties prepared just before their time.
    /// </summary>
    public static SlotWindow Default { get; } = new(SlotsAhead: 2, EpochsAhead: 1);
}
