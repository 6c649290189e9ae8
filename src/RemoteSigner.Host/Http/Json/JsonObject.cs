using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text.Json;
using RemoteSigner.Spec;

namespace RemoteSigner.Host.Http;

/// <summary>
/// One object of a request body, indexed by member without copying. A member that is asked for must stand there exactly once, and in no
/// other spelling; others are ignored. Faults go to the <see cref="JsonText"/>. Read by hand, because the order of members is free (the
/// type often comes last), a doubled member must not pass, and an attestation takes a few microseconds this way.
/// </summary>
internal readonly ref struct JsonObject
{
    private const int MaxMembers = 32;

    private readonly JsonText _text;
    private readonly int _start;
    private readonly int _count;
    private readonly Members _members;

    /// <summary>Indexes the whole text.</summary>
    /// <exception cref="JsonException">The text is not one JSON value, or nests too deep.</exception>
    public JsonObject(JsonText text)
        : this(text, 0, text.Utf8.Length) { }

    private JsonObject(JsonText text, int start, int length)
    {
        (_text, _start) = (text, start);
        var reader = new Utf8JsonReader(text.Utf8.Slice(start, length), JsonText.Options);
        if (!reader.Read() || reader.TokenType is not JsonTokenType.StartObject)
        {
            text.Report(MalformedRequest.MalformedJson, "the body must be a JSON object");
            return;
        }

        while (reader.Read() && reader.TokenType is JsonTokenType.PropertyName)
        {
            if (_count == MaxMembers || reader.ValueIsEscaped)
            {
                text.Report(MalformedRequest.MalformedJson, $"an object may have {MaxMembers} members, and no escapes in their names");
                return;
            }

            _members[_count++] = ReadMember(ref reader, start);
        }

        // Only the end of the text may follow: the reader throws when there is more.
        reader.Read();
    }

    /// <summary>An object without members, to go on with after a fault.</summary>
    private JsonObject(JsonText text, int start) => (_text, _start) = (text, start);

    public delegate T ReadObject<T>(in JsonObject element);

    /// <summary>Whether the member is there with another value than null.</summary>
    public bool Has(ReadOnlySpan<byte> name) => Find(name).Kind is not (JsonTokenType.None or JsonTokenType.Null);

    /// <summary>Notes that it has another member than these two.</summary>
    public void Allow(ReadOnlySpan<byte> one, ReadOnlySpan<byte> other)
    {
        for (var i = 0; i < _count; i++)
        {
            var name = _members[i].NameIn(_text.Utf8);
            if (!name.SequenceEqual(one) && !name.SequenceEqual(other))
            {
                Reject(MalformedRequest.MalformedMember, one, "has another member beside it than belongs there");
            }
        }
    }

    /// <summary>A string, as it stands in the text.</summary>
    public ReadOnlySpan<byte> Text(ReadOnlySpan<byte> name)
    {
        var member = Get(name);
        Expect(member.Kind is JsonTokenType.String, name, "must be a string");
        return member.StringIn(_text.Utf8);
    }

    /// <summary>A number from 0 to 2^64-1, written in decimal digits as a JSON string or as a JSON number.</summary>
    public ulong Number(ReadOnlySpan<byte> name)
    {
        Expect(Get(name).TryReadNumber(_text.Utf8, out var number), name, "must be a decimal number from 0 to 18446744073709551615");
        return number;
    }

    /// <summary>A number below 2^256 in decimal digits, as a JSON string or as a JSON number.</summary>
    public UInt256 Number256(ReadOnlySpan<byte> name)
    {
        var member = Get(name);
        var digits = member.Kind is JsonTokenType.Number ? member.ValueIn(_text.Utf8) : member.StringIn(_text.Utf8);
        Expect(UInt256.TryParse(digits, out var number), name, "must be a decimal number below 2^256");
        return number;
    }

    /// <summary>A JSON boolean.</summary>
    public bool Boolean(ReadOnlySpan<byte> name)
    {
        var kind = Get(name).Kind;
        Expect(kind is JsonTokenType.True or JsonTokenType.False, name, "must be true or false");
        return kind is JsonTokenType.True;
    }

    public Slot Slot(ReadOnlySpan<byte> name) => new(Number(name));

    public Epoch Epoch(ReadOnlySpan<byte> name) => new(Number(name));

    /// <summary>
    /// A value of fixed length in hex; <typeparamref name="T"/> is one of the byte structures of the spec, as long as its bytes.
    /// </summary>
    public T Fixed<T>(ReadOnlySpan<byte> name)
        where T : unmanaged => ToFixed<T>(Get(name).StringIn(_text.Utf8), name);

    /// <summary>Bytes of any length in hex.</summary>
    public ImmutableArray<byte> Bytes(ReadOnlySpan<byte> name)
    {
        var member = Get(name);
        var bytes = new byte[Math.Max(0, HexDigits(member.StringIn(_text.Utf8)) / 2)];
        Expect(member.TryReadHex(_text.Utf8, bytes), name, "must be an even number of hex digits");
        return ImmutableCollectionsMarshal.AsImmutableArray(bytes);
    }

    public JsonObject Object(ReadOnlySpan<byte> name) => ToObject(Get(name), name);

    /// <summary>An array of objects; one that is longer than <paramref name="most"/> is a fault, and is not read on.</summary>
    public ImmutableArray<T> Objects<T>(ReadOnlySpan<byte> name, ReadObject<T> read, int most = int.MaxValue)
    {
        var elements = ImmutableArray.CreateBuilder<T>();
        foreach (var element in Elements(name, most))
        {
            if (_text.Fault is not null)
            {
                break;
            }

            elements.Add(read(ToObject(element, name)));
        }

        return elements.DrainToImmutable();
    }

    /// <summary>An array of values of fixed length.</summary>
    public ImmutableArray<T> FixedArray<T>(ReadOnlySpan<byte> name)
        where T : unmanaged
    {
        var elements = ImmutableArray.CreateBuilder<T>();
        var reader = ReadArray(Get(name), name);
        while (ReadElement(ref reader))
        {
            elements.Add(ToFixed<T>(reader.TokenType is JsonTokenType.String ? reader.ValueSpan : default, name));
        }

        return elements.DrainToImmutable();
    }

    /// <summary>Hashes a <c>ProgressiveByteList</c>, in hex.</summary>
    public HashedList HashBytes(ReadOnlySpan<byte> name)
    {
        var member = Get(name);
        var bytes = new HexBuffer();
        Expect(bytes.TryRead(member.Kind, member.StringIn(_text.Utf8)), name, "must be an even number of hex digits");
        return HashedList.OfBytes(bytes.Bytes);
    }

    /// <summary>Hashes a <c>ProgressiveList[ProgressiveByteList]</c>, each element in hex: of each nothing but its root is kept.</summary>
    public HashedList HashByteLists(ReadOnlySpan<byte> name, ulong most)
    {
        var (list, elements) = (new ProgressiveHasher(), new ProgressiveHasher());
        var bytes = new HexBuffer();
        var reader = ReadArray(Get(name), name);
        while (ReadElement(ref reader))
        {
            Expect(
                bytes.TryRead(reader.TokenType, reader.ValueSpan),
                name,
                "must be an array of hex digits, an even number of them in each"
            );
            Expect(list.Count < most, name, $"must have at most {most} elements");
            list.Add(SszHasher.ProgressiveByteList(bytes.Bytes, elements));
        }

        return list.Finish();
    }

    /// <summary>Hashes a <c>ProgressiveList[ByteVector]</c>, each element <paramref name="length"/> bytes in hex.</summary>
    public HashedList HashVectors(ReadOnlySpan<byte> name, int length)
    {
        var list = new ProgressiveHasher();
        Span<byte> bytes = stackalloc byte[length];
        var reader = ReadArray(Get(name), name);
        while (ReadElement(ref reader))
        {
            Expect(
                reader.TokenType is JsonTokenType.String && Hex.TryParse(reader.ValueSpan, bytes),
                name,
                $"must be an array of {length} bytes of hex each"
            );
            list.Add(SszHasher.Bytes(bytes));
        }

        return list.Finish();
    }

    /// <summary>Hashes a <c>ProgressiveList</c> of containers, which <paramref name="hash"/> hashes one by one.</summary>
    public HashedList HashObjects(ReadOnlySpan<byte> name, ReadObject<Root> hash)
    {
        var list = new ProgressiveHasher();
        var member = Get(name);
        var reader = ReadArray(member, name);
        while (ReadElement(ref reader))
        {
            list.Add(hash(ToObject(ReadValue(ref reader, member.Start), name)));
        }

        return list.Finish();
    }

    public ImmutableArray<ulong> Numbers(ReadOnlySpan<byte> name)
    {
        var elements = ImmutableArray.CreateBuilder<ulong>();
        foreach (var element in Elements(name))
        {
            if (_text.Fault is not null)
            {
                break;
            }

            Expect(element.TryReadNumber(_text.Utf8, out var number), name, "must be an array of decimal numbers");
            elements.Add(number);
        }

        return elements.DrainToImmutable();
    }

    /// <summary>Notes what duty the text is about, for whoever is told of a fault in it.</summary>
    public void Name(string duty) => _text.Duty = duty;

    /// <summary>Notes that the member holds something else than it must.</summary>
    public void Reject(string reason, ReadOnlySpan<byte> name, string complaint) => _text.Report(reason, _start, name, complaint);

    private static JsonMember ReadMember(ref Utf8JsonReader reader, int offset)
    {
        var (nameStart, nameLength) = ((int)reader.TokenStartIndex + 1, reader.ValueSpan.Length);
        reader.Read();
        return ReadValue(ref reader, offset) with { NameStart = offset + nameStart, NameLength = nameLength };
    }

    private static JsonMember ReadValue(ref Utf8JsonReader reader, int offset)
    {
        var (start, kind) = ((int)reader.TokenStartIndex, reader.TokenType);
        reader.Skip();
        return new JsonMember(0, 0, offset + start, (int)reader.BytesConsumed - start, kind);
    }

    private static int HexDigits(ReadOnlySpan<byte> text) => text.StartsWith("0x"u8) ? text.Length - 2 : text.Length;

    private T ToFixed<T>(ReadOnlySpan<byte> hex, ReadOnlySpan<byte> name)
        where T : unmanaged
    {
        var value = default(T);
        if (!Hex.TryParse(hex, MemoryMarshal.AsBytes(new Span<T>(ref value))))
        {
            Reject(MalformedRequest.MalformedMember, name, $"must be {Unsafe.SizeOf<T>()} bytes of hex");
        }

        return value;
    }

    private JsonObject ToObject(JsonMember member, ReadOnlySpan<byte> name)
    {
        if (member.Kind is JsonTokenType.StartObject)
        {
            return new JsonObject(_text, member.Start, member.Length);
        }

        Reject(MalformedRequest.MalformedMember, name, "must be an object");
        return new JsonObject(_text, _start);
    }

    // At the beginning of the array; of an empty one where there is none.
    private Utf8JsonReader ReadArray(JsonMember member, ReadOnlySpan<byte> name)
    {
        var isArray = member.Kind is JsonTokenType.StartArray;
        Expect(isArray, name, "must be an array");
        var reader = new Utf8JsonReader(isArray ? member.ValueIn(_text.Utf8) : "[]"u8, JsonText.Options);
        _ = reader.Read();
        return reader;
    }

    // Reads on to the next element; false at the end, and once there is a fault.
    private bool ReadElement(ref Utf8JsonReader reader) =>
        _text.Fault is null && reader.Read() && reader.TokenType is not JsonTokenType.EndArray;

    private List<JsonMember> Elements(ReadOnlySpan<byte> name, int most = int.MaxValue)
    {
        var member = Get(name);
        var elements = new List<JsonMember>();
        var reader = ReadArray(member, name);
        while (ReadElement(ref reader))
        {
            if (elements.Count == most)
            {
                Reject(MalformedRequest.MalformedMember, name, $"must have at most {most} elements");
                return [];
            }

            elements.Add(ReadValue(ref reader, member.Start));
        }

        return elements;
    }

    private JsonMember Get(ReadOnlySpan<byte> name)
    {
        var member = Find(name);
        if (member.Kind is JsonTokenType.None or JsonTokenType.Null)
        {
            Reject(MalformedRequest.MissingMember, name, "is required");
        }

        return member;
    }

    private JsonMember Find(ReadOnlySpan<byte> name)
    {
        var found = default(JsonMember);
        for (var i = 0; i < _count; i++)
        {
            var other = _members[i].NameIn(_text.Utf8);
            if (!other.SequenceEqual(name))
            {
                if (MemberName.IsMisspelt(other, name))
                {
                    Reject(
                        MalformedRequest.MalformedMember,
                        name,
                        "stands there in another spelling: names are written as the API has them"
                    );
                }

                continue;
            }

            if (found.Kind is not JsonTokenType.None)
            {
                Reject(MalformedRequest.DoubledMember, name, "stands there twice");
            }

            found = _members[i];
        }

        return found;
    }

    private void Expect(bool met, ReadOnlySpan<byte> name, string complaint)
    {
        if (!met)
        {
            Reject(MalformedRequest.MalformedMember, name, complaint);
        }
    }

    [InlineArray(MaxMembers)]
    private struct Members
    {
        private JsonMember _first;
    }
}
