using RemoteSigner.Native;

namespace RemoteSigner.Sealing;

/// <summary>There is no PIN to be had. Carries no PIN.</summary>
public sealed class PinException(string message, string hint, Exception? innerException = null)
    : OperatorException(message, hint, innerException);
