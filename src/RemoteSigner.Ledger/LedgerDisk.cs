namespace RemoteSigner.Ledgers;

/// <summary>
/// The ledger on its disk, in bytes: its files, what is free beside them, and what is kept for a full disk (0: nothing, or it was given
/// up).
/// </summary>
public sealed record LedgerDisk(long Ledger, long Free, long Reserve)
{
    /// <summary>Below this a person should make room: eight times the largest reserve.</summary>
    public const long LowFree = 256 << 20;
}
