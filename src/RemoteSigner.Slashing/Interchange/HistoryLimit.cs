using RemoteSigner.Spec;

namespace RemoteSigner.Slashing;

/// <summary>
/// The newest slot and epoch that anybody can have signed by now: the clock plus the slot window. Low watermarks never fall, so history
/// from beyond it would disable a validator for good.
/// </summary>
public sealed record HistoryLimit(Slot Slot, Epoch Epoch);
