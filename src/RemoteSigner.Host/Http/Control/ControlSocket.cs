using System.Net.Sockets;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using RemoteSigner.Administration;
using RemoteSigner.Host.Configuration;
using RemoteSigner.Native;

namespace RemoteSigner.Host.Http;

/// <summary>
/// The socket in the data directory on which the console speaks to the signer that runs: mode 0600 before anybody can connect, and of those
/// who can only the signer's own user and root are let in, by the kernel's word. What it leads to is on no other listener, and nothing of
/// theirs is on it.
/// </summary>
internal static class ControlSocket
{
    /// <summary>Listens, unless the path is too long for a socket.</summary>
    public static void Listen(KestrelServerOptions kestrel, DataDirectory data, ILogger log)
    {
        if (data.ControlEndPoint is not { } endPoint)
        {
            log.LogWarning(
                "there is no control socket: {Path} has more than {Most} bytes; the console works while the signer is stopped",
                data.ControlSocket,
                DataDirectory.LongestAddress
            );
            return;
        }

        kestrel.Listen(endPoint, listen =>
        {
            listen.Protocols = HttpProtocols.Http1;
            listen.Use(next =>
                connection =>
                {
                    var user = PeerCredentials.UserOf(connection.Features.GetRequiredFeature<IConnectionSocketFeature>().Socket.SafeHandle);
                    if (user != PeerCredentials.Ours && user != 0)
                    {
                        log.LogWarning("user {User} is not let in at the control socket", user);
                        connection.Abort();
                        return Task.CompletedTask;
                    }

                    connection.Items[typeof(Actor)] = new Actor.LocalUser($"uid {user}");
                    return next(connection);
                }
            );
            new Listener(ListenerKind.Control).Mark(listen);
        });
    }

    /// <summary>Nobody can connect before somebody listens, and the mode is right by then.</summary>
    public static Socket Bind(System.Net.EndPoint endPoint, DataDirectory data)
    {
        var socket = Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets.SocketTransportOptions.CreateDefaultBoundListenSocket(endPoint);
        if (endPoint is UnixDomainSocketEndPoint unix && unix.ToString() == data.ControlSocket)
        {
            File.SetUnixFileMode(data.ControlSocket, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }

        return socket;
    }

    /// <summary>Who is at the other end of a request's connection.</summary>
    public static Actor ActorOf(HttpContext context) =>
        (Actor)context.Features.GetRequiredFeature<IConnectionItemsFeature>().Items[typeof(Actor)]!;
}
