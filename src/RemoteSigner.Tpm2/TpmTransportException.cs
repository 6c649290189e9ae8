namespace RemoteSigner.Tpm2;

/// <summary>Why no answer came from the TPM.</summary>
public enum TpmTransportFault
{
    /// <summary>Nothing is there, or it may not be opened. No command was sent.</summary>
    Unreachable,

    /// <summary>The connection ended. The command may have been executed or not.</summary>
    Closed,

    /// <summary>No answer in time. The command may have been executed or not.</summary>
    TimedOut,

    /// <summary>The kernel refused to pass the command on (EINVAL: an unknown handle). It was not executed.</summary>
    Rejected,
}

/// <summary>
/// The way to the TPM failed. Except after <see cref="TpmTransportFault.Rejected"/> the connection is closed for good, because a late
/// answer would be read as the next command's: open a new one, and read back what a command should have changed before sending it again.
/// </summary>
public sealed class TpmTransportException(TpmTransportFault fault, string message, Exception? inner = null) : IOException(message, inner)
{
    public TpmTransportFault Fault { get; } = fault;
}
