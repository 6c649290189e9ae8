using RemoteSigner.Native;

namespace RemoteSigner.Audit;

/// <summary>A segment of the audit log could not be written or read.</summary>
public sealed class AuditSegmentException(string message, string hint) : OperatorException(message, hint);
