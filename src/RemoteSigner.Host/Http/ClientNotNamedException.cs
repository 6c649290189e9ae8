namespace RemoteSigner.Host.Http;

/// <summary>A client that signer.json does not name asked for a list of keys. An empty one would have its validators dropped for a slip in that file.</summary>
internal sealed class ClientNotNamedException(string client) : Exception($"the client '{client}' is not one of the clients in signer.json");
