namespace RemoteSigner.Slashing;

/// <summary>An interchange file breaks its format or is for another chain; nothing of it was kept.</summary>
public class InterchangeException : Exception
{
    public InterchangeException(string message, string? validator = null, string? member = null, Exception? innerException = null)
        : base(message, innerException) => (Validator, Member) = (validator, member);

    /// <summary>The validator's public key as far as it was read, or its place such as <c>data[3]</c>; null outside of one.</summary>
    public string? Validator { get; }

    /// <summary>The member at fault, such as <c>signed_blocks[2].slot</c>.</summary>
    public string? Member { get; }
}
