using System.Runtime.InteropServices;

namespace RemoteSigner.Native;

/// <summary>The C library calls this project makes, by their C names; Linux x86-64 and arm64.</summary>
internal static unsafe partial class Libc
{
    internal const int PROT_NONE = 0,
        PROT_READ = 1,
        PROT_WRITE = 2;
    internal const int MAP_SHARED = 1,
        MAP_PRIVATE = 2,
        MAP_FIXED = 0x10,
        MAP_ANONYMOUS = 0x20;
    internal const int MADV_DONTFORK = 10,
        MADV_DONTDUMP = 16,
        MADV_WIPEONFORK = 18;
    internal const int PR_SET_DUMPABLE = 4;
    internal const int RLIMIT_CORE = 4;
    internal const int O_CLOEXEC = 0x80000,
        O_DIRECTORY = 0x10000;
    internal const int PRIO_PROCESS = 0;
    internal const int SOL_SOCKET = 1,
        SO_PEERCRED = 17;
    internal const long SYS_memfd_secret = 447;

    private const string Library = "libc";

    [LibraryImport(Library, SetLastError = true)]
    internal static partial void* mmap(void* address, nuint length, int protection, int flags, int descriptor, long offset);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int munmap(void* address, nuint length);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int mlock(void* address, nuint length);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int madvise(void* address, nuint length, int advice);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int ftruncate(int descriptor, long length);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int close(int descriptor);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int fsync(int descriptor);

    [LibraryImport(Library, SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int open(string path, int flags);

    [LibraryImport(Library, SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int statx(int folder, string path, int flags, uint mask, byte* status);

    [LibraryImport(Library, SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int statfs(string path, byte* status);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial byte* getenv(string name);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int unsetenv(string name);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial long syscall(long number, nint first);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int prctl(int option, nuint second, nuint third, nuint fourth, nuint fifth);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int setrlimit(int resource, ResourceLimit* limit);

    [LibraryImport(Library)]
    internal static partial int setpriority(int which, uint who, int nice);

    [LibraryImport(Library)]
    internal static partial uint geteuid();

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int getsockopt(int socket, int level, int option, Credentials* value, int* length);

    internal struct Credentials
    {
        internal int Process;
        internal uint User;
        internal uint Group;
    }

    internal struct ResourceLimit
    {
        internal ulong Soft;
        internal ulong Hard;
    }
}
