using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using RemoteSigner.Access;

namespace RemoteSigner.Host.Http;

/// <summary>
/// Through which door a connection came in: the API with a certificate, the API as the one client of a loopback listener, or operations,
/// with a certificate if so configured.
/// </summary>
internal sealed record Listener(ListenerKind Kind, Client? FixedClient = null, bool AsksForCertificate = false)
{
    /// <summary>Marks every connection of <paramref name="options"/> with this door.</summary>
    public void Mark(ListenOptions options) =>
        options.Use(next =>
            connection =>
            {
                connection.Items[typeof(Listener)] = this;
                connection.Items[typeof(ConnectionPeer)] = new ConnectionPeer(connection.RemoteEndPoint);
                return next(connection);
            }
        );

    /// <summary>The door of a request's connection.</summary>
    public static Listener Of(HttpContext context) =>
        (Listener)context.Features.GetRequiredFeature<IConnectionItemsFeature>().Items[typeof(Listener)]!;
}

internal enum ListenerKind
{
    Api,
    Operations,

    /// <summary>The control socket, for the console of this machine.</summary>
    Control,
}
