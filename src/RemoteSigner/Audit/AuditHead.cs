using System.Collections.Immutable;

namespace RemoteSigner.Audit;

/// <summary>
/// The newest entry's number (0: none yet) and hash, 32 bytes. Kept elsewhere it shows later that nothing before it was changed or cut off.
/// </summary>
public sealed record AuditHead(long Sequence, ImmutableArray<byte> Hash);
