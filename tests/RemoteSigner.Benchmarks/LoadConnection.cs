using System.Net.Security;
using System.Net.Sockets;
using System.Text;

namespace RemoteSigner.Benchmarks;

/// <summary>One keep-alive connection over mutual TLS that posts prepared bytes and reads the status: as little client as there can be.</summary>
internal sealed class LoadConnection : IDisposable
{
    /// <summary>A request that costs next to nothing.</summary>
    public static readonly byte[] Upcheck = "GET /upcheck HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"u8.ToArray();

    private readonly TcpClient _tcp = new() { NoDelay = true };
    private readonly byte[] _buffer = new byte[4096];
    private SslStream _stream = null!;

    public static async Task<LoadConnection> OpenAsync(int port, SslClientAuthenticationOptions tls)
    {
        var connection = new LoadConnection();
        await connection._tcp.ConnectAsync("127.0.0.1", port);
        connection._stream = new SslStream(connection._tcp.GetStream());
        await connection._stream.AuthenticateAsClientAsync(tls);
        return connection;
    }

    public static byte[] Request(string publicKey, string body) => Encoding.ASCII.GetBytes(
        $"POST /api/v1/eth2/sign/{publicKey} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: application/json\r\nContent-Type: application/json\r\nContent-Length: {body.Length}\r\n\r\n{body}");

    /// <summary>Posts and waits for the whole answer; false when it is not 200.</summary>
    public async Task<bool> PostAsync(ReadOnlyMemory<byte> request)
    {
        await _stream.WriteAsync(request);
        var read = 0;
        while (true)
        {
            var more = await _stream.ReadAsync(_buffer.AsMemory(read));
            read += more;
            if (more == 0 || IsWhole(_buffer.AsSpan(0, read)))
            {
                return more > 0 && _buffer.AsSpan(0, read).StartsWith("HTTP/1.1 200"u8);
            }
        }
    }

    public void Dispose()
    {
        _stream.Dispose();
        _tcp.Dispose();
    }

    private static bool IsWhole(ReadOnlySpan<byte> answer)
    {
        var end = answer.IndexOf("\r\n\r\n"u8);
        var length = answer.IndexOf("Content-Length: "u8);
        if (end < 0 || length < 0)
        {
            return false;
        }

        var digits = answer[(length + 16)..];
        _ = System.Buffers.Text.Utf8Parser.TryParse(digits, out int bytes, out _);
        return answer.Length >= end + 4 + bytes;
    }
}
