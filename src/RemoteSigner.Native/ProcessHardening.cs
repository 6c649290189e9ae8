using System.Runtime.InteropServices;

namespace RemoteSigner.Native;

/// <summary>What a process that holds secrets asks of the kernel before it opens the first one.</summary>
public static unsafe class ProcessHardening
{
    /// <summary>
    /// No core file, no debugger of the same user (<c>PR_SET_DUMPABLE 0</c>, <c>RLIMIT_CORE 0</c>). To be called first in Main: execve
    /// resets it.
    /// </summary>
    /// <exception cref="SecretMemoryException">The kernel refused.</exception>
    public static void Apply()
    {
        var none = default(Libc.ResourceLimit);
        if (Libc.prctl(Libc.PR_SET_DUMPABLE, 0, 0, 0, 0) != 0 || Libc.setrlimit(Libc.RLIMIT_CORE, &none) != 0)
        {
            throw new SecretMemoryException(
                $"cannot forbid core files (errno {Marshal.GetLastPInvokeError()})",
                "run on Linux, outside a debugger"
            );
        }
    }
}
