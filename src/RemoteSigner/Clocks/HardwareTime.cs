namespace RemoteSigner.Clocks;

/// <summary>
/// A reading of a clock in hardware: time since it began to count, and a text that is another one after every reset of it.
/// </summary>
public sealed record HardwareTime(string Reset, TimeSpan Elapsed);
