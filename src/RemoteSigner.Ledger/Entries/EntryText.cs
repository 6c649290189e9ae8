namespace RemoteSigner.Ledgers;

/// <summary>
/// An entry while it is written: its bytes as they are hashed (<see cref="Bytes"/>), and what they are made of, so that the ledger can keep
/// it small. What is the same in all entries of its kind is its shape; the rest are values. Whoever writes the same parts gets the same
/// bytes, and the ledger gives back these bytes and no others. One is used again and again, by one thread at a time.
/// </summary>
public sealed class EntryText
{
    private readonly List<(EntryValue Kind, int End)> _values = [];
    private byte[] _bytes = new byte[1024];
    private byte[] _shape = new byte[512];
    private byte[] _packed = new byte[512];
    private int _length;
    private int _shapeLength;
    private int _packedLength;

    /// <summary>The entry as it is hashed, valid until the next call.</summary>
    public ReadOnlySpan<byte> Bytes => _bytes.AsSpan(0, _length);

    /// <summary>The constant parts, with the kind of each value where it stands.</summary>
    internal ReadOnlySpan<byte> Shape => _shape.AsSpan(0, _shapeLength);

    /// <summary>How many values there are; the entry's own number is none of them.</summary>
    internal int Count => _values.Count;

    /// <summary>Begins a new entry.</summary>
    public void Clear()
    {
        (_length, _shapeLength, _packedLength) = (0, 0, 0);
        _values.Clear();
    }

    /// <summary>A part of the shape: bytes from 0x20 to 0x7E.</summary>
    public void Constant(ReadOnlySpan<byte> text)
    {
        text.CopyTo(Room(ref _bytes, _length, text.Length));
        text.CopyTo(Room(ref _shape, _shapeLength, text.Length));
        _length += text.Length;
        _shapeLength += text.Length;
    }

    /// <summary>The entry's own number, in decimal digits.</summary>
    public void Sequence(long number)
    {
        Mark(EntryValue.Sequence);
        _length += EntryValues.FormatNumber((ulong)number, Room(ref _bytes, _length, 20));
    }

    /// <summary>A number in decimal digits.</summary>
    public void Number(ulong number)
    {
        _length += EntryValues.FormatNumber(number, Room(ref _bytes, _length, 20));
        Pack(EntryValue.Number, VarInt.Write(number, Room(ref _packed, _packedLength, VarInt.MaxLength)));
    }

    /// <summary>A time in UTC, to the millisecond: <c>2026-11-05T06:07:08.090Z</c>.</summary>
    public void Time(DateTimeOffset time)
    {
        var since1970 = time.ToUnixTimeMilliseconds();
        if (since1970 < 0)
        {
            // A clock that knows nothing.
            Span<byte> text = stackalloc byte[EntryValues.TimeLength];
            Text(text[..EntryValues.FormatTime(time.UtcDateTime, text)]);
            return;
        }

        var milliseconds = (ulong)since1970;
        _length += EntryValues.FormatTime(milliseconds, Room(ref _bytes, _length, EntryValues.TimeLength));
        Pack(EntryValue.Time, VarInt.Write(milliseconds, Room(ref _packed, _packedLength, VarInt.MaxLength)));
    }

    /// <summary>Bytes as lower-case hex digits. <paramref name="recurs"/>: entries to come will have the same again and again.</summary>
    public void Hex(ReadOnlySpan<byte> value, bool recurs = false)
    {
        _length += EntryValues.FormatHex(value, Room(ref _bytes, _length, 2 * value.Length));
        value.CopyTo(Room(ref _packed, _packedLength, value.Length));
        Pack(recurs ? EntryValue.RecurringHex : EntryValue.Hex, value.Length);
    }

    /// <summary>Bytes as they stand. <paramref name="recurs"/>: entries to come will have the same again and again.</summary>
    public void Text(ReadOnlySpan<byte> value, bool recurs = false)
    {
        value.CopyTo(Room(ref _bytes, _length, value.Length));
        _length += value.Length;
        value.CopyTo(Room(ref _packed, _packedLength, value.Length));
        Pack(recurs ? EntryValue.RecurringText : EntryValue.Text, value.Length);
    }

    internal EntryValue KindOf(int value) => _values[value].Kind;

    /// <summary>A value as it is packed: a number in its variable length, anything else as its bytes.</summary>
    internal ReadOnlySpan<byte> Packed(int value) => _packed.AsSpan((value == 0 ? 0 : _values[value - 1].End).._values[value].End);

    internal bool HasShapeOf(EntryText other) => Shape.SequenceEqual(other.Shape);

    private void Mark(EntryValue kind)
    {
        Room(ref _shape, _shapeLength, 1)[0] = (byte)kind;
        _shapeLength++;
    }

    private void Pack(EntryValue kind, int length)
    {
        Mark(kind);
        _packedLength += length;
        _values.Add((kind, _packedLength));
    }

    private static Span<byte> Room(ref byte[] buffer, int used, int wanted)
    {
        if (buffer.Length - used < wanted)
        {
            Array.Resize(ref buffer, Math.Max(2 * buffer.Length, used + wanted));
        }

        return buffer.AsSpan(used);
    }
}
