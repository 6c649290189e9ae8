using System.Net;
using System.Net.Sockets;

namespace RemoteSigner.Rig;

/// <summary>
/// Ports of 127.0.0.1 for servers that are started later, no port twice in one process. They lie below those that the kernel gives to
/// outgoing connections (from 32768), any of which another test's connection may take before the server does.
/// </summary>
public static class LoopbackPort
{
    private const int First = 12_000;
    private const int Count = 20_000;

    private static int _next = Environment.ProcessId * 97 % Count;

    /// <summary>A port that nobody listens on.</summary>
    public static int Free() => FreeRun(1);

    /// <summary>The first of two such ports side by side.</summary>
    public static int FreePair() => FreeRun(2);

    private static int FreeRun(int length)
    {
        for (var attempt = 0; attempt < Count; attempt++)
        {
            var port = First + ((Interlocked.Add(ref _next, length) - length) % (Count - length));
            if (Enumerable.Range(port, length).All(IsFree))
            {
                return port;
            }
        }

        throw new InvalidOperationException($"no port from {First} on is free");
    }

    private static bool IsFree(int port)
    {
        try
        {
            using var listener = new TcpListener(IPAddress.Loopback, port);
            listener.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
