using System.Net;
using System.Net.Sockets;

namespace RemoteSigner.Tpm2;

/// <summary>
/// Where a TPM is, in tpm2-tools' own words (its TCTI names): <c>device:/dev/tpmrm0</c>, <c>swtpm:host=127.0.0.1,port=2321</c> or
/// <c>swtpm:path=/run/tpm/sock</c>.
/// </summary>
public sealed class TpmAddress
{
    private readonly string _text;
    private readonly Func<ITpmTransport> _connect;

    private TpmAddress(string text, Func<ITpmTransport> connect) => (_text, _connect) = (text, connect);

    /// <exception cref="FormatException">None of the three forms.</exception>
    public static TpmAddress Parse(string text)
    {
        if (text.StartsWith("device:/", StringComparison.Ordinal))
        {
            var path = text["device:".Length..];
            return new(text, () => DeviceTransport.Open(path));
        }

        if (text.StartsWith("swtpm:path=/", StringComparison.Ordinal))
        {
            var socket = new UnixDomainSocketEndPoint(text["swtpm:path=".Length..]);
            return new(text, () => SocketTransport.Connect(socket));
        }

        var endPoint = ParseTcp(text);
        return new(text, () => SocketTransport.Connect(endPoint));
    }

    /// <exception cref="TpmTransportException">Nothing is there.</exception>
    public ITpmTransport Connect() => _connect();

    public override string ToString() => _text;

    private static IPEndPoint ParseTcp(string text)
    {
        const string Prefix = "swtpm:host=";
        var port = text.IndexOf(",port=", StringComparison.Ordinal);
        return
            text.StartsWith(Prefix, StringComparison.Ordinal)
            && port > 0
            && IPAddress.TryParse(text[Prefix.Length..port], out var host)
            && ushort.TryParse(text[(port + 6)..], out var number)
            ? new IPEndPoint(host, number)
            : throw new FormatException(
                $"'{text}' names no TPM: use device:/dev/tpmrm0, swtpm:host=127.0.0.1,port=2321 or swtpm:path=/path/to/socket"
            );
    }
}
