namespace RemoteSigner.Native;

/// <summary>How well the kernel keeps secret memory to this process.</summary>
public enum SecretMemoryKind
{
    /// <summary>
    /// <c>memfd_secret</c>: not in the kernel's own map, in no core file, not readable through <c>/proc/self/mem</c>, never swapped.
    /// </summary>
    SecretMemory,

    /// <summary>
    /// <c>mlock</c> with <c>MADV_DONTDUMP</c>: never swapped and in no kernel core file, but a debugger or the .NET dump tool run by root
    /// can read it.
    /// </summary>
    Locked,
}
