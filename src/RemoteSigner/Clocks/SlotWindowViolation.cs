namespace RemoteSigner.Clocks;

/// <summary>Why a duty may not be signed at this time, in words for the client.</summary>
/// <param name="ClockInDoubt">True when the signer's own clock is to blame, not the duty.</param>
public sealed record SlotWindowViolation(bool ClockInDoubt, string Detail);
