namespace RemoteSigner.Clocks;

/// <summary>The system clock came into doubt, or a doubt ended.</summary>
/// <param name="At">When that was noticed, by the system clock.</param>
/// <param name="Doubt">Why it is doubted; null when it is relied on again.</param>
/// <param name="Ended">Why it is relied on again; null when it came into doubt.</param>
public sealed record ClockChange(DateTimeOffset At, string? Doubt, string? Ended);
