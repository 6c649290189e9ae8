using System.Buffers.Binary;
using System.Security.Cryptography;
using RemoteSigner.Native;

namespace RemoteSigner.RollbackProtection;

/// <summary>
/// The value of a fence's object in a token, in the order in which they replace each other: version 2 (1 byte) ‖ random id of the anchor
/// (16) ‖ sequence (8) ‖ count (8) ‖ the first 16 bytes of SHA-256 of the value that it replaced (16; zero: none) ‖ record (0 or
/// <see cref="FenceRecord.Length"/>) ‖ HMAC-SHA-256 (32) under the anchor key. Version 1 lacks the predecessor.
/// </summary>
internal sealed record FenceObject(Guid Id, ulong Sequence, ulong Count, UInt128 Previous, byte[] Record) : IComparable<FenceObject>
{
    private const byte Current = 2;
    private const byte WithoutPredecessor = 1;
    private const int FormerHeadLength = 1 + 16 + 8 + 8;
    private const int HeadLength = FormerHeadLength + 16;
    private const int CodeLength = 32;

    public bool IsWithoutPredecessor { get; private init; }

    /// <summary>Of the value that was read.</summary>
    public UInt128 Digest { get; private init; }

    public static UInt128 DigestOf(ReadOnlySpan<byte> value) => BinaryPrimitives.ReadUInt128BigEndian(SHA256.HashData(value));

    /// <summary>
    /// Of all objects with one label the newest: what a crash between making and destroying left is a chain, in which each object names the
    /// one before, and programs of before version 2 named none, so that the latest of theirs counts. More than one: they were written
    /// independently of each other. One that this process gave up waiting for counts only where there is no other.
    /// </summary>
    public static IReadOnlyList<FenceObject> Newest(IReadOnlyList<FenceObject> all, Func<UInt128, bool> isGivenUp)
    {
        var former = all.Where(one => one.IsWithoutPredecessor).Max();
        FenceObject[] ends =
        [
            .. all.Where(one =>
                (!one.IsWithoutPredecessor || ReferenceEquals(one, former)) && !all.Any(other => other.Previous == one.Digest)
            ),
        ];
        FenceObject[] awaited = [.. ends.Where(one => !isGivenUp(one.Digest))];
        return ends.Length < 2 ? ends
            : awaited.Length > 0 ? awaited
            : [ends.Max()!];
    }

    public int CompareTo(FenceObject? other) =>
        other is null ? 1
        : Sequence != other.Sequence ? Sequence.CompareTo(other.Sequence)
        : Count != other.Count ? Count.CompareTo(other.Count)
        : Record.AsSpan().SequenceCompareTo(other.Record);

    public byte[] Write(SecretBytes key)
    {
        var head = new byte[HeadLength];
        head[0] = Current;
        Id.TryWriteBytes(head.AsSpan(1), bigEndian: true, out _);
        BinaryPrimitives.WriteUInt64BigEndian(head.AsSpan(17), Sequence);
        BinaryPrimitives.WriteUInt64BigEndian(head.AsSpan(25), Count);
        BinaryPrimitives.WriteUInt128BigEndian(head.AsSpan(33), Previous);
        byte[] content = [.. head, .. Record];
        return [.. content, .. HMACSHA256.HashData(key.Span, content)];
    }

    /// <summary>Null when the value was not written with this key, was changed, or is of a version that is not known.</summary>
    public static FenceObject? Read(byte[] value, SecretBytes key)
    {
        var isOld = value is [WithoutPredecessor, ..];
        var head = isOld ? FormerHeadLength : HeadLength;
        if (
            !(isOld || value is [Current, ..])
            || (value.Length != head + CodeLength && value.Length != head + FenceRecord.Length + CodeLength)
            || !CryptographicOperations.FixedTimeEquals(
                HMACSHA256.HashData(key.Span, value.AsSpan(..^CodeLength)),
                value.AsSpan(^CodeLength..)
            )
        )
        {
            return null;
        }

        return new FenceObject(
            new Guid(value.AsSpan(1, 16), bigEndian: true),
            BinaryPrimitives.ReadUInt64BigEndian(value.AsSpan(17)),
            BinaryPrimitives.ReadUInt64BigEndian(value.AsSpan(25)),
            isOld ? 0 : BinaryPrimitives.ReadUInt128BigEndian(value.AsSpan(33)),
            value[head..^CodeLength]
        )
        {
            IsWithoutPredecessor = isOld,
            Digest = DigestOf(value),
        };
    }
}
