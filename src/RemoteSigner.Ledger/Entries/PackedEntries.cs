using System.Buffers;

namespace RemoteSigner.Ledgers;

/// <summary>
/// Reads a row of entries (<see cref="EntryTurn"/> writes them) from the first to the last. A row from before there were packed ones is one
/// entry as it was hashed, and begins with <c>{</c>. Nothing in a row is trusted: what does not read is an
/// <see cref="InvalidDataException"/>, and what was changed has another hash.
/// </summary>
internal ref struct PackedEntries
{
    public const byte Version = 1;

    private const int LongestEntry = 16 << 20;
    private const int LongestRow = 64 << 20;

    private static readonly SearchValues<byte> _ofShapes = SearchValues.Create([
        .. Enumerable
            .Range((byte)EntryValue.Sequence, (byte)EntryValue.RecurringText)
            .Concat(Enumerable.Range(' ', '~' - ' ' + 1))
            .Select(one => (byte)one),
    ]);

    private readonly EntryWords _words;
    private readonly ReadOnlySpan<byte> _plain;
    private readonly List<byte[]> _values = [];
    private ReadOnlySpan<byte> _rest;
    private byte[]? _shape;
    private int _left;
    private long _read;
    private readonly bool _isPlain;

    /// <param name="last">The number of the last entry in the row.</param>
    public PackedEntries(EntryWords words, ReadOnlySpan<byte> row, long last)
    {
        _words = words;
        if (row.IsEmpty || row[0] != Version)
        {
            _isPlain = true;
            _plain = row;
            (_left, Sequence) = (1, last - 1);
            return;
        }

        _rest = row[1..];
        var count = VarInt.Read(ref _rest);
        if (count is 0 or > EntryTurn.MaxEntries || count > (ulong)last)
        {
            throw new InvalidDataException($"a row that ends with entry {last} has {count} entries");
        }

        (_left, Sequence) = ((int)count, last - (long)count);
    }

    /// <summary>The number of the entry that was read last; before the first the one before it.</summary>
    public long Sequence { get; private set; }

    /// <summary>Goes to the next entry; false behind the last.</summary>
    public bool Next()
    {
        if (_left == 0)
        {
            return _rest.IsEmpty ? false : throw new InvalidDataException("there is more behind the last entry of a row");
        }

        (_left, Sequence) = (_left - 1, Sequence + 1);
        if (_isPlain)
        {
            return true;
        }

        var head = VarInt.Read(ref _rest);
        if (head == 0)
        {
            _shape = Shape(_words.Get(VarInt.Read(ref _rest)));
            _values.Clear();
        }

        if (_shape is null)
        {
            throw new InvalidDataException("the first entry of a row has no shape");
        }

        ReadValues(head == 0 ? ulong.MaxValue : head - 1);
        return true;
    }

    /// <summary>The entry as it was hashed.</summary>
    public byte[] ToBytes()
    {
        if (_isPlain)
        {
            return _plain.ToArray();
        }

        var text = new ArrayBufferWriter<byte>(1024);
        var value = 0;
        foreach (var one in _shape!)
        {
            if (one > (byte)EntryValue.RecurringText)
            {
                text.Write([one]);
                continue;
            }

            ReadOnlySpan<byte> bytes = (EntryValue)one == EntryValue.Sequence ? [] : _values[value++];
            if (text.WrittenCount + (2L * bytes.Length) > LongestEntry)
            {
                throw new InvalidDataException("an entry is longer than any");
            }

            Write(text, (EntryValue)one, bytes);
        }

        _read += text.WrittenCount;
        return _read <= LongestRow ? text.WrittenSpan.ToArray() : throw new InvalidDataException("a row is longer than any");
    }

    // Below the characters are kinds of values, and nothing else.
    private static byte[] Shape(byte[] word) =>
        word.Length <= LongestEntry && !word.AsSpan().ContainsAnyExcept(_ofShapes)
            ? word
            : throw new InvalidDataException("a shape is none");

    private void ReadValues(ulong differing)
    {
        var value = 0;
        foreach (var one in _shape!)
        {
            if (one is (byte)EntryValue.Sequence or > (byte)EntryValue.RecurringText)
            {
                continue;
            }

            if (value >= 64 || (differing & (1UL << value)) != 0)
            {
                var read = ReadValue((EntryValue)one);
                if (value < _values.Count)
                {
                    _values[value] = read;
                }
                else
                {
                    _values.Add(read);
                }
            }

            value++;
        }
    }

    private byte[] ReadValue(EntryValue kind)
    {
        if (EntryValues.IsNumber(kind))
        {
            var before = _rest;
            _ = VarInt.Read(ref _rest);
            return before[..(before.Length - _rest.Length)].ToArray();
        }

        var number = VarInt.Read(ref _rest);
        if (EntryValues.Recurs(kind))
        {
            return _words.Get(number);
        }

        if (number > (ulong)_rest.Length)
        {
            throw new InvalidDataException("a value is cut short");
        }

        var bytes = _rest[..(int)number].ToArray();
        _rest = _rest[(int)number..];
        return bytes;
    }

    private readonly void Write(ArrayBufferWriter<byte> text, EntryValue kind, ReadOnlySpan<byte> value)
    {
        switch (kind)
        {
            case EntryValue.Sequence:
                text.Advance(EntryValues.FormatNumber((ulong)Sequence, text.GetSpan(20)));
                break;
            case EntryValue.Number:
                text.Advance(EntryValues.FormatNumber(VarInt.Read(ref value), text.GetSpan(20)));
                break;
            case EntryValue.Time:
                text.Advance(EntryValues.FormatTime(VarInt.Read(ref value), text.GetSpan(EntryValues.TimeLength)));
                break;
            case EntryValue.Hex or EntryValue.RecurringHex:
                text.Advance(EntryValues.FormatHex(value, text.GetSpan(2 * value.Length)));
                break;
            case EntryValue.Text or EntryValue.RecurringText:
                text.Write(value);
                break;
            default:
                throw new InvalidDataException($"a shape has a value of kind {(byte)kind}");
        }
    }
}
