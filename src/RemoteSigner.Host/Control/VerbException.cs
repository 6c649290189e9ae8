using RemoteSigner.Native;

namespace RemoteSigner.Host.Control;

/// <summary>A verb cannot be done; the message says what failed, the hint what to do.</summary>
internal sealed class VerbException(string message, string hint) : OperatorException(message, hint);
