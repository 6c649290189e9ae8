using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace RemoteSigner.Host.Connect;

/// <summary>Connections to one signer over mutual TLS, kept open: over HTTP/2 all requests share one handshake.</summary>
internal sealed class SignerLink : IDisposable
{
    private static readonly TimeSpan _mostToConnect = TimeSpan.FromSeconds(4);

    private readonly HttpMessageInvoker _http;
    private readonly string _origin;
    private volatile int _serverFaults;

    /// <exception cref="Configuration.ConfigurationException">A file cannot be used.</exception>
    public SignerLink(Uri signer, ClientFiles files)
    {
        (Signer, _origin) = (signer, signer.GetLeftPart(UriPartial.Authority));
        var tls = files.Read();
        ClientName = tls.ClientCertificateContext!.TargetCertificate.GetNameInfo(X509NameType.SimpleName, forIssuer: false);
        tls.RemoteCertificateValidationCallback = (_, _, _, faults) =>
        {
            _serverFaults = (int)faults;
            return faults == SslPolicyErrors.None;
        };
        _http = new HttpMessageInvoker(new SocketsHttpHandler
        {
            SslOptions = tls,
            UseProxy = false,
            UseCookies = false,
            AllowAutoRedirect = false,
            ActivityHeadersPropagator = null,
            ConnectTimeout = _mostToConnect,
            EnableMultipleHttp2Connections = true,

            // Below the 75 s after which the signer closes an idle one; and one whose machine went away is noticed while somebody waits for an answer.
            PooledConnectionIdleTimeout = TimeSpan.FromSeconds(60),
            KeepAlivePingDelay = TimeSpan.FromSeconds(3),
            KeepAlivePingTimeout = TimeSpan.FromSeconds(3),

            // As the other end of this program reads them.
            RequestHeaderEncodingSelector = (_, _) => Encoding.UTF8,
        });
    }

    public Uri Signer { get; }

    /// <summary>The common name of our certificate, by which the signer knows us.</summary>
    public string ClientName { get; }

    /// <summary>What was wrong with the certificate that the server showed last.</summary>
    public SslPolicyErrors ServerFaults => (SslPolicyErrors)_serverFaults;

    /// <summary>A request for a target that begins with '/', which reaches the signer as it stands here: what looks like another host or goes up a folder is the signer's to judge.</summary>
    public HttpRequestMessage Ask(HttpMethod method, string target) =>
        new(method, new Uri(_origin + target, new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true }))
        {
            Version = System.Net.HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionOrLower,
        };

    /// <summary>Sends a request; returns once the head of the answer is here.</summary>
    public Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellation) => _http.SendAsync(request, cancellation);

    public void Dispose() => _http.Dispose();
}
