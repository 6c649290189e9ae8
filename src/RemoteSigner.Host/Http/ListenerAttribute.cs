namespace RemoteSigner.Host.Http;

/// <summary>Names the listeners that an endpoint answers on; on every other one it does not exist.</summary>
[AttributeUsage(AttributeTargets.All)]
internal sealed class ListenerAttribute(params ListenerKind[] kinds) : Attribute
{
    /// <summary>Whether the endpoint is for clients with a certificate alone: a loopback listener knows its client without one.</summary>
    public bool TakesCertificate { get; init; }

    public bool Allows(ListenerKind kind) => kinds.Contains(kind);
}
