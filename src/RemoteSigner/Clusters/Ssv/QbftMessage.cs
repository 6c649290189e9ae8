using System.Buffers.Binary;

namespace RemoteSigner.Clusters.Ssv;

/// <summary>
/// A step of the consensus in SSZ (ssv-spec, qbft/messages.go): MsgType (8), Height (8), Round (8), offset of Identifier, Root (32),
/// DataRound (8), offsets of two lists of justifications; then these three. Justifications are others' signed messages and are not looked
/// into.
/// </summary>
internal static class QbftMessage
{
    private const int RoundChange = 3;
    private const int RoundAt = 16;
    private const int IdentifierOffsetAt = 24;
    private const int FirstListOffsetAt = 68;
    private const int SecondListOffsetAt = 72;
    private const int FixedLength = 76;
    private const int MaxJustifications = 13;

    /// <summary>True for such a message about the duty that <paramref name="identifier"/> names.</summary>
    public static bool IsOf(ReadOnlySpan<byte> identifier, ReadOnlySpan<byte> data)
    {
        if (
            data.Length < FixedLength + identifier.Length
            || BinaryPrimitives.ReadUInt64LittleEndian(data) > RoundChange
            || BinaryPrimitives.ReadUInt64LittleEndian(data[RoundAt..]) == 0
            || BinaryPrimitives.ReadUInt32LittleEndian(data[IdentifierOffsetAt..]) != FixedLength
        )
        {
            return false;
        }

        var first = BinaryPrimitives.ReadUInt32LittleEndian(data[FirstListOffsetAt..]);
        var second = BinaryPrimitives.ReadUInt32LittleEndian(data[SecondListOffsetAt..]);
        return first == FixedLength + identifier.Length
            && second >= first
            && second <= data.Length
            && data.Slice(FixedLength, identifier.Length).SequenceEqual(identifier)
            && IsList(data[(int)first..(int)second])
            && IsList(data[(int)second..]);
    }

    // A list of byte strings: their offsets, rising, then they themselves.
    private static bool IsList(ReadOnlySpan<byte> list)
    {
        if (list.IsEmpty)
        {
            return true;
        }

        var first = list.Length < 4 ? 0 : BinaryPrimitives.ReadUInt32LittleEndian(list);
        if (first == 0 || first % 4 != 0 || first > 4 * MaxJustifications || first > list.Length)
        {
            return false;
        }

        var before = first;
        for (var at = 4; at < first; at += 4)
        {
            var offset = BinaryPrimitives.ReadUInt32LittleEndian(list[at..]);
            if (offset < before || offset > list.Length)
            {
                return false;
            }

            before = offset;
        }

        return true;
    }
}
