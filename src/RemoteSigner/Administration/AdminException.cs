using RemoteSigner.Native;

namespace RemoteSigner.Administration;

/// <summary>An act was refused, and nothing was changed.</summary>
/// <param name="code">For programs, in snake case.</param>
public sealed class AdminException(string code, string message, string hint) : OperatorException(message, hint)
{
    public string Code { get; } = code;
}
