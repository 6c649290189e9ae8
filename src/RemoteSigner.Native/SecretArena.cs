using System.Collections;
using System.Runtime.InteropServices;

namespace RemoteSigner.Native;

/// <summary>
/// All memory that ever holds a share, a password, a PIN or a vault key: outside the managed heap, locked, between guard pages, zeroed on
/// release. It grows by chunks of 256 KiB, each room for 8,192 scalars; what the kernel lets a process lock is <c>RLIMIT_MEMLOCK</c>.
/// </summary>
public sealed unsafe class SecretArena : IDisposable
{
    private const int BlockLength = 32;
    private const int ChunkLength = 256 * 1024;
    private const int LargestLength = 16 * 1024 * 1024;
    private const string LimitHint =
        "raise the limit of locked memory: LimitMEMLOCK=64M in the systemd unit, or ulimit -l 65536 in a shell";

    private readonly Lock _gate = new();
    private readonly List<Chunk> _chunks = [];
    private bool _disposed;

    /// <summary>Locks the first chunk, so that a limit that is too low shows at start and not at the first secret.</summary>
    /// <exception cref="SecretMemoryException">The kernel refused to lock memory.</exception>
    public SecretArena() => _chunks.Add(new Chunk(this, ChunkLength));

    /// <summary>What the kernel could give; the weakest of all chunks.</summary>
    public SecretMemoryKind Kind
    {
        get
        {
            lock (_gate)
            {
                return _chunks.Exists(chunk => chunk.Kind == SecretMemoryKind.Locked)
                    ? SecretMemoryKind.Locked
                    : SecretMemoryKind.SecretMemory;
            }
        }
    }

    /// <summary>
    /// Gives <paramref name="length"/> zeroed bytes (1 B to 16 MiB); whatever does not fit into a chunk has one of its own.
    /// </summary>
    /// <exception cref="SecretMemoryException">No more memory can be locked.</exception>
    /// <exception cref="ObjectDisposedException">The arena was disposed.</exception>
    public SecretBytes Allocate(int length)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, LargestLength);
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            foreach (var chunk in _chunks)
            {
                if (chunk.TryAllocate(length) is { } bytes)
                {
                    return bytes;
                }
            }

            var added = new Chunk(this, Math.Max(ChunkLength, WholePages(length)));
            _chunks.Add(added);
            return added.TryAllocate(length)!;
        }
    }

    /// <summary>
    /// Zeroes everything. A chunk of which a secret is still held stays mapped, full of zeroes, until the last of them is given back: its
    /// address would otherwise soon be other memory, perhaps that of another arena.
    /// </summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _disposed = true;
            _chunks.ForEach(chunk => chunk.Clear());
            UnmapUnused();
        }
    }

    /// <summary>How many chunks are mapped.</summary>
    internal int MappedChunks
    {
        get
        {
            lock (_gate)
            {
                return _chunks.Count;
            }
        }
    }

    private static int WholePages(int length) =>
        (length + Environment.SystemPageSize - 1) / Environment.SystemPageSize * Environment.SystemPageSize;

    private void UnmapUnused() => _chunks.RemoveAll(chunk => chunk.TryUnmap());

    /// <summary>One locked mapping, a guard page on either side, given out in blocks of 32 bytes.</summary>
    internal sealed class Chunk
    {
        private readonly SecretArena _arena;
        private readonly BitArray _taken;
        private readonly int _length;
        private readonly nuint _mappedLength;
        private readonly byte* _mapping;
        private readonly byte* _data;
        private int _hint;
        private int _held;
        private int _free;

        internal Chunk(SecretArena arena, int length)
        {
            var page = Environment.SystemPageSize;
            (_arena, _length, _taken, _mappedLength) = (arena, length, new BitArray(length / BlockLength), (nuint)(length + (2 * page)));
            _free = _taken.Length;
            _mapping = (byte*)Libc.mmap(null, _mappedLength, Libc.PROT_NONE, Libc.MAP_PRIVATE | Libc.MAP_ANONYMOUS, -1, 0);
            if ((nint)_mapping == -1)
            {
                throw new SecretMemoryException($"cannot map memory for secrets (errno {Marshal.GetLastPInvokeError()})", LimitHint);
            }

            _data = _mapping + page;
            Kind = TryMapSecret() ? SecretMemoryKind.SecretMemory : MapLocked();
        }

        internal SecretMemoryKind Kind { get; }

        internal SecretBytes? TryAllocate(int length)
        {
            var blocks = Blocks(length);
            if (blocks > _free)
            {
                // Told without a search: with ten thousand shares the first chunks are full, and each allocation comes by.
                return null;
            }

            var first = FindFree(_hint, blocks) ?? FindFree(0, blocks);
            if (first is not { } block)
            {
                return null;
            }

            Mark(block, blocks, true);
            _held++;
            _hint = block + blocks;
            return new SecretBytes(this, block, (nint)(_data + (block * BlockLength)), length);
        }

        internal void Free(int firstBlock, int length)
        {
            lock (_arena._gate)
            {
                Mark(firstBlock, Blocks(length), false);
                _held--;
                _hint = Math.Min(_hint, firstBlock);
                if (_arena._disposed)
                {
                    _arena.UnmapUnused();
                }
            }
        }

        /// <summary>Copies a run of bytes, all of them as they were before the arena was disposed.</summary>
        /// <exception cref="ObjectDisposedException">It was.</exception>
        internal void Copy(ReadOnlySpan<byte> held, Span<byte> destination)
        {
            lock (_arena._gate)
            {
                ObjectDisposedException.ThrowIf(_arena._disposed, _arena);
                held.CopyTo(destination);
            }
        }

        internal void Clear() => new Span<byte>(_data, _length).Clear();

        /// <summary>Gives the memory back to the kernel unless a secret in it is held.</summary>
        internal bool TryUnmap() => _held == 0 && Libc.munmap(_mapping, _mappedLength) == 0;

        private static int Blocks(int length) => (length + BlockLength - 1) / BlockLength;

        private int? FindFree(int from, int blocks)
        {
            for (int block = from, run = 0; block < _taken.Length; block++)
            {
                run = _taken[block] ? 0 : run + 1;
                if (run == blocks)
                {
                    return block - blocks + 1;
                }
            }

            return null;
        }

        private void Mark(int first, int blocks, bool taken)
        {
            for (var block = first; block < first + blocks; block++)
            {
                _taken[block] = taken;
            }

            _free += taken ? -blocks : blocks;
        }

        // Old kernels answer ENOSYS (Debian 12 unless booted with secretmem.enable=1), some container profiles EPERM: both mean "fall
        // back".
        private bool TryMapSecret()
        {
            var descriptor = (int)Libc.syscall(Libc.SYS_memfd_secret, Libc.O_CLOEXEC);
            if (descriptor < 0)
            {
                return false;
            }

            var mapped =
                Libc.ftruncate(descriptor, _length) == 0
                && Libc.mmap(_data, (nuint)_length, Libc.PROT_READ | Libc.PROT_WRITE, Libc.MAP_SHARED | Libc.MAP_FIXED, descriptor, 0)
                    == _data;
            _ = Libc.close(descriptor);
            return mapped && Libc.madvise(_data, (nuint)_length, Libc.MADV_DONTFORK) == 0;
        }

        private SecretMemoryKind MapLocked()
        {
            if (
                Libc.mmap(
                    _data,
                    (nuint)_length,
                    Libc.PROT_READ | Libc.PROT_WRITE,
                    Libc.MAP_PRIVATE | Libc.MAP_ANONYMOUS | Libc.MAP_FIXED,
                    -1,
                    0
                ) != _data
                || Libc.mlock(_data, (nuint)_length) != 0
            )
            {
                var error = Marshal.GetLastPInvokeError();
                _ = Libc.munmap(_mapping, _mappedLength);
                throw new SecretMemoryException($"cannot lock {_length / 1024} KiB of memory for secrets (errno {error})", LimitHint);
            }

            if (
                Libc.madvise(_data, (nuint)_length, Libc.MADV_DONTDUMP) != 0
                || Libc.madvise(_data, (nuint)_length, Libc.MADV_WIPEONFORK) != 0
            )
            {
                throw new SecretMemoryException(
                    $"cannot keep secrets out of core files (errno {Marshal.GetLastPInvokeError()})",
                    "run on Linux 4.14 or later"
                );
            }

            return SecretMemoryKind.Locked;
        }
    }
}
