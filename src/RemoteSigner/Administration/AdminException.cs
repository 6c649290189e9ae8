namespace RemoteSigner.Administration;

/// <summary>An act was refused, and nothing was changed.</summary>
/// <param name="code">For programs, in snake case.</param>
public sealed class AdminException(string code, string message, string hint) : Exception(message)
{
    public string Code { get; } = code;

    /// <summary>What the operator can do.</summary>
    public string Hint { get; } = hint;
}
