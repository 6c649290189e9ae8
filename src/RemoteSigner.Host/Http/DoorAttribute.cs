namespace RemoteSigner.Host.Http;

/// <summary>Names the listeners that an endpoint answers on; on every other one it does not exist.</summary>
[AttributeUsage(AttributeTargets.All)]
internal sealed class DoorAttribute(params ListenerKind[] kinds) : Attribute
{
    public bool Allows(ListenerKind kind) => kinds.Contains(kind);
}
