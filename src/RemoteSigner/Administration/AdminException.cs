using RemoteSigner.Native;

namespace RemoteSigner.Administration;

/// <summary>An act was refused, and nothing was changed.</summary>
public sealed class AdminException(AdminFault fault, string message, string hint) : OperatorException(message, hint)
{
    public AdminFault Fault { get; } = fault;

    /// <summary>For programs, in snake case.</summary>
    public string Code => Fault.Code();
}
