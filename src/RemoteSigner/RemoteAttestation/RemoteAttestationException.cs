namespace RemoteSigner.RemoteAttestation;

/// <summary>Evidence, a challenge or one of the files around them cannot be made, read or used. Carries no secret.</summary>
public sealed class RemoteAttestationException(string message, string hint, Exception? innerException = null)
    : Exception(message, innerException)
{
    /// <summary>What the operator can do about it.</summary>
    public string Hint { get; } = hint;
}
