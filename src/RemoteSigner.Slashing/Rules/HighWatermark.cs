using RemoteSigner.Spec;

namespace RemoteSigner.Slashing;

/// <summary>
/// Where the operator has signing stop: only blocks before <paramref name="Slot"/> and votes with both epochs before
/// <paramref name="Epoch"/> are signed.
/// </summary>
public sealed record HighWatermark(Slot Slot, Epoch Epoch);
