namespace RemoteSigner.Sealing;

/// <summary>There is no PIN to be had. Carries no PIN.</summary>
public sealed class PinException : Exception
{
    public PinException(string message, string hint, Exception? innerException = null)
        : base(message, innerException) => Hint = hint;

    /// <summary>What the operator can do about it.</summary>
    public string Hint { get; }
}
