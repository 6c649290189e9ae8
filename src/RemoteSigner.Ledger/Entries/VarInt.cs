namespace RemoteSigner.Ledgers;

/// <summary>A number in 1 to 10 bytes of seven bits each, the lowest first; all but the last have the highest bit set (LEB128).</summary>
internal static class VarInt
{
    public const int MaxLength = 10;

    /// <summary>Writes the number; how many bytes it took.</summary>
    public static int Write(ulong number, Span<byte> target)
    {
        var length = 0;
        for (; number > 0x7F; number >>= 7)
        {
            target[length++] = (byte)((number & 0x7F) | 0x80);
        }

        target[length] = (byte)number;
        return length + 1;
    }

    /// <summary>Reads a number and moves behind it.</summary>
    /// <exception cref="InvalidDataException">It does not end, or is larger than any number.</exception>
    public static ulong Read(ref ReadOnlySpan<byte> source)
    {
        var number = 0UL;
        for (var length = 0; length < source.Length && length < MaxLength; length++)
        {
            var bits = (ulong)source[length] & 0x7F;
            if (length == MaxLength - 1 && bits > 1)
            {
                break;
            }

            number |= bits << (7 * length);
            if (source[length] <= 0x7F)
            {
                source = source[(length + 1)..];
                return number;
            }
        }

        throw new InvalidDataException("a number is cut short");
    }
}
