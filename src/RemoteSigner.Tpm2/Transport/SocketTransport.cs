using System.Net;
using System.Net.Sockets;

namespace RemoteSigner.Tpm2;

/// <summary>
/// swtpm's data channel over TCP or a unix socket: commands and responses follow each other without framing. swtpm serves one client at a
/// time and has no resource manager: a second connection is accepted, and never answered.
/// </summary>
public sealed class SocketTransport : ITpmTransport
{
    private readonly Socket _socket;
    private readonly EndPoint _address;

    private SocketTransport(Socket socket, EndPoint address) => (_socket, _address) = (socket, address);

    public bool HasResourceManager => false;

    /// <exception cref="TpmTransportException">Nobody listens there.</exception>
    public static SocketTransport Connect(EndPoint address)
    {
        var socket = new Socket(
            address.AddressFamily,
            SocketType.Stream,
            address is UnixDomainSocketEndPoint ? ProtocolType.Unspecified : ProtocolType.Tcp
        );
        try
        {
            socket.Connect(address);
            if (address is IPEndPoint)
            {
                socket.NoDelay = true;
            }

            return new SocketTransport(socket, address);
        }
        catch (SocketException fault)
        {
            socket.Dispose();
            throw new TpmTransportException(
                TpmTransportFault.Unreachable,
                $"cannot connect to the software TPM at {address}: {fault.Message}",
                fault
            );
        }
    }

    public int Transact(ReadOnlySpan<byte> command, Span<byte> response, TimeSpan timeout)
    {
        try
        {
            _socket.SendTimeout = _socket.ReceiveTimeout = (int)timeout.TotalMilliseconds;
            Send(command);
            Receive(response[..ResponseHeader.Size]);
            var size = ResponseHeader.TotalSize(response, response.Length);
            Receive(response[ResponseHeader.Size..size]);
            return size;
        }
        catch (Exception fault) when (fault is SocketException or ObjectDisposedException)
        {
            _socket.Dispose();
            throw fault is SocketException { SocketErrorCode: SocketError.TimedOut or SocketError.WouldBlock }
                ? new TpmTransportException(
                    TpmTransportFault.TimedOut,
                    $"the software TPM at {_address} gave no answer in {timeout.TotalSeconds} s (it hangs, or serves another client)",
                    fault
                )
                : Closed(fault);
        }
    }

    public void Dispose() => _socket.Dispose();

    private void Send(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            bytes = bytes[_socket.Send(bytes)..];
        }
    }

    private void Receive(Span<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            var count = _socket.Receive(bytes);
            bytes = count > 0 ? bytes[count..] : throw Closed(null);
        }
    }

    private TpmTransportException Closed(Exception? fault)
    {
        _socket.Dispose();
        return new(TpmTransportFault.Closed, $"the software TPM at {_address} closed the connection", fault);
    }
}
