namespace RemoteSigner.Sealing;

/// <summary>An HSM profile is missing or breaks the schema.</summary>
public sealed class HsmProfileException : Exception
{
    public HsmProfileException(string message, string hint, Exception? innerException = null)
        : base(message, innerException) => Hint = hint;

    /// <summary>What the operator can do about it.</summary>
    public string Hint { get; }
}
