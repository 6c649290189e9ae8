using System.Buffers;
using System.Collections.Concurrent;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using RemoteSigner.Access;

namespace RemoteSigner.Host.Tls;

/// <summary>Asks every connection for a certificate and refuses it in the handshake when that proves nothing.</summary>
internal sealed class MutualTls(TlsStore store, RefusedClients refused, AccessPolicy access, TimeProvider time)
{
    private static readonly TimeSpan _timeout = TimeSpan.FromSeconds(10);

    // A path of authorities is two or three long.
    private const int MaxSent = 8;

    // Forward secrecy and authenticated encryption, also where TLS 1.2 is allowed.
    private static readonly CipherSuitesPolicy _suites = new([
        TlsCipherSuite.TLS_AES_256_GCM_SHA384,
        TlsCipherSuite.TLS_CHACHA20_POLY1305_SHA256,
        TlsCipherSuite.TLS_AES_128_GCM_SHA256,
        TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384,
        TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256,
        TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,
        TlsCipherSuite.TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,
        TlsCipherSuite.TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256,
        TlsCipherSuite.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
    ]);

    // What the first bytes of a request in plain HTTP are of.
    private static readonly SearchValues<byte> _verb = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZ /*"u8);

    private readonly ConcurrentDictionary<string, DateTimeOffset> _seen = new();

    /// <summary>Until when the certificates are good with which clients that signer.json names came last.</summary>
    public IEnumerable<(string Client, DateTimeOffset Until)> Seen =>
        _seen.Where(seen => access.Knows(new Client(seen.Key, null))).Select(seen => (seen.Key, seen.Value));

    private bool IsTls12Allowed => store.Current.Protocols.HasFlag(SslProtocols.Tls12);

    /// <summary>Asks every connection to this listener for its certificate.</summary>
    public void Use(ListenOptions listen)
    {
        listen.Use(next =>
            async connection =>
            {
                await LookAsync(connection);
                await next(connection);
            }
        );
        listen.UseHttps(HandshakeOptions);
    }

    /// <summary>The handshake of one connection, with the material in force at its start.</summary>
    private TlsHandshakeCallbackOptions HandshakeOptions =>
        new() { HandshakeTimeout = _timeout, OnConnection = context => ValueTask.FromResult(Options(context)) };

    /// <summary>The client behind the certificate of a connection by the rules in force now, or null.</summary>
    /// <param name="items">The connection's.</param>
    public Client? Find(X509Certificate2 certificate, IDictionary<object, object?> items) =>
        store.Current.Trust.Judge(certificate, SentOf(items), time.GetUtcNow()) is ClientVerdict.Accepted(var client) ? client : null;

    // The handshake of a peer that offers too little ends before anybody shows a certificate, and the platform tells nobody. Nothing is
    // taken from the connection, nor decided.
    private async Task LookAsync(ConnectionContext connection)
    {
        using var timeout = new CancellationTokenSource(_timeout, time);
        try
        {
            while (true)
            {
                var read = await connection.Transport.Input.ReadAsync(timeout.Token);
                var isWhole = IsWhole(read.Buffer) || read.IsCompleted || read.IsCanceled;
                if (isWhole && NoTlsOf(read.Buffer) is { } other)
                {
                    refused.Record(null, connection.RemoteEndPoint, other);
                }
                else if (
                    isWhole
                    && ClientHello.Offered(read.Buffer.ToArray()) is { HasTls13: false } offer
                    && !(offer.HasTls12 && IsTls12Allowed)
                )
                {
                    refused.Record(
                        null,
                        connection.RemoteEndPoint,
                        IsTls12Allowed
                            ? "it speaks neither TLS 1.3 nor TLS 1.2"
                            : "it speaks no TLS 1.3, and nothing older is let in: where it "
                                + "cannot, as Teku, set tls.allowTls12 in signer.json"
                    );
                }

                connection.Transport.Input.AdvanceTo(read.Buffer.Start, isWhole ? read.Buffer.Start : read.Buffer.End);
                if (isWhole)
                {
                    return;
                }
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or IOException or ConnectionAbortedException)
        {
            // It is slow, or gone: the handshake finds that, too.
        }
    }

    // What a peer sends that speaks no TLS at all; null where it may be TLS.
    private static string? NoTlsOf(ReadOnlySequence<byte> bytes)
    {
        Span<byte> header = stackalloc byte[ClientHello.HeaderLength];
        if (bytes.Length < header.Length)
        {
            return null;
        }

        bytes.Slice(0, header.Length).CopyTo(header);
        return ClientHello.IsRecord(header) ? null
            : header.ContainsAnyExcept(_verb) ? "it speaks no TLS, and there is nothing else here"
            : "it asks in plain HTTP, and there is TLS alone here: where its address of the signer begins with http://, it wants https://";
    }

    private static bool IsWhole(ReadOnlySequence<byte> bytes)
    {
        Span<byte> header = stackalloc byte[ClientHello.HeaderLength];
        if (bytes.Length < header.Length)
        {
            return false;
        }

        bytes.Slice(0, header.Length).CopyTo(header);
        return ClientHello.LengthOf(header) is not { } length || bytes.Length >= length;
    }

    private SslServerAuthenticationOptions Options(TlsHandshakeCallbackContext context)
    {
        var (material, connection) = (store.Current, context.Connection);
        return new SslServerAuthenticationOptions
        {
            ServerCertificateContext = material.ServerCertificate,
            ClientCertificateRequired = true,
            EnabledSslProtocols = material.Protocols,
            CipherSuitesPolicy = _suites,

            // A resumed session would carry a client past a revocation list that was read meanwhile.
            AllowTlsResume = false,
            AllowRenegotiation = false,

            // What the platform makes of the certificate is not asked for: it looks for nothing on the network meanwhile.
            CertificateChainPolicy = new X509ChainPolicy
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust,
                RevocationMode = X509RevocationMode.NoCheck,
                DisableCertificateDownloads = true,
            },
            RemoteCertificateValidationCallback = (_, certificate, chain, _) =>
                Accept(material, certificate as X509Certificate2, chain, connection),
        };
    }

    private bool Accept(TlsMaterial material, X509Certificate2? certificate, X509Chain? chain, BaseConnectionContext connection)
    {
        if (certificate is null)
        {
            refused.Record(null, connection.RemoteEndPoint, "no certificate was presented");
            return false;
        }

        // Kept, because the client is judged again after a reload; copied, because the chain goes away.
        connection.Items[typeof(MutualTls)] = new X509Certificate2Collection(
            (chain?.ChainPolicy.ExtraStore ?? [])
                .Take(MaxSent)
                .Select(sent => X509CertificateLoader.LoadCertificate(sent.RawDataMemory.Span))
                .ToArray()
        );
        switch (material.Trust.Judge(certificate, SentOf(connection.Items), time.GetUtcNow()))
        {
            case ClientVerdict.Accepted(var client):
                if (access.Knows(client))
                {
                    _seen[client.Name] = certificate.NotAfter.ToUniversalTime();
                }

                return true;
            case ClientVerdict.Refused(var reason):
                refused.Record(certificate, connection.RemoteEndPoint, reason);
                return false;
            default:
                throw new System.Diagnostics.UnreachableException();
        }
    }

    private static X509Certificate2Collection SentOf(IDictionary<object, object?> items) =>
        items.TryGetValue(typeof(MutualTls), out var sent) ? (X509Certificate2Collection)sent! : [];
}
