using System.Net.Security;
using System.Net.Sockets;
using System.Text;

namespace RemoteSigner.Host.Connect;

/// <summary>
/// Connections to one signer over mutual TLS, kept open: over HTTP/2 all requests share one handshake. New files mean new connections; what
/// is under way ends on the former ones.
/// </summary>
internal sealed class SignerLink : IDisposable
{
    private static readonly TimeSpan _maxToConnect = TimeSpan.FromSeconds(4);

    private readonly ClientFiles _files;
    private readonly string _origin;
    private volatile Connections _connections;
    private volatile int _serverFaults;
    private volatile bool _isWithoutTls;

    public SignerLink(Uri signer, ClientFiles files)
    {
        (Signer, _files, _origin) = (signer, files, signer.GetLeftPart(UriPartial.Authority));
        _connections = Connect(files.Current);
    }

    public Uri Signer { get; }

    /// <summary>The common name of our certificate, by which the signer knows us.</summary>
    public string ClientName => _files.Current.Name;

    /// <summary>What was wrong with the certificate that the server showed last.</summary>
    public SslPolicyErrors ServerFaults => (SslPolicyErrors)_serverFaults;

    /// <summary>What the server answered last to the greeting of TLS was no TLS.</summary>
    public bool AnswersWithoutTls => _isWithoutTls;

    /// <summary>Looks whether the client's files hold something else by now.</summary>
    public void Refresh(ILogger log) => _files.Refresh(log);

    /// <summary>
    /// A request for a target that begins with '/', which reaches the signer as it stands here: what looks like another host or goes up a
    /// folder is the signer's to judge.
    /// </summary>
    public HttpRequestMessage Ask(HttpMethod method, string target) =>
        new(method, new Uri(_origin + target, new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true }))
        {
            Version = System.Net.HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionOrLower,
        };

    /// <summary>Sends a request; returns once the head of the answer is here.</summary>
    public Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellation)
    {
        var (connections, material) = (_connections, _files.Current);
        if (connections.Material != material)
        {
            // The former ones are not disposed of, because requests are under way on them: idle ones close by themselves. Of two that are
            // made at once one serves the requests that have it.
            _connections = connections = Connect(material);
        }

        return connections.Http.SendAsync(request, cancellation);
    }

    public void Dispose() => _connections.Http.Dispose();

    private Connections Connect(ClientMaterial material) =>
        new(
            material,
            new HttpMessageInvoker(
                new SocketsHttpHandler
                {
                    SslOptions = new SslClientAuthenticationOptions
                    {
                        ClientCertificateContext = material.Certificate,
                        CertificateChainPolicy = material.Authority,
                        RemoteCertificateValidationCallback = (_, _, _, faults) =>
                        {
                            _serverFaults = (int)faults;
                            return faults == SslPolicyErrors.None;
                        },
                    },
                    ConnectCallback = OpenAsync,
                    UseProxy = false,
                    UseCookies = false,
                    AllowAutoRedirect = false,
                    ActivityHeadersPropagator = null,
                    ConnectTimeout = _maxToConnect,
                    EnableMultipleHttp2Connections = true,

                    // Below the 75 s after which the signer closes an idle one; and one whose machine went away is noticed while somebody
                    // waits for an answer.
                    PooledConnectionIdleTimeout = TimeSpan.FromSeconds(60),
                    KeepAlivePingDelay = TimeSpan.FromSeconds(3),
                    KeepAlivePingTimeout = TimeSpan.FromSeconds(3),

                    // As the other end of this program reads them.
                    RequestHeaderEncodingSelector = (_, _) => Encoding.UTF8,
                }
            )
        );

    // As the platform does it; the platform's own word for an answer without TLS is that of a handshake that failed.
    private async ValueTask<Stream> OpenAsync(SocketsHttpConnectionContext context, CancellationToken cancellation)
    {
        _isWithoutTls = false;
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(context.DnsEndPoint, cancellation);
            return new GreetedStream(socket, first => _isWithoutTls = !GreetedStream.IsTls(first));
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private sealed record Connections(ClientMaterial Material, HttpMessageInvoker Http);
}
