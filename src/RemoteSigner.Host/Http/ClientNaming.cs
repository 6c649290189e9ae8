using RemoteSigner.Access;
using RemoteSigner.Host.Tls;

namespace RemoteSigner.Host.Http;

/// <summary>Whom a connection belongs to by the rules in force now: it may outlive a reload or its certificate, and so may the body of a request.</summary>
internal sealed class ClientNaming(MutualTls tls, TlsStore material, TimeProvider time)
{
    /// <summary>Names the client of a request; false when nobody vouches for it any more.</summary>
    public bool TryName(HttpContext context)
    {
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

        if (context.Connection.ClientCertificate is not { } certificate || tls.Find(certificate) is not { } client)
        {
            return false;
        }

        peer.Known = new ConnectionPeer.NamedClient(client, current, certificate.NotAfter.ToUniversalTime());
        context.Features.Set(client);
        return true;
    }

    /// <summary>Is it the same client now that the body was read?</summary>
    public bool IsStill(HttpContext context, Client client) => TryName(context) && context.Features.Get<Client>() == client;
}
