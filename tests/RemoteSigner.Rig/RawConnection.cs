using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace RemoteSigner.Rig;

/// <summary>
/// One TLS connection that is kept open, request after request: what happens to it cannot be hidden by a pool that opens another.
/// </summary>
public sealed class RawConnection : IDisposable
{
    private readonly TcpClient _socket;
    private readonly SslStream _stream;

    private RawConnection(TcpClient socket, SslStream stream) => (_socket, _stream) = (socket, stream);

    /// <summary>The certificate that the server showed in the handshake.</summary>
    public X509Certificate2 ServerCertificate => (X509Certificate2)_stream.RemoteCertificate!;

    public SslProtocols Protocol => _stream.SslProtocol;

    public static Task<RawConnection> OpenAsync(SignerProcess signer, string data, string client) =>
        OpenAsync(signer, ClientCertificate.Options(data, ClientCertificate.Load(data, client)));

    public static async Task<RawConnection> OpenAsync(SignerProcess signer, SslClientAuthenticationOptions options)
    {
        var socket = new TcpClient();
        await socket.ConnectAsync("127.0.0.1", signer.ApiPort);
        var stream = new SslStream(socket.GetStream());
        await stream.AuthenticateAsClientAsync(options);
        return new RawConnection(socket, stream);
    }

    /// <summary>GET on this very connection; null when the connection has ended.</summary>
    public async Task<ApiAnswer?> GetAsync(string path, string host = "localhost")
    {
        await SendAsync($"GET {path} HTTP/1.1\r\nHost: {host}\r\n\r\n");
        return await ReadAnswerAsync();
    }

    /// <summary>Text as it is, a whole request or a part of one.</summary>
    public async Task SendAsync(string text) => await _stream.WriteAsync(Encoding.ASCII.GetBytes(text));

    /// <summary>The next answer; null when the connection has ended.</summary>
    public async Task<ApiAnswer?> ReadAnswerAsync()
    {
        var buffer = new byte[64 * 1024];
        for (var (length, end) = (0, -1); ; end = EndOf(Encoding.ASCII.GetString(buffer, 0, length)))
        {
            if (end >= 0 && length >= end)
            {
                return Parse(Encoding.ASCII.GetString(buffer, 0, end));
            }

            var read = await _stream.ReadAsync(buffer.AsMemory(length));
            if (read == 0)
            {
                return null;
            }

            length += read;
        }
    }

    /// <summary>Waits, silent, until the server ends the connection.</summary>
    public async Task WaitForEndAsync()
    {
        var buffer = new byte[256];
        while (await _stream.ReadAsync(buffer) > 0)
        {
            // Nothing is expected before the end; whatever comes is not it.
        }
    }

    /// <summary>What comes next, not awaited to its end.</summary>
    public async Task<string> ReadSomeAsync()
    {
        var buffer = new byte[4096];
        return Encoding.ASCII.GetString(buffer, 0, await _stream.ReadAsync(buffer));
    }

    /// <summary>Ends the connection at once, with a reset: nothing more is said in TLS.</summary>
    public void Reset()
    {
        _socket.LingerState = new LingerOption(enable: true, 0);
        _socket.Client.Close();
    }

    public void Dispose()
    {
        _stream.Dispose();
        _socket.Dispose();
    }

    private static ApiAnswer Parse(string text) =>
        new(
            (HttpStatusCode)int.Parse(text.AsSpan(9, 3)),
            HeaderOf(text, "Content-Type"),
            text[(text.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4)..]
        );

    // Every answer of the signer names its length.
    private static int EndOf(string text)
    {
        var head = text.IndexOf("\r\n\r\n", StringComparison.Ordinal);
        if (head < 0)
        {
            return -1;
        }

        return head + 4 + int.Parse(HeaderOf(text, "Content-Length")!);
    }

    private static string? HeaderOf(string text, string name) =>
        text.Split("\r\n")
            .FirstOrDefault(line => line.StartsWith(name + ":", StringComparison.OrdinalIgnoreCase))
            ?[(name.Length + 1)..].Trim();
}
