namespace RemoteSigner.Ledgers;

/// <summary>
/// The entries of one transaction while it is written, packed into one row of the ledger: of each what differs from the one before it. What
/// thousands of entries of a batch cost is their keys' numbers. The format is in src/RemoteSigner/Audit/README.md;
/// <see cref="PackedEntries"/> reads it.
/// </summary>
internal sealed class EntryTurn
{
    /// <summary>How many entries a row has at most: whoever looks one up reads past those before it.</summary>
    public const int MaxEntries = 256;

    private const int MaxCompared = 62;

    // A row with a list of all keys in it has no others.
    private const int FullLength = 1 << 20;

    private readonly byte[] _hash = new byte[32];
    private byte[] _packed = new byte[4096];
    private int _length;
    private EntryText _last = new();
    private EntryText _next = new();
    private bool _hasLast;

    /// <summary>How many entries wait to be written.</summary>
    public int Count { get; private set; }

    /// <summary>The number of the last of them.</summary>
    public long Sequence { get; private set; }

    /// <summary>The hash of the last of them, 32 bytes.</summary>
    public ReadOnlySpan<byte> Hash => _hash;

    public bool IsFull => Count >= MaxEntries || _length >= FullLength;

    /// <summary>Where the next entry is written, empty.</summary>
    public EntryText Next()
    {
        _next.Clear();
        return _next;
    }

    /// <summary>Adds what was written to <see cref="Next"/> as the entry with this number.</summary>
    public void Append(EntryWords words, long sequence, ReadOnlySpan<byte> hash)
    {
        var isLikeLast = _hasLast && _next.Count <= MaxCompared && _next.HasShapeOf(_last);
        if (isLikeLast)
        {
            var differing = Differing();
            Write(1 + differing);
            for (var value = 0; value < _next.Count; value++)
            {
                if ((differing & (1UL << value)) != 0)
                {
                    Write(words, value);
                }
            }
        }
        else
        {
            Write(0);
            Write((ulong)words.NumberOf(_next.Shape));
            for (var value = 0; value < _next.Count; value++)
            {
                Write(words, value);
            }
        }

        (_last, _next, _hasLast) = (_next, _last, true);
        (Sequence, Count) = (sequence, Count + 1);
        hash.CopyTo(_hash);
    }

    /// <summary>The packed bytes of those that wait.</summary>
    public byte[] Pack()
    {
        Span<byte> head = stackalloc byte[1 + VarInt.MaxLength];
        head[0] = PackedEntries.Version;
        var length = 1 + VarInt.Write((ulong)Count, head[1..]);
        return [.. head[..length], .. _packed.AsSpan(0, _length)];
    }

    /// <summary>Begins anew: they are written, or undone.</summary>
    public void Clear() => (Count, _length, _hasLast) = (0, 0, false);

    private ulong Differing()
    {
        var differing = 0UL;
        for (var value = 0; value < _next.Count; value++)
        {
            if (!_next.Packed(value).SequenceEqual(_last.Packed(value)))
            {
                differing |= 1UL << value;
            }
        }

        return differing;
    }

    private void Write(EntryWords words, int value)
    {
        var kind = _next.KindOf(value);
        var packed = _next.Packed(value);
        if (EntryValues.Recurs(kind))
        {
            Write((ulong)words.NumberOf(packed));
            return;
        }

        if (!EntryValues.IsNumber(kind))
        {
            Write((ulong)packed.Length);
        }

        packed.CopyTo(Room(packed.Length));
        _length += packed.Length;
    }

    private void Write(ulong number) => _length += VarInt.Write(number, Room(VarInt.MaxLength));

    private Span<byte> Room(int wanted)
    {
        if (_packed.Length - _length < wanted)
        {
            Array.Resize(ref _packed, Math.Max(2 * _packed.Length, _length + wanted));
        }

        return _packed.AsSpan(_length);
    }
}
