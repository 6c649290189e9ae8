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
        endPoint =
            ushort.TryParse(address, NumberStyles.None, CultureInfo.InvariantCulture, out var port)
                ? new IPEndPoint(IPAddress.Loopback, port)
            : Path.IsPathFullyQualified(address) ? new UnixDomainSocketEndPoint(address)
            : null;
        return endPoint is not null;
    }
}
