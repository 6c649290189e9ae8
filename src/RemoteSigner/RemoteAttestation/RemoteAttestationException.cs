using RemoteSigner.Native;

namespace RemoteSigner.RemoteAttestation;

/// <summary>Evidence, a challenge or one of the files around them cannot be made, read or used. Carries no secret.</summary>
public sealed class RemoteAttestationException(string message, string hint, Exception? innerException = null)
    : OperatorException(message, hint, innerException);
