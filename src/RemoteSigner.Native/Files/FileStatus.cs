using System.Buffers.Binary;

namespace RemoteSigner.Native;

/// <summary>What stands at a path, by the kernel's word (statx(2)); symbolic links are followed.</summary>
/// <param name="IsRegular">A file that ends: no folder, pipe, socket or device.</param>
/// <param name="IsSocket">A Unix socket.</param>
/// <param name="Owner">The user it belongs to.</param>
/// <param name="IsOpenToOthers">May its group or everybody write there? For a folder: make, rename and remove files.</param>
/// <param name="Place">Device and inode as <c>/proc/locks</c> writes them.</param>
public sealed unsafe record FileStatus(bool IsRegular, bool IsSocket, uint Owner, bool IsOpenToOthers, string Place)
{
    private const int FromHere = -100;
    private const uint TypeModeOwnerAndInode = 0x0001 | 0x0002 | 0x0008 | 0x0100;
    private const int TypeMask = 0xf000;
    private const int OthersWrite = 0x0012;
    private const int Regular = 0x8000;
    private const int Socket = 0xc000;
    private const int OwnerOffset = 20;
    private const int ModeOffset = 28;
    private const int InodeOffset = 32;
    private const int DeviceOffset = 136;
    private const int Length = 256;

    /// <summary>Null where nothing is, or this user may not look.</summary>
    public static FileStatus? Of(string path)
    {
        var status = stackalloc byte[Length];
        if (Libc.statx(FromHere, path, 0, TypeModeOwnerAndInode, status) != 0)
        {
            return null;
        }

        var fields = new ReadOnlySpan<byte>(status, Length);
        var mode = BinaryPrimitives.ReadUInt16LittleEndian(fields[ModeOffset..]);
        var type = mode & TypeMask;
        var (major, minor) = (
            BinaryPrimitives.ReadUInt32LittleEndian(fields[DeviceOffset..]),
            BinaryPrimitives.ReadUInt32LittleEndian(fields[(DeviceOffset + sizeof(uint))..])
        );
        return new FileStatus(
            type == Regular,
            type == Socket,
            BinaryPrimitives.ReadUInt32LittleEndian(fields[OwnerOffset..]),
            (mode & OthersWrite) != 0,
            $"{major:x2}:{minor:x2}:{BinaryPrimitives.ReadUInt64LittleEndian(fields[InodeOffset..])}"
        );
    }
}
