namespace RemoteSigner.Clusters.Charon;

/// <summary>
/// Recursive length prefix (Ethereum yellow paper, appendix B), as far as a node record goes: one list of byte strings. Only the shortest
/// encoding is read; anything else is a <see cref="FormatException"/>.
/// </summary>
internal static class Rlp
{
    private const byte ShortString = 0x80;
    private const byte ShortList = 0xc0;
    private const int LongestShort = 55;

    // EIP-778 allows 300 bytes; two bytes of length are more than enough.
    private const int MaxLengthBytes = 2;

    public static IReadOnlyList<byte[]> ReadList(ReadOnlySpan<byte> rlp)
    {
        var rest = Payload(ref rlp, ShortList);
        if (!rlp.IsEmpty)
        {
            throw new FormatException("its RLP goes on after the list");
        }

        var items = new List<byte[]>();
        while (!rest.IsEmpty)
        {
            items.Add(ReadString(ref rest));
        }

        return items;
    }

    public static byte[] WriteList(IEnumerable<byte[]> items)
    {
        byte[] payload = [.. items.SelectMany(WriteString)];
        return [.. Prefix(payload.Length, ShortList), .. payload];
    }

    private static byte[] WriteString(byte[] item) => item is [< ShortString] ? item : [.. Prefix(item.Length, ShortString), .. item];

    private static byte[] Prefix(int length, byte offset) =>
        length switch
        {
            <= LongestShort => [(byte)(offset + length)],
            <= byte.MaxValue => [(byte)(offset + LongestShort + 1), (byte)length],
            _ => [(byte)(offset + LongestShort + 2), (byte)(length >> 8), (byte)(length & 0xff)],
        };

    private static byte[] ReadString(ref ReadOnlySpan<byte> rlp)
    {
        if (rlp[0] < ShortString)
        {
            byte[] single = [rlp[0]];
            rlp = rlp[1..];
            return single;
        }

        var payload = Payload(ref rlp, ShortString);
        return payload is not [< ShortString] ? payload.ToArray() : throw new FormatException("its RLP is not the shortest");
    }

    // Takes the prefix and the payload that it announces off the front of the text.
    private static ReadOnlySpan<byte> Payload(ref ReadOnlySpan<byte> rlp, byte offset)
    {
        if (rlp.IsEmpty || rlp[0] < offset || rlp[0] > offset + LongestShort + MaxLengthBytes)
        {
            throw new FormatException("its RLP is no list of byte strings");
        }

        var length = rlp[0] - offset;
        rlp = rlp[1..];
        if (length > LongestShort)
        {
            length = LongLength(ref rlp, length - LongestShort);
        }

        if (length > rlp.Length)
        {
            throw new FormatException("its RLP is cut off");
        }

        var payload = rlp[..length];
        rlp = rlp[length..];
        return payload;
    }

    private static int LongLength(ref ReadOnlySpan<byte> rlp, int bytes)
    {
        if (rlp.Length < bytes)
        {
            throw new FormatException("its RLP is cut off");
        }

        var length = bytes == 1 ? rlp[0] : (rlp[0] << 8) | rlp[1];
        if (length <= LongestShort || (bytes == 2 && length <= byte.MaxValue))
        {
            throw new FormatException("its RLP is not the shortest");
        }

        rlp = rlp[bytes..];
        return length;
    }
}
