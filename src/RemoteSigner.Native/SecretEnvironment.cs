using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace RemoteSigner.Native;

/// <summary>Takes a secret out of the environment of this process without making it a string.</summary>
public static unsafe class SecretEnvironment
{
    /// <summary>
    /// Copies the variable into secret memory, overwrites it where it stands and removes it, so that no child inherits it and
    /// <c>/proc/self/environ</c> no longer shows it; null when it is not set or empty. To be called before other threads use the
    /// environment.
    /// </summary>
    public static SecretBytes? Take(string name, SecretArena arena)
    {
        var value = Libc.getenv(name);
        if (value is null || *value == 0)
        {
            return null;
        }

        var text = MemoryMarshal.CreateReadOnlySpanFromNullTerminated(value);
        var secret = arena.Allocate(text.Length);
        text.CopyTo(secret.Span);
        CryptographicOperations.ZeroMemory(new Span<byte>(value, text.Length));
        _ = Libc.unsetenv(name);
        return secret;
    }
}
