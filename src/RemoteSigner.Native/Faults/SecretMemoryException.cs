namespace RemoteSigner.Native;

/// <summary>Memory for secrets could not be locked; nothing secret may be opened.</summary>
public sealed class SecretMemoryException(string message, string hint) : OperatorException(message, hint);
