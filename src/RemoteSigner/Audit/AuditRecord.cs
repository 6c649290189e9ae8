namespace RemoteSigner.Audit;

/// <summary>One entry as it is stored: its number, its canonical bytes (UTF-8 JSON) and its hash (32 bytes).</summary>
public sealed record AuditRecord(long Sequence, ReadOnlyMemory<byte> Entry, ReadOnlyMemory<byte> Hash);
