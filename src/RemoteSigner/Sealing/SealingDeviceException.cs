using RemoteSigner.Native;

namespace RemoteSigner.Sealing;

/// <summary>The hardware that opens a vault could not do what was asked. Carries no secret and is fit for an operator to read.</summary>
public abstract class SealingDeviceException(string message, string hint, Exception? innerException)
    : OperatorException(message, hint, innerException)
{
    /// <summary>May it go away by itself, so that trying again makes sense?</summary>
    public abstract bool MayPass { get; }
}
