namespace RemoteSigner.Native;

/// <summary>
/// A fault that a person can do something about: the message says what failed, <see cref="Hint"/> what to do. It stands in this room
/// because every room that has such faults knows this one; the ledger's engine, which references nothing, has
/// <c>LedgerException</c> with a hint of its own.
/// </summary>
public abstract class OperatorException(string message, string hint, Exception? innerException = null) : Exception(message, innerException)
{
    /// <summary>What the operator can do about it: one line, or a list, lower case, no full stop.</summary>
    public string Hint { get; } = hint;
}
