using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http.Features;
using RemoteSigner.Access;
using RemoteSigner.Host.Tls;

namespace RemoteSigner.Host.Http;

/// <summary>
/// Whom a connection belongs to by the rules in force now: it may outlive a reload or its certificate, and so may the body of a request.
/// </summary>
internal sealed class ClientNaming(MutualTls tls, TlsStore material, TimeProvider time)
{
    /// <summary>
    /// Names the client of a request, and will ask again when its body was read; false when nobody vouches for it any more.
    /// </summary>
    public bool TryName(HttpContext context)
    {
        context.Features.Set(this);
        if (Listener.Of(context).FixedClient is { } fixedClient)
        {
            context.Features.Set(fixedClient);
            return true;
        }

        var peer = ConnectionPeer.Of(context);
        var current = material.Current;
        if (peer.Known is { } known && ReferenceEquals(known.Material, current) && time.GetUtcNow() < known.Until)
        {
            context.Features.Set(known.Client);
            return true;
        }

        // An open connection outlives the setting that allowed its version of TLS.
        if (context.Features.Get<ITlsHandshakeFeature>() is { } handshake && (handshake.Protocol & current.Protocols) == 0)
        {
            return false;
        }

        if (
            CertificateOf(context) is not { } certificate
            || tls.Find(certificate, context.Features.GetRequiredFeature<IConnectionItemsFeature>().Items) is not { } client
        )
        {
            return false;
        }

        peer.Known = new ConnectionPeer.NamedClient(client, current, certificate.NotAfter.ToUniversalTime());
        context.Features.Set(client);
        return true;
    }

    // It is asked of the connection, which may have ended meanwhile.
    private static X509Certificate2? CertificateOf(HttpContext context)
    {
        try
        {
            return context.Connection.ClientCertificate;
        }
        catch (Exception exception) when (exception is ObjectDisposedException or InvalidOperationException or CryptographicException)
        {
            throw new ClientGoneException(exception);
        }
    }

    /// <summary>
    /// Whoever sends a body may take his time, and what he was when he began does not count: called when a body was read.
    /// </summary>
    /// <exception cref="ClientNotTrustedException">Nobody vouches for him any more.</exception>
    public static void RequireSame(HttpContext context)
    {
        // Where there is no such feature the door asks for no client.
        if (
            context.Features.Get<ClientNaming>() is { } names
            && context.Features.Get<Client>() is var client
            && !(names.TryName(context) && context.Features.Get<Client>() == client)
        )
        {
            throw new ClientNotTrustedException();
        }
    }
}

/// <summary>A client's certificate is not trusted any more, or is another client's now.</summary>
internal sealed class ClientNotTrustedException() : Exception("the certificate is not trusted any more");
