using RemoteSigner.Native;

namespace RemoteSigner.Sealing;

/// <summary>An HSM profile is missing or breaks the schema.</summary>
public sealed class HsmProfileException(string message, string hint, Exception? innerException = null)
    : OperatorException(message, hint, innerException);
