using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;
using RemoteSigner.Native;

namespace RemoteSigner.Spec;

/// <summary>
/// <c>hash_tree_root</c> of the simple serialize (SSZ) types that validators sign: every value becomes 32-byte chunks, and the chunks the
/// leaves of a SHA-256 tree padded with zero chunks. Source: consensus-specs, ssz/simple-serialize.md, "Merkleization".
/// Throws <see cref="SpecException"/> when a value is longer than its type allows.
/// </summary>
public static class SszHasher
{
    private const int ChunkLength = Root.Length;
    private const int BitsPerChunk = ChunkLength * 8;
    private const int MaxDepth = 64;

    // Up to 2 KiB of leaves stay on the stack: every duty but an aggregate of a whole slot's committees.
    private const int MaxChunksOnStack = 64;

    private static readonly Root[] _zeroHashes = ZeroHashes();

    /// <summary>The root of a <c>uint64</c>: little-endian, padded to one chunk.</summary>
    public static Root Number(ulong value)
    {
        Span<byte> chunk = stackalloc byte[ChunkLength];
        chunk.Clear();
        BinaryPrimitives.WriteUInt64LittleEndian(chunk, value);
        return new Root(chunk);
    }

    /// <summary>The root of a <c>boolean</c>.</summary>
    public static Root Boolean(bool value) => Number(value ? 1UL : 0);

    /// <summary>The root of a <c>BytesN</c>, a <c>Bitvector</c> or any other vector of bytes.</summary>
    public static Root Bytes(ReadOnlySpan<byte> value)
    {
        Span<Root> chunks = stackalloc Root[MaxChunksOnStack];
        chunks = chunks[..ChunkCount(value.Length)];
        chunks.Clear();
        value.CopyTo(MemoryMarshal.AsBytes(chunks));
        return Merkleize(chunks, (ulong)chunks.Length);
    }

    /// <summary>The root of a <c>ByteList[limit]</c>: the chunks, and the length in bytes mixed in.</summary>
    public static Root ByteList(ReadOnlySpan<byte> value, ulong limit)
    {
        if ((ulong)value.Length > limit)
        {
            throw new SpecException($"A list has {value.Length} bytes where the specification allows {limit}.");
        }

        var chunks = new Root[ChunkCount(value.Length)];
        value.CopyTo(MemoryMarshal.AsBytes(chunks.AsSpan()));
        return MixInLength(Merkleize(chunks, (limit + ChunkLength - 1) / ChunkLength), (ulong)value.Length);
    }

    /// <summary>The root of a container, or of a vector of composite values, from the roots of its members.</summary>
    public static Root Container(params ReadOnlySpan<Root> members) => Merkleize(members, (ulong)members.Length);

    /// <summary>The root of a list of composite values from the roots of its elements.</summary>
    public static Root List(ReadOnlySpan<Root> elements, ulong limit) =>
        (ulong)elements.Length <= limit
            ? MixInLength(Merkleize(elements, limit), (ulong)elements.Length)
            : throw new SpecException($"A list has {elements.Length} elements where the specification allows {limit}.");

    /// <summary>The root of a <c>List[uint64, limit]</c>: four numbers to a chunk.</summary>
    public static Root NumberList(ReadOnlySpan<ulong> values, ulong limit)
    {
        if ((ulong)values.Length > limit)
        {
            throw new SpecException($"A list has {values.Length} numbers where the specification allows {limit}.");
        }

        const int NumbersPerChunk = ChunkLength / sizeof(ulong);
        return MixInLength(Merkleize(Pack(values), (limit + NumbersPerChunk - 1) / NumbersPerChunk), (ulong)values.Length);
    }

    /// <summary>The root of a <c>Bitvector[length]</c> from its SSZ bytes; the unused high bits of the last byte must be zero.</summary>
    public static Root Bitvector(ReadOnlySpan<byte> bits, int length)
    {
        if (bits.Length != (length + 7) / 8 || (length % 8 != 0 && bits[^1] >> (length % 8) != 0))
        {
            throw new SpecException($"A bitvector of {bits.Length} bytes was given where {length} bits are specified.");
        }

        return Bytes(bits);
    }

    /// <summary>The root of a <c>Bitlist[limit]</c> from its SSZ bytes, whose highest set bit only marks the length.</summary>
    public static Root Bitlist(ReadOnlySpan<byte> bits, ulong limit)
    {
        var (chunks, length) = ToChunks(bits, limit);
        return MixInLength(Merkleize(chunks, (limit + BitsPerChunk - 1) / BitsPerChunk), length);
    }

    /// <summary>The root of a <c>ProgressiveContainer</c> from the roots of its members, all of which are active (EIP-7495).</summary>
    public static Root ProgressiveContainer(params ReadOnlySpan<Root> members)
    {
        Span<byte> active = stackalloc byte[ChunkLength];
        active.Clear();
        for (var i = 0; i < members.Length; i++)
        {
            active[i / 8] |= (byte)(1 << (i % 8));
        }

        return HashPair(Progressive(members), new Root(active));
    }

    /// <summary>The root of a <c>ProgressiveList</c> of composite values from the roots of its elements (EIP-7916).</summary>
    public static Root ProgressiveList(ReadOnlySpan<Root> elements) => MixInLength(Progressive(elements), (ulong)elements.Length);

    /// <summary>The root of a <c>ProgressiveList[uint64]</c>.</summary>
    public static Root ProgressiveNumberList(ReadOnlySpan<ulong> values) => MixInLength(Progressive(Pack(values)), (ulong)values.Length);

    /// <summary>The root of a <c>ProgressiveByteList</c>; <paramref name="hasher"/> is empty before and after.</summary>
    public static Root ProgressiveByteList(ReadOnlySpan<byte> value, ProgressiveHasher hasher)
    {
        if (value.IsEmpty)
        {
            return _zeroHashes[1];
        }

        Span<byte> last = stackalloc byte[ChunkLength];
        for (var rest = value; !rest.IsEmpty; rest = rest[Math.Min(ChunkLength, rest.Length)..])
        {
            if (rest.Length < ChunkLength)
            {
                last.Clear();
                rest.CopyTo(last);
            }

            hasher.Add(new Root(rest.Length < ChunkLength ? last : rest[..ChunkLength]));
        }

        return MixInLength(hasher.Merkleize(), (ulong)value.Length);
    }

    /// <summary>The root of a <c>ProgressiveBitlist</c> from its SSZ bytes, whose highest set bit only marks the length.</summary>
    public static Root ProgressiveBitlist(ReadOnlySpan<byte> bits, ulong limit)
    {
        var (chunks, length) = ToChunks(bits, limit);
        return MixInLength(Progressive(chunks), length);
    }

    /// <summary>SHA-256 of two chunks one after the other.</summary>
    public static Root HashPair(Root left, Root right)
    {
        Span<Root> pair = [left, right];
        return Hash(pair);
    }

    /// <summary>The root of a subtree of zero chunks, 2 to the power of <paramref name="level"/> of them.</summary>
    internal static Root ZeroHash(int level) => _zeroHashes[level];

    internal static Root MixInLength(Root root, ulong length) => HashPair(root, Number(length));

    // Four numbers to a chunk.
    private static Root[] Pack(ReadOnlySpan<ulong> values)
    {
        var chunks = new Root[ChunkCount(values.Length * sizeof(ulong))];
        var bytes = MemoryMarshal.AsBytes(chunks.AsSpan());
        for (var i = 0; i < values.Length; i++)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(bytes[(i * sizeof(ulong))..], values[i]);
        }

        return chunks;
    }

    // The bits without the one that marks their length, and how many they are.
    private static (Root[] Chunks, ulong Length) ToChunks(ReadOnlySpan<byte> bits, ulong limit)
    {
        if (bits.IsEmpty || bits[^1] == 0)
        {
            throw new SpecException("A bitlist does not end with the bit that marks its length.");
        }

        var markerBit = BitOperations.Log2(bits[^1]);
        var length = ((ulong)(bits.Length - 1) * 8) + (ulong)markerBit;
        if (length > limit)
        {
            throw new SpecException($"A bitlist has {length} bits where the specification allows {limit}.");
        }

        var chunks = new Root[(length + BitsPerChunk - 1) / BitsPerChunk];
        var bytes = MemoryMarshal.AsBytes(chunks.AsSpan());
        bits[..Math.Min(bits.Length, bytes.Length)].CopyTo(bytes);
        if (bits.Length <= bytes.Length)
        {
            bytes[bits.Length - 1] ^= (byte)(1 << markerBit);
        }

        return (chunks, length);
    }

    private static Root Progressive(ReadOnlySpan<Root> chunks)
    {
        var hasher = new ProgressiveHasher();
        foreach (var chunk in chunks)
        {
            hasher.Add(chunk);
        }

        return hasher.Merkleize();
    }

    private static Root Merkleize(ReadOnlySpan<Root> chunks, ulong limit)
    {
        var depth = limit <= 1 ? 0 : BitOperations.Log2(limit - 1) + 1;
        if (chunks.IsEmpty)
        {
            return _zeroHashes[depth];
        }

        // One place more than there are chunks: an odd layer is completed with the root of an empty subtree.
        Span<Root> layer = chunks.Length <= MaxChunksOnStack ? stackalloc Root[MaxChunksOnStack + 1] : new Root[chunks.Length + 1];
        chunks.CopyTo(layer);
        var count = chunks.Length;
        for (var level = 0; level < depth; level++)
        {
            layer[count] = _zeroHashes[level];
            count = (count + 1) / 2;
            for (var i = 0; i < count; i++)
            {
                layer[i] = Hash(layer.Slice(2 * i, 2));
            }
        }

        return layer[0];
    }

    private static Root Hash(ReadOnlySpan<Root> pair)
    {
        var parent = default(Root);
        Sha256.Hash(MemoryMarshal.AsBytes(pair), MemoryMarshal.AsBytes(new Span<Root>(ref parent)));
        return parent;
    }

    private static int ChunkCount(int bytes) => (bytes + ChunkLength - 1) / ChunkLength;

    private static Root[] ZeroHashes()
    {
        var hashes = new Root[MaxDepth + 1];
        for (var level = 0; level < MaxDepth; level++)
        {
            hashes[level + 1] = HashPair(hashes[level], hashes[level]);
        }

        return hashes;
    }
}
