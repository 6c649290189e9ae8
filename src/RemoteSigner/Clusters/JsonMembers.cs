using System.Buffers.Text;
using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using RemoteSigner.Spec;

namespace RemoteSigner.Clusters;

/// <summary>
/// The members of one JSON object, each read once and within bounds. Whatever is left in the end is refused: a member that no hash covers
/// could say anything. Faults are <see cref="ClusterFileException"/> and name the path.
/// </summary>
internal sealed class JsonMembers
{
    private const int MaxDepth = 8;

    private readonly JsonElement _object;
    private readonly string _path;
    private readonly HashSet<string> _read = [];
    private bool _ignoresOthers;

    public JsonMembers(JsonElement element, string path, bool base64 = false)
    {
        (_object, _path, IsBase64) = (element, path, base64);
        if (element.ValueKind != JsonValueKind.Object)
        {
            throw Fault(path.Length == 0 ? "the file" : path, "is no object");
        }
    }

    /// <summary>Parses a whole file: strictly JSON, no member twice.</summary>
    public static JsonDocument Open(ReadOnlyMemory<byte> json)
    {
        try
        {
            return StrictJson.Open(json, MaxDepth);
        }
        catch (JsonException e)
        {
            throw new ClusterFileException(
                ClusterFileFault.NotJson,
                $"the file is not JSON, or a member appears twice: {(e.InnerException ?? e).Message.TrimEnd('.')}",
                "restore the file as it was made",
                e
            );
        }
    }

    /// <summary>Byte strings of v1.0 and v1.1 are base64, all others 0x and hexadecimal digits.</summary>
    public bool IsBase64 { get; set; }

    public bool Has(string name) => _object.TryGetProperty(name, out _);

    public void IgnoreOthers() => _ignoresOthers = true;

    /// <summary>Text of at most so many bytes of UTF-8; an optional member that is not there is empty.</summary>
    public string Text(string name, int most, bool optional = false)
    {
        if (optional && !Has(name))
        {
            return "";
        }

        var text = Unescaped(name, () => Member(name, JsonValueKind.String, "no text").GetString()!);
        // Legacy hashes pad text with zeroes: without this "name" and "name\0" were the same.
        return Encoding.UTF8.GetByteCount(text) <= most && !text.Any(char.IsControl)
            ? text
            : throw Malformed(name, $"has more than {most} bytes or a control character");
    }

    public int Number(string name, int least, int most) =>
        Member(name, JsonValueKind.Number, "no number").TryGetInt32(out var number) && number >= least && number <= most
            ? number
            : throw Malformed(name, $"is no whole number from {least} to {most}");

    public ulong Number(string name) =>
        Member(name, JsonValueKind.Number, "no number").TryGetUInt64(out var number)
            ? number
            : throw Malformed(name, "is no whole number from 0 to 2⁶⁴ − 1");

    /// <summary>A list of whole numbers from 0 to 2⁶⁴ − 1.</summary>
    public ImmutableArray<ulong> Numbers(string name, int most) =>
        [
            .. Elements(name, most)
                .Select(element =>
                    element.ValueKind == JsonValueKind.Number && element.TryGetUInt64(out var number)
                        ? number
                        : throw Malformed(name, "is no list of whole numbers")
                ),
        ];

    public bool Flag(string name)
    {
        _read.Add(name);
        return _object.TryGetProperty(name, out var member) && member.ValueKind is JsonValueKind.True or JsonValueKind.False
            ? member.GetBoolean()
            : throw Malformed(name, "is neither true nor false");
    }

    /// <summary>A Gwei amount: decimal digits in a string.</summary>
    public ulong Gwei(string name) => ParseGwei(Text(name, 20), name);

    /// <summary>A list of Gwei amounts, or null for none.</summary>
    public ImmutableArray<ulong> GweiList(string name, int most)
    {
        _read.Add(name);
        return _object.TryGetProperty(name, out var member) && member.ValueKind == JsonValueKind.Null
            ? []
            :
            [
                .. Elements(name, most)
                    .Select(element =>
                        ParseGwei(element.ValueKind == JsonValueKind.String ? Unescaped(name, () => element.GetString()!) : "", name)
                    ),
            ];
    }

    /// <summary>Exactly so many bytes.</summary>
    public byte[] Bytes(string name, int length) => Decode(Member(name, JsonValueKind.String, "no text"), name, length, length);

    /// <summary>Bytes from none to so many. Where byte strings are base64, none is also written as null.</summary>
    public byte[] BytesUpTo(string name, int most)
    {
        if (IsBase64 && _object.TryGetProperty(name, out var member) && member.ValueKind == JsonValueKind.Null)
        {
            _read.Add(name);
            return [];
        }

        return Decode(Member(name, JsonValueKind.String, "no text"), name, 0, most);
    }

    /// <summary>A list of byte strings, each from <paramref name="least"/> to <paramref name="most"/> bytes.</summary>
    public IReadOnlyList<byte[]> BytesList(string name, int maxElements, int least, int most, bool optional = false) =>
        optional && !Has(name) ? [] : [.. Elements(name, maxElements).Select((element, i) => Decode(element, $"{name}[{i}]", least, most))];

    public JsonMembers Object(string name) => Child(Member(name, JsonValueKind.Object, "no object"), PathOf(name));

    public T Object<T>(string name, Func<JsonMembers, T> read) => Whole(Object(name), read);

    public ImmutableArray<T> Objects<T>(string name, int most, Func<JsonMembers, T> read, bool optional = false) =>
        optional && !Has(name) ? [] : [.. Elements(name, most).Select((element, i) => Whole(Child(element, $"{PathOf(name)}[{i}]"), read))];

    /// <summary>Ends the reading of this object.</summary>
    public void RefuseUnread()
    {
        foreach (var member in _object.EnumerateObject())
        {
            var name = Unescaped("a member's name", () => member.Name);
            if (!_ignoresOthers && !_read.Contains(name))
            {
                throw new ClusterFileException(
                    ClusterFileFault.Malformed,
                    $"{PathOf(Shown(name))} is no member of this version",
                    "remove what was added by hand, or restore the file as it was made"
                );
            }
        }
    }

    public string PathOf(string name) => _path.Length == 0 ? name : $"{_path}.{name}";

    public ClusterFileException Malformed(string name, string why) => Fault(PathOf(name), why);

    private static T Whole<T>(JsonMembers members, Func<JsonMembers, T> read)
    {
        var value = read(members);
        members.RefuseUnread();
        return value;
    }

    private static ClusterFileException Fault(string path, string why) =>
        new(ClusterFileFault.Malformed, $"{path} {why}", "restore the file as it was made");

    private static string Shown(string name) => name.Length <= 64 && !name.Any(char.IsControl) ? name : "…";

    private JsonMembers Child(JsonElement element, string path) => new(element, path, IsBase64);

    private JsonElement.ArrayEnumerator Elements(string name, int most)
    {
        var list = Member(name, JsonValueKind.Array, "no list");
        return list.GetArrayLength() <= most ? list.EnumerateArray() : throw Malformed(name, $"has more than {most} elements");
    }

    private JsonElement Member(string name, JsonValueKind kind, string otherwise)
    {
        _read.Add(name);
        if (!_object.TryGetProperty(name, out var member))
        {
            throw Malformed(name, "is missing");
        }

        return member.ValueKind == kind ? member : throw Malformed(name, $"is {otherwise}");
    }

    // The parser takes half a surrogate pair, and bytes that are no UTF-8, for text until it is asked for.
    private string Unescaped(string name, Func<string> read)
    {
        try
        {
            return read();
        }
        catch (InvalidOperationException e)
        {
            throw new ClusterFileException(
                ClusterFileFault.Malformed,
                $"{PathOf(name)} is not valid text",
                "restore the file as it was made",
                e
            );
        }
    }

    private ulong ParseGwei(string text, string name) =>
        ulong.TryParse(text, System.Globalization.NumberStyles.None, null, out var amount) && amount.ToString() == text
            ? amount
            : throw Malformed(name, "is no amount of Gwei: decimal digits in quotes, without leading zeroes");

    private byte[] Decode(JsonElement element, string name, int least, int most)
    {
        var text =
            element.ValueKind == JsonValueKind.String ? Unescaped(name, () => element.GetString()!) : throw Malformed(name, "is no text");
        var bytes = IsBase64 ? Base64Bytes(text) : HexBytes(text);
        return bytes is not null && bytes.Length >= least && bytes.Length <= most
            ? bytes
            : throw Malformed(
                name,
                $"is not {(least == most ? $"{most}" : $"{least} to {most}")} bytes of {(IsBase64 ? "base64" : "hex with 0x")}"
            );
    }

    private static byte[]? HexBytes(string text)
    {
        byte[]? bytes = [];
        return text.Length == 0 || (text.StartsWith("0x", StringComparison.Ordinal) && Hex.TryParse(text, out bytes)) ? bytes : null;
    }

    // Only the one encoding that gives the same text back: trailing bits and spaces say nothing.
    private static byte[]? Base64Bytes(string text) =>
        Base64.IsValid(text) && Convert.FromBase64String(text) is var bytes && Convert.ToBase64String(bytes) == text ? bytes : null;
}
