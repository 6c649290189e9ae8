using RemoteSigner.Native;

namespace RemoteSigner.Host.Configuration;

/// <summary>The configuration cannot be used; names every fault that was found and what to do about it.</summary>
internal sealed class ConfigurationException(string message, string hint) : OperatorException(message, hint);
