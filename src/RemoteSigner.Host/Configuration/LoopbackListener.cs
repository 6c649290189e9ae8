using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace RemoteSigner.Host.Configuration;

/// <summary>Where a listener without TLS may be: a port of 127.0.0.1, or a unix socket.</summary>
internal static class LoopbackListener
{
    public static bool TryParse(string address, [NotNullWhen(true)] out EndPoint? endPoint)
    {
        endPoint = ushort.TryParse(address, NumberStyles.None, CultureInfo.InvariantCulture, out var port) ? new IPEndPoint(IPAddress.Loopback, port)
            : Path.IsPathFullyQualified(address) ? new UnixDomainSocketEndPoint(address)
            : null;
        return endPoint is not null;
    }

    /// <summary>Removes the socket that a signer which was killed left behind: nobody answers on it, and it would keep the next one from starting.</summary>
    public static void RemoveStale(EndPoint endPoint)
    {
        if (endPoint is not UnixDomainSocketEndPoint unix || !File.Exists(unix.ToString()))
        {
            return;
        }

        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            socket.Connect(unix);
        }
        catch (SocketException exception) when (exception.SocketErrorCode == SocketError.ConnectionRefused)
        {
            File.Delete(unix.ToString()!);
        }
    }
}
