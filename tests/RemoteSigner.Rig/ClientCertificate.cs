using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace RemoteSigner.Rig;

/// <summary>HTTP over mutual TLS with a client that <c>init</c> made.</summary>
public static class ClientCertificate
{
    /// <summary>A client of <paramref name="signer"/> that presents <c>clients/NAME.crt</c> and trusts <c>tls/ca.crt</c> alone.</summary>
    public static HttpClient Connect(SignerProcess signer, string data, string name) => Connect(signer.Api, data, Load(data, name));

    public static HttpClient Connect(Uri api, string data, X509Certificate2? certificate)
    {
        var handler = new SocketsHttpHandler
        {
            PooledConnectionLifetime = Timeout.InfiniteTimeSpan,
            SslOptions = Options(data, certificate),
        };
        var client = new HttpClient(handler) { BaseAddress = api };
        client.DefaultRequestHeaders.Accept.ParseAdd("application/json");
        return client;
    }

    /// <summary>TLS that presents <paramref name="certificate"/> (or none) and trusts the signer's own authority alone.</summary>
    public static SslClientAuthenticationOptions Options(string data, X509Certificate2? certificate) =>
        new()
        {
            TargetHost = "127.0.0.1",
            ClientCertificates = certificate is null ? [] : [certificate],
            LocalCertificateSelectionCallback = (_, _, _, _, _) => certificate!,
            CertificateChainPolicy = new X509ChainPolicy
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust,
                CustomTrustStore = { X509CertificateLoader.LoadCertificateFromFile(Path.Combine(data, "tls", "ca.crt")) },
                RevocationMode = X509RevocationMode.NoCheck,
            },
        };

    public static X509Certificate2 Load(string data, string name) =>
        X509Certificate2.CreateFromPemFile(Path.Combine(data, "clients", name + ".crt"), Path.Combine(data, "clients", name + ".key"));
}
