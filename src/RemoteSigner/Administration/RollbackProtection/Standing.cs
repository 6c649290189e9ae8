using RemoteSigner.Clocks;
using RemoteSigner.RollbackProtection;
using RemoteSigner.Sealing;
using RemoteSigner.Spec;

namespace RemoteSigner.Administration.RollbackProtection;

/// <summary>
/// How a data directory stands that nobody serves: its anchor, and the state that the anchor is held against, from before anything was
/// written.
/// </summary>
/// <param name="Found">The ledger as it was found, with the vault as it is now.</param>
public sealed record Standing(IRollbackAnchor Anchor, FenceKeys Keys, ObservedState Found, Network Network, SlotClock Clock)
{
    /// <summary>An epoch that no fence of a signer with a sound clock can have passed; null where the genesis time is not known.</summary>
    public Epoch? Ceiling => Fence.Ceiling(Network, Clock);

    /// <summary>
    /// The epoch that a person or the clock names, or the first past all that this very ledger knows where that is later: a late clock must
    /// not put low watermarks beneath it.
    /// </summary>
    public Epoch PastTheLedger(Epoch guess) => Found.End.FirstAfter(Network.SlotsPerEpoch) is var after && after > guess ? after : guess;

    /// <summary>What the anchor says of it now.</summary>
    /// <exception cref="RollbackAnchorException">The anchor did not answer.</exception>
    public Task<StartEvidence> LookAsync(CancellationToken cancellation = default) => Found.ShowAgainstAsync(Anchor, Keys, cancellation);

    /// <summary>
    /// The fence that covers a history, but no further ahead of the clock than duties can be: a nonsensical import must not close off every
    /// key.
    /// </summary>
    public Epoch FenceFor(HistoryEnd end) => Fence.Past(end, Network, Clock);
}
