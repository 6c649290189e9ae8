using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;
using RemoteSigner.Rig;

namespace RemoteSigner.Fuzz;

/// <summary>Where requests are sent, byte by byte as they are: no client library mends them.</summary>
internal enum Listener
{
    MutualTls,
    Loopback,
    Operations,
    Control,
}

/// <summary>What came back: the status, and the body as text.</summary>
internal sealed record RawAnswer(int Status, string Body);

/// <summary>One connection to one listener, kept as long as it answers.</summary>
internal sealed class Door(FuzzedSigner signer, Listener listener) : IDisposable
{
    private static readonly TimeSpan _timeout = TimeSpan.FromSeconds(20);

    private Socket? _socket;
    private Stream? _stream;

    /// <summary>Sends a request that is framed as it should be, and reads its answer.</summary>
    /// <exception cref="IOException">There was none: it was dropped.</exception>
    public async Task<RawAnswer> AskAsync(byte[] request)
    {
        using var timeout = new CancellationTokenSource(_timeout);
        for (var isOld = _stream is not null; ; isOld = false)
        {
            try
            {
                await OpenAsync(timeout.Token);
                await _stream!.WriteAsync(request, timeout.Token);
                return await ReadAsync(timeout.Token);
            }
            // One that was kept may have been closed meanwhile, after a refusal.
            catch (IOException) when (isOld)
            {
                Close();
            }
            catch (OperationCanceledException)
            {
                Close();
                throw new IOException($"no answer within {_timeout.TotalSeconds} seconds");
            }
            catch
            {
                Close();
                throw;
            }
        }
    }

    /// <summary>
    /// Sends whatever it is over a connection of its own, which ends after it; null where nothing came in the time given.
    /// </summary>
    public async Task<RawAnswer?> ThrowAsync(byte[] bytes, bool resets, TimeSpan time)
    {
        Close();
        using var timeout = new CancellationTokenSource(time);
        try
        {
            await OpenAsync(timeout.Token);
            await _stream!.WriteAsync(bytes, timeout.Token);
            if (resets)
            {
                _socket!.LingerState = new LingerOption(enable: true, 0);
                return null;
            }

            return await ReadAsync(timeout.Token);
        }
        catch (Exception exception)
            when (exception is IOException or SocketException or FormatException or InvalidOperationException or OperationCanceledException)
        {
            return null;
        }
        finally
        {
            Close();
        }
    }

    public void Dispose() => Close();

    private async Task OpenAsync(CancellationToken cancellation)
    {
        if (_stream is not null)
        {
            return;
        }

        EndPoint address = listener switch
        {
            Listener.MutualTls => new IPEndPoint(IPAddress.Loopback, signer.Process.ApiPort),
            Listener.Loopback => new IPEndPoint(IPAddress.Loopback, signer.LoopbackPort),
            Listener.Operations => new IPEndPoint(IPAddress.Loopback, signer.Process.OperationsPort),
            _ => new UnixDomainSocketEndPoint(Path.Combine(signer.Home.Data, "control.sock")),
        };
        _socket = new Socket(address.AddressFamily, SocketType.Stream, address is IPEndPoint ? ProtocolType.Tcp : ProtocolType.Unspecified);
        try
        {
            await _socket.ConnectAsync(address, cancellation);
        }
        catch (SocketException exception)
        {
            throw new IOException("cannot connect", exception);
        }

        _stream = new NetworkStream(_socket, ownsSocket: true);
        if (listener == Listener.MutualTls)
        {
            var tls = new SslStream(_stream);
            _stream = tls;
            await tls.AuthenticateAsClientAsync(
                ClientCertificate.Options(signer.Home.Data, ClientCertificate.Load(signer.Home.Data, "admin")),
                cancellation
            );
        }
    }

    private void Close()
    {
        _stream?.Dispose();
        _socket?.Dispose();
        (_stream, _socket) = (null, null);
    }

    private async Task<RawAnswer> ReadAsync(CancellationToken cancellation)
    {
        using var read = new MemoryStream();
        while (true)
        {
            var head = await ReadHeadAsync(read, cancellation);
            var status = int.Parse(head.AsSpan(9, 3), CultureInfo.InvariantCulture);
            if (status == 100)
            {
                continue;
            }

            var closes = HeaderOf(head, "Connection")?.Contains("close", StringComparison.OrdinalIgnoreCase) == true;
            var body =
                HeaderOf(head, "Content-Length") is { } length
                    ? await ReadBytesAsync(read, int.Parse(length, CultureInfo.InvariantCulture), cancellation)
                : HeaderOf(head, "Transfer-Encoding") is not null ? await ReadChunksAsync(read, cancellation)
                : "";
            if (closes)
            {
                Close();
            }

            return new RawAnswer(status, body);
        }
    }

    private async Task<string> ReadHeadAsync(MemoryStream read, CancellationToken cancellation)
    {
        for (var end = -1; ; end = read.GetBuffer().AsSpan(0, (int)read.Length).IndexOf("\r\n\r\n"u8))
        {
            if (end >= 0)
            {
                return Take(read, end + 4);
            }

            await MoreAsync(read, cancellation);
        }
    }

    private async Task<string> ReadBytesAsync(MemoryStream read, int length, CancellationToken cancellation)
    {
        while (read.Length < length)
        {
            await MoreAsync(read, cancellation);
        }

        return Take(read, length);
    }

    private async Task<string> ReadChunksAsync(MemoryStream read, CancellationToken cancellation)
    {
        var body = new StringBuilder();
        while (true)
        {
            int end;
            while ((end = read.GetBuffer().AsSpan(0, (int)read.Length).IndexOf("\r\n"u8)) < 0)
            {
                await MoreAsync(read, cancellation);
            }

            var size = int.Parse(Take(read, end + 2).Trim(), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
            var chunk = await ReadBytesAsync(read, size + 2, cancellation);
            if (size == 0)
            {
                return body.ToString();
            }

            body.Append(chunk.AsSpan(0, size));
        }
    }

    private async Task MoreAsync(MemoryStream read, CancellationToken cancellation)
    {
        var buffer = new byte[16 * 1024];
        var count = await _stream!.ReadAsync(buffer, cancellation);
        if (count == 0)
        {
            throw new IOException("the connection ended before the answer did");
        }

        read.Position = read.Length;
        read.Write(buffer, 0, count);
    }

    // The first bytes, which are gone from it then.
    private static string Take(MemoryStream read, int length)
    {
        var bytes = read.ToArray();
        read.SetLength(0);
        read.Write(bytes, length, bytes.Length - length);
        return Encoding.Latin1.GetString(bytes, 0, length);
    }

    private static string? HeaderOf(string head, string name) =>
        head.Split("\r\n")
            .FirstOrDefault(line => line.StartsWith(name + ":", StringComparison.OrdinalIgnoreCase))
            ?[(name.Length + 1)..].Trim();
}
