namespace RemoteSigner.Native;

/// <summary>What kind of file system a folder lies on, by the kernel's word (statfs(2), <c>linux/magic.h</c>).</summary>
public static unsafe class FileSystem
{
    private const long TmpfsMagic = 0x01021994;
    private const long RamfsMagic = 0x858458f6;
    private const int Length = 120;

    /// <summary>Does what is written there stay in memory, on no disk? Of tmpfs only as long as nothing is swapped out.</summary>
    /// <exception cref="IOException">The folder cannot be looked at.</exception>
    public static MemoryFileSystem? MemoryAt(string folder)
    {
        // struct statfs has 120 bytes on x86-64 and arm64; f_type is the first word.
        var status = stackalloc long[Length / sizeof(long)];
        return Libc.statfs(folder, (byte*)status) != 0
            ? throw new IOException($"cannot look at the file system of {folder}")
            : status[0] switch
            {
                TmpfsMagic => MemoryFileSystem.Tmpfs,
                RamfsMagic => MemoryFileSystem.Ramfs,
                _ => null,
            };
    }
}

/// <summary>A file system that keeps what is written in memory.</summary>
public enum MemoryFileSystem
{
    /// <summary>Its pages may be swapped out.</summary>
    Tmpfs,

    /// <summary>Its pages are never swapped out.</summary>
    Ramfs,
}
