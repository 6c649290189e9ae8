using RemoteSigner.Spec;

namespace RemoteSigner.Slashing;

/// <summary>
/// From where on a key signs whose past nobody states: low watermarks at this slot, source and target, as if it had signed there.
/// </summary>
public sealed record StartingPoint(Slot Slot, Epoch Source, Epoch Target);
