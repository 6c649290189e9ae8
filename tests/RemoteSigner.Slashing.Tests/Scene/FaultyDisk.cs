using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using SQLitePCL;

namespace RemoteSigner.Tests.Slashing;

/// <summary>
/// A folder on a disk that fails as it is told to, under the real SQLite: its layer below (VFS) is the one for Unix with two calls taken
/// over, the one that writes and the one that syncs. Everything else, other folders included, goes its usual way. It also knows what a
/// power cut would leave: of each file what it was at its last sync.
/// </summary>
internal sealed class FaultyDisk : IDisposable
{
    private static readonly ConcurrentDictionary<string, FaultyDisk> _disks = new();
    private static readonly ConcurrentDictionary<nint, OpenFile> _open = new();
    private static readonly nint _unix = sqlite3_vfs_find(null);
    private static readonly Open _unixOpen = Marshal.GetDelegateForFunctionPointer<Open>(Marshal.ReadIntPtr(_unix, VfsOpen));

    // Kept for the life of the process: SQLite has their addresses.
    private static readonly (Open Open, Close Close, Write Write, Sync Sync) _calls = (OpenFileAt, CloseFile, WriteFile, SyncFile);

    private readonly ConcurrentDictionary<string, byte[]> _synced = new();
    private readonly List<string> _copies = [];

    static FaultyDisk()
    {
        var vfs = Copy(_unix, VfsSize);
        Marshal.WriteIntPtr(vfs, VfsName, Marshal.StringToCoTaskMemUTF8("faulty"));
        Marshal.WriteIntPtr(vfs, VfsOpen, Marshal.GetFunctionPointerForDelegate(_calls.Open));
        Assert.Equal(raw.SQLITE_OK, sqlite3_vfs_register(vfs, makeDefault: 1));
    }

    /// <param name="folder">A folder that is there, and goes with this; else one is made.</param>
    public FaultyDisk(string? folder = null) => _disks[Folder = folder ?? Directory.CreateTempSubdirectory("faulty-").FullName] = this;

    public string Folder { get; }

    public string LedgerFile => Path.Combine(Folder, "ledger.db");

    /// <summary>Told of each sync by the file's name; true lets it fail with EIO.</summary>
    public Func<string, bool> FailSync { get; set; } = _ => false;

    /// <summary>
    /// Told of each write by the file's name and where it would end; an SQLite code lets it fail with that, null lets it pass.
    /// </summary>
    public Func<string, long, int?> FailWrite { get; set; } = (_, _) => null;

    /// <summary>
    /// The files as a process that dies now leaves them, in a folder of their own: the kernel still has what was written and not synced.
    /// </summary>
    public string AfterKill()
    {
        var folder = NewFolder();
        foreach (var file in Directory.EnumerateFiles(Folder).Where(file => !file.EndsWith(".lock", StringComparison.Ordinal)))
        {
            File.Copy(file, Path.Combine(folder, Path.GetFileName(file)));
        }

        return folder;
    }

    /// <summary>The files as a power cut leaves them now, in a folder of their own.</summary>
    public string AfterPowerCut()
    {
        var folder = NewFolder();
        foreach (var (name, bytes) in _synced.Where(file => File.Exists(Path.Combine(Folder, file.Key))))
        {
            File.WriteAllBytes(Path.Combine(folder, name), bytes);
        }

        return folder;
    }

    public void Dispose()
    {
        _disks.TryRemove(Folder, out _);
        _copies.Append(Folder).ToList().ForEach(folder => Directory.Delete(folder, recursive: true));
    }

    private string NewFolder()
    {
        _copies.Add(Directory.CreateTempSubdirectory("left-").FullName);
        return _copies[^1];
    }

    private static int OpenFileAt(nint vfs, nint name, nint file, int flags, nint outFlags)
    {
        var code = _unixOpen(_unix, name, file, flags, outFlags);
        if (
            code == raw.SQLITE_OK
            && Marshal.PtrToStringUTF8(name) is { } path
            && Path.GetDirectoryName(path) is { } folder
            && _disks.TryGetValue(folder, out var disk)
        )
        {
            var methods = Marshal.ReadIntPtr(file);
            var ours = Copy(methods, MethodsSize);
            Marshal.WriteIntPtr(ours, MethodClose, Marshal.GetFunctionPointerForDelegate(_calls.Close));
            Marshal.WriteIntPtr(ours, MethodWrite, Marshal.GetFunctionPointerForDelegate(_calls.Write));
            Marshal.WriteIntPtr(ours, MethodSync, Marshal.GetFunctionPointerForDelegate(_calls.Sync));
            _open[file] = new OpenFile(disk, path, methods, ours);
            Marshal.WriteIntPtr(file, ours);
        }

        return code;
    }

    private static int CloseFile(nint file)
    {
        _ = _open.TryRemove(file, out var open);
        Marshal.WriteIntPtr(file, open!.Methods);
        Marshal.FreeHGlobal(open.Ours);
        return Call<Close>(open, MethodClose)(file);
    }

    private static int WriteFile(nint file, nint bytes, int count, long offset)
    {
        var open = _open[file];
        return open.Disk.FailWrite(open.Name, offset + count) ?? Call<Write>(open, MethodWrite)(file, bytes, count, offset);
    }

    private static int SyncFile(nint file, int flags)
    {
        var open = _open[file];
        if (open.Disk.FailSync(open.Name))
        {
            return raw.SQLITE_IOERR_FSYNC;
        }

        var code = Call<Sync>(open, MethodSync)(file, flags);
        open.Disk._synced[open.Name] = File.ReadAllBytes(open.Path);
        return code;
    }

    private static T Call<T>(OpenFile open, int method)
        where T : Delegate => Marshal.GetDelegateForFunctionPointer<T>(Marshal.ReadIntPtr(open.Methods, method));

    private static nint Copy(nint source, int length)
    {
        var bytes = new byte[length];
        Marshal.Copy(source, bytes, 0, length);
        var copy = Marshal.AllocHGlobal(length);
        Marshal.Copy(bytes, 0, copy, length);
        return copy;
    }

    // sqlite3.h: struct sqlite3_vfs and struct sqlite3_io_methods, on a machine of 64 bits.
    private const int VfsSize = 168;
    private const int VfsName = 24;
    private const int VfsOpen = 40;
    private const int MethodsSize = 152;
    private const int MethodClose = 8;
    private const int MethodWrite = 24;
    private const int MethodSync = 40;

    [DllImport("e_sqlite3", CharSet = CharSet.Ansi)]
    private static extern nint sqlite3_vfs_find([MarshalAs(UnmanagedType.LPUTF8Str)] string? name);

    [DllImport("e_sqlite3")]
    private static extern int sqlite3_vfs_register(nint vfs, int makeDefault);

    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    private delegate int Open(nint vfs, nint name, nint file, int flags, nint outFlags);

    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    private delegate int Close(nint file);

    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    private delegate int Write(nint file, nint bytes, int count, long offset);

    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    private delegate int Sync(nint file, int flags);

    private sealed record OpenFile(FaultyDisk Disk, string Path, nint Methods, nint Ours)
    {
        public string Name { get; } = System.IO.Path.GetFileName(Path);
    }
}
