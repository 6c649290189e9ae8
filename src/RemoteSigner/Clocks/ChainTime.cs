using RemoteSigner.Spec;

namespace RemoteSigner.Clocks;

/// <summary>What time it is on chain, for whoever has to rely on it; a closed choice.</summary>
public abstract record ChainTime
{
    private ChainTime() { }

    /// <summary>
    /// It is <paramref name="Now"/>. No signer with a sound clock and this slot window has signed a block after
    /// <paramref name="NewestSlot"/> or a vote with a target after
    /// <paramref name="NewestTarget"/>: the low watermark under a key whose past nobody states.
    /// </summary>
    public sealed record Known(Slot Now, Slot NewestSlot, Epoch NewestTarget) : ChainTime;

    /// <summary>The system clock cannot be relied on: whatever is computed from it may lie before what was signed a moment ago.</summary>
    public sealed record InDoubt(string Detail) : ChainTime;

    /// <summary>The network's genesis time is not known.</summary>
    public sealed record Unknown : ChainTime;
}
