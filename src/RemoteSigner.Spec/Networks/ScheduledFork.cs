namespace RemoteSigner.Spec;

/// <summary>
/// A fork of one network: its 4-byte version, and the epoch from which it holds (<see cref="Spec.Epoch.FarFuture"/>: not yet decided).
/// </summary>
public readonly record struct ScheduledFork(Fork Fork, ForkVersion Version, Epoch Epoch);
