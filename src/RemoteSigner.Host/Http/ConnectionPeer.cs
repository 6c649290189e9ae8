using System.Net;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http.Features;
using RemoteSigner.Access;
using RemoteSigner.Host.Tls;

namespace RemoteSigner.Host.Http;

/// <summary>
/// Who is at the other end of one connection, as far as is known. Requests of one HTTP/2 connection run side by side: what they share here
/// is replaced whole.
/// </summary>
internal sealed class ConnectionPeer(EndPoint? endPoint)
{
    private volatile NamedClient? _known;

    public EndPoint? EndPoint => endPoint;

    /// <summary>The client, once its certificate was judged.</summary>
    public NamedClient? Known
    {
        get => _known;
        set => _known = value;
    }

    public static ConnectionPeer Of(HttpContext context) =>
        (ConnectionPeer)context.Features.GetRequiredFeature<IConnectionItemsFeature>().Items[typeof(ConnectionPeer)]!;

    /// <summary>A client by the rules of <paramref name="Material"/>, good until its certificate is out of date.</summary>
    internal sealed record NamedClient(Client Client, TlsMaterial Material, DateTimeOffset Until);
}
