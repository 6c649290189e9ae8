namespace RemoteSigner.Host.Running;

/// <summary>How the ledger was found, and how old that is; null when nothing is wrong with it.</summary>
internal sealed record LedgerReading(string? Problem, TimeSpan Age);
