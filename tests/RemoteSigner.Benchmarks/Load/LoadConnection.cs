using System.Net.Security;
using System.Net.Sockets;
using System.Text;

namespace RemoteSigner.Benchmarks;

/// <summary>
/// One keep-alive connection over mutual TLS that posts prepared bytes and reads the status: as little client as there can be.
/// </summary>
internal sealed class LoadConnection : IDisposable
{
    /// <summary>A request that costs next to nothing.</summary>
    public static readonly byte[] Upcheck = "GET /upcheck HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"u8.ToArray();

    private readonly TcpClient _tcp = new() { NoDelay = true };
    private readonly byte[] _buffer = new byte[4096];
    private byte[] _batch = [];
    private SslStream _stream = null!;

    public static async Task<LoadConnection> OpenAsync(int port, SslClientAuthenticationOptions tls)
    {
        var connection = new LoadConnection();
        await connection._tcp.ConnectAsync("127.0.0.1", port);
        connection._stream = new SslStream(connection._tcp.GetStream());
        await connection._stream.AuthenticateAsClientAsync(tls);
        return connection;
    }

    public static byte[] Request(string publicKey, string body) =>
        Encoding.ASCII.GetBytes(
            $"POST /api/v1/eth2/sign/{publicKey} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: "
                + $"application/json\r\nContent-Type: application/json\r\nContent-Length: {body.Length}\r\n\r\n{body}"
        );

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

    /// <summary>Posts a batch and waits for the whole answer; how many signatures are in it, 0 when it is not 200.</summary>
    public async Task<int> PostBatchAsync(ReadOnlyMemory<byte> request)
    {
        // What is read is kept, and looked at once all of it is there: counting is none of the signer's.
        await _stream.WriteAsync(request);
        var length = 0;
        while (true)
        {
            if (length == _batch.Length)
            {
                Array.Resize(ref _batch, Math.Max(1 << 20, 2 * length));
            }

            var more = await _stream.ReadAsync(_batch.AsMemory(length));
            length += more;
            if (more == 0 || IsWhole(_batch.AsSpan(0, length)) || _batch.AsSpan(0, length).EndsWith("\r\n0\r\n\r\n"u8))
            {
                return _batch.AsSpan(0, length).StartsWith("HTTP/1.1 200"u8)
                    ? Count(Unchunked(_batch.AsSpan(0, length)), "\"signature\":\"0x"u8)
                    : 0;
            }
        }
    }

    public void Dispose()
    {
        _stream.Dispose();
        _tcp.Dispose();
    }

    // The body of an answer; in place where it comes in chunks (RFC 9112 §7.1).
    private static ReadOnlySpan<byte> Unchunked(Span<byte> answer)
    {
        var body = answer[(answer.IndexOf("\r\n\r\n"u8) + 4)..];
        if (answer.IndexOf("Transfer-Encoding: chunked\r\n"u8) < 0)
        {
            return body;
        }

        var (from, to) = (0, 0);
        while (System.Buffers.Text.Utf8Parser.TryParse(body[from..], out int length, out var digits, 'x') && length > 0)
        {
            from += digits + 2;
            body.Slice(from, length).CopyTo(body[to..]);
            (from, to) = (from + length + 2, to + length);
        }

        return body[..to];
    }

    private static int Count(ReadOnlySpan<byte> text, ReadOnlySpan<byte> what)
    {
        var count = 0;
        for (var at = text.IndexOf(what); at >= 0; at = text.IndexOf(what))
        {
            text = text[(at + what.Length)..];
            count++;
        }

        return count;
    }

    private static bool IsWhole(ReadOnlySpan<byte> answer)
    {
        var end = answer.IndexOf("\r\n\r\n"u8);
        var length = end < 0 ? -1 : answer[..end].IndexOf("Content-Length: "u8);
        if (length < 0)
        {
            return false;
        }

        var digits = answer[(length + 16)..];
        _ = System.Buffers.Text.Utf8Parser.TryParse(digits, out int bytes, out _);
        return answer.Length >= end + 4 + bytes;
    }
}
