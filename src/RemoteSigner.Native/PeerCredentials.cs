using System.Runtime.InteropServices;

namespace RemoteSigner.Native;

/// <summary>
/// Who is at the other end of a Unix socket, by the kernel's word (SO_PEERCRED, unix(7)): the effective user when it connected.
/// </summary>
public static unsafe class PeerCredentials
{
    /// <summary>The effective user of this process.</summary>
    public static uint Ours => Libc.geteuid();

    /// <summary>The peer's user.</summary>
    /// <exception cref="IOException">The kernel does not tell: it is no connected Unix socket.</exception>
    public static uint UserOf(SafeHandle socket)
    {
        Libc.Credentials credentials;
        var length = sizeof(Libc.Credentials);
        var held = false;
        try
        {
            socket.DangerousAddRef(ref held);
            return
                Libc.getsockopt((int)socket.DangerousGetHandle(), Libc.SOL_SOCKET, Libc.SO_PEERCRED, &credentials, &length) == 0
                && length == sizeof(Libc.Credentials)
                ? credentials.User
                : throw new IOException($"cannot tell who is at the other end of a socket: error {Marshal.GetLastPInvokeError()}");
        }
        finally
        {
            if (held)
            {
                socket.DangerousRelease();
            }
        }
    }
}
