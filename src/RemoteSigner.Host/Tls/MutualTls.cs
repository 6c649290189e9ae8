using System.Net;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using RemoteSigner.Access;

namespace RemoteSigner.Host.Tls;

/// <summary>Asks every connection for a certificate and refuses it in the handshake when that proves nothing.</summary>
internal sealed class MutualTls(TlsStore store, RefusedClients refused, TimeProvider time)
{
    /// <summary>The handshake of one connection, with the material in force at its start.</summary>
    public TlsHandshakeCallbackOptions HandshakeOptions => new()
    {
        HandshakeTimeout = TimeSpan.FromSeconds(10),
        OnConnection = context => ValueTask.FromResult(Options(context.Connection)),
    };

    /// <summary>The client behind a certificate by the rules in force now, or null.</summary>
    public Client? Find(X509Certificate2 certificate) =>
        store.Current.Trust.Judge(certificate, time.GetUtcNow()) is ClientVerdict.Accepted(var client) ? client : null;

    private SslServerAuthenticationOptions Options(BaseConnectionContext connection)
    {
        var material = store.Current;
        return new SslServerAuthenticationOptions
        {
            ServerCertificateContext = material.ServerCertificate,
            ClientCertificateRequired = true,
            EnabledSslProtocols = material.Protocols,

            // A resumed session would carry a client past a revocation list that was read meanwhile.
            AllowTlsResume = false,
            AllowRenegotiation = false,
            CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
            RemoteCertificateValidationCallback = (_, certificate, _, _) => Accept(material, certificate as X509Certificate2, connection.RemoteEndPoint),
        };
    }

    private bool Accept(TlsMaterial material, X509Certificate2? certificate, EndPoint? peer)
    {
        if (certificate is null)
        {
            refused.Record(null, peer, "no certificate was presented");
            return false;
        }

        if (material.Trust.Judge(certificate, time.GetUtcNow()) is ClientVerdict.Refused(var reason))
        {
            refused.Record(certificate, peer, reason);
            return false;
        }

        return true;
    }
}
