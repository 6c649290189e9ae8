namespace RemoteSigner.Ledgers;

/// <summary>One entry as it is stored: its number, its bytes as they were hashed, and its hash (32 bytes).</summary>
public sealed record LedgerEntry(long Sequence, ReadOnlyMemory<byte> Entry, ReadOnlyMemory<byte> Hash);
