using System.Net.Sockets;

namespace RemoteSigner.Host.Connect;

/// <summary>A connection that tells the first byte which the other end sends.</summary>
internal sealed class GreetedStream(Socket socket, Action<byte> greeted) : NetworkStream(socket, ownsSocket: true)
{
    private bool _isGreeted;

    /// <summary>Does a record of TLS begin so (RFC 8446 §5.1: an alert, a handshake and what comes later)?</summary>
    public static bool IsTls(byte first) => first is >= 20 and <= 24;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var read = await base.ReadAsync(buffer, cancellationToken);
        if (read > 0 && !_isGreeted)
        {
            _isGreeted = true;
            greeted(buffer.Span[0]);
        }

        return read;
    }
}
