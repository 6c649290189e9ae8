using System.Buffers.Binary;
using System.Security.Cryptography;
using RemoteSigner.Consensus.Spec;
using RemoteSigner.Native;

namespace RemoteSigner.Freshness;

/// <summary>
/// What the witness keeps besides its count: nothing at or beyond epoch <paramref name="Fence"/> was signed in start number <paramref name="Start"/> or before. With
/// <paramref name="CleanStop"/> that start ended in an orderly way, and its ledger ends there. Layout: README.md of this room.
/// </summary>
public sealed record FenceRecord(Guid VaultId, ulong Start, Epoch Fence, ulong VaultGeneration, HistoryEnd? CleanStop)
{
    /// <summary>Bytes of every record, whether it holds a clean stop or not.</summary>
    public const int Length = ContentLength + CodeLength;

    private const byte Version = 1;
    private const int ContentLength = 1 + 16 + (3 * 8) + 1 + EndLength;
    private const int EndLength = 8 + 32 + 32 + (3 * 8);
    private const int CodeLength = 32;

    /// <summary>The record of a run that goes on: whatever clean stop stood in it holds no longer.</summary>
    public FenceRecord MovedTo(Epoch fence) => this with { Fence = fence > Fence ? fence : Fence, CleanStop = null };

    /// <summary>The record of a run that ended: nothing may be signed any more.</summary>
    public FenceRecord EndedAt(HistoryEnd end) => this with { CleanStop = end };

    public byte[] Write(SecretBytes key)
    {
        var bytes = new byte[Length];
        var content = bytes.AsSpan(0, ContentLength);
        content[0] = Version;
        VaultId.TryWriteBytes(content[1..], bigEndian: true, out _);
        Number(content, 17, Start);
        Number(content, 25, Fence.Value);
        Number(content, 33, VaultGeneration);
        if (CleanStop is { } end)
        {
            content[41] = 1;
            WriteEnd(content[42..], end);
        }

        HMACSHA256.HashData(key.Span, content, bytes.AsSpan(ContentLength));
        return bytes;
    }

    /// <summary>Null when the bytes were not written with this key, were changed, or are of a version that is not known.</summary>
    public static FenceRecord? Read(ReadOnlySpan<byte> bytes, SecretBytes key)
    {
        if (bytes.Length != Length || !CryptographicOperations.FixedTimeEquals(HMACSHA256.HashData(key.Span, bytes[..ContentLength]), bytes[ContentLength..]))
        {
            return null;
        }

        return ReadUnproven(bytes);
    }

    /// <summary>What the bytes say, for somebody without the key who knows by other means where they are from; null when they are no record.</summary>
    public static FenceRecord? ReadUnproven(ReadOnlySpan<byte> bytes) => bytes.Length != Length || bytes[0] != Version ? null : new FenceRecord(
        new Guid(bytes.Slice(1, 16), bigEndian: true), Number(bytes, 17), new Epoch(Number(bytes, 25)), Number(bytes, 33), bytes[41] == 0 ? null : ReadEnd(bytes.Slice(42, EndLength)));

    private static void WriteEnd(Span<byte> to, HistoryEnd end)
    {
        Number(to, 0, end.Entries);
        end.Head.Bytes.CopyTo(to[8..]);
        end.Marks.Bytes.CopyTo(to[40..]);
        Number(to, 72, end.Source?.Value ?? ulong.MaxValue);
        Number(to, 80, end.Target?.Value ?? ulong.MaxValue);
        Number(to, 88, end.Slot?.Value ?? ulong.MaxValue);
    }

    private static HistoryEnd ReadEnd(ReadOnlySpan<byte> from) => new(
        Number(from, 0),
        new Root(from.Slice(8, 32)),
        new Root(from.Slice(40, 32)),
        Known(from, 72) is { } source ? new Epoch(source) : null,
        Known(from, 80) is { } target ? new Epoch(target) : null,
        Known(from, 88) is { } slot ? new Slot(slot) : null);

    private static ulong? Known(ReadOnlySpan<byte> from, int offset) => Number(from, offset) is var number and not ulong.MaxValue ? number : null;

    private static ulong Number(ReadOnlySpan<byte> from, int offset) => BinaryPrimitives.ReadUInt64BigEndian(from[offset..]);

    private static void Number(Span<byte> to, int offset, ulong value) => BinaryPrimitives.WriteUInt64BigEndian(to[offset..], value);
}
