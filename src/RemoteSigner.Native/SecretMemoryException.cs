namespace RemoteSigner.Native;

/// <summary>Memory for secrets could not be locked; nothing secret may be opened.</summary>
public sealed class SecretMemoryException : Exception
{
    public SecretMemoryException(string message, string hint)
        : base(message) => Hint = hint;

    /// <summary>What the operator can do about it.</summary>
    public string Hint { get; }
}
