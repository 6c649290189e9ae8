namespace RemoteSigner.Spec;

/// <summary>
/// A message or a network configuration breaks a rule of the specification; the text says which, and is fit for the client to read.
/// </summary>
public sealed class SpecException : Exception
{
    public SpecException(string message)
        : base(message) { }

    public SpecException(string message, Exception innerException)
        : base(message, innerException) { }
}
