using System.Net.Sockets;
using RemoteSigner.Host.Configuration;
using RemoteSigner.Native;

namespace RemoteSigner.Host.Http;

/// <summary>A path at which the signer is about to listen.</summary>
internal static class SocketFile
{
    /// <summary>
    /// Removes the socket that a signer which was killed left behind: nobody answers on it, and it would keep the next one from starting.
    /// </summary>
    /// <exception cref="ConfigurationException">Something else is there, which is nothing of ours.</exception>
    public static void RemoveStale(string path)
    {
        if (FileStatus.Of(path) is not { } there)
        {
            return;
        }

        // To connect to a file fails as to a socket on which nobody listens.
        if (!there.IsSocket)
        {
            throw new ConfigurationException(
                $"{path} is to be a socket of this signer, and something else is there",
                "move away what is there, or name another path in signer.json"
            );
        }

        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            socket.Connect(new UnixDomainSocketEndPoint(path));
        }
        catch (SocketException exception) when (exception.SocketErrorCode == SocketError.ConnectionRefused)
        {
            File.Delete(path);
        }
        catch (SocketException exception)
        {
            throw new ConfigurationException(
                $"{path} is to be a socket of this signer, and what is there is another's: {exception.Message}",
                "move away what is there, or name another path in signer.json"
            );
        }
    }
}
