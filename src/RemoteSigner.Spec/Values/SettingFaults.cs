using System.Collections.Frozen;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace RemoteSigner.Spec;

/// <summary>
/// What keeps a JSON text that people write from being read, in their words: the serialiser speaks of this program's types, and of one
/// fault at a time.
/// </summary>
public sealed class SettingFaults
{
    // The parser quotes what it does not understand, to the end of the text.
    private const int LongestMessage = 200;

    // More help nobody; the text may be of somebody who wants to be read at length.
    private const int MostFaults = 20;

    private readonly byte[] _json;
    private readonly string _member;
    private readonly IReadOnlyDictionary<string, string> _formerNames;
    private readonly List<string> _faults = [];
    private long _at;

    private SettingFaults(byte[] json, string member, IReadOnlyDictionary<string, string> formerNames) =>
        (_json, _member, _formerNames) = (json, member, formerNames);

    /// <summary>Reads a file of settings.</summary>
    /// <param name="json">UTF-8 without a byte order mark.</param>
    /// <param name="type">What may stand in it; null never in a list or a map.</param>
    /// <param name="formerNames">Names that settings once had, and what they are called now.</param>
    /// <param name="unreadable">Makes the exception to be thrown: of every fault, each with its line, from 1.</param>
    public static T Read<T>(
        ReadOnlySpan<byte> json,
        JsonTypeInfo<T> type,
        IReadOnlyDictionary<string, string> formerNames,
        Func<string, Exception> unreadable
    ) => new SettingFaults(json.ToArray(), "setting", formerNames).Read(type, unreadable);

    /// <summary>Reads a document that programs write and people hand on.</summary>
    /// <inheritdoc cref="Read{T}(ReadOnlySpan{byte}, JsonTypeInfo{T}, IReadOnlyDictionary{string, string}, Func{string, Exception})"/>
    public static T ReadDocument<T>(ReadOnlySpan<byte> json, JsonTypeInfo<T> type, Func<string, Exception> unreadable) =>
        new SettingFaults(json.ToArray(), "member", FrozenDictionary<string, string>.Empty).Read(type, unreadable);

    private T Read<T>(JsonTypeInfo<T> type, Func<string, Exception> unreadable)
    {
        if (Find(type) is { Count: > 0 } faults)
        {
            throw unreadable(string.Join("; ", faults));
        }

        try
        {
            // No null: the walk refuses it.
            return JsonSerializer.Deserialize(_json, type)!;
        }
        catch (JsonException exception)
        {
            // What a converter refuses. All messages but our own converters' name types of this program.
            var why = exception is SpellingException ? exception.Message : "cannot be read";
            var path = Shown(exception.Path?.TrimStart('$').TrimStart('.') ?? "");
            throw unreadable(string.Create(CultureInfo.InvariantCulture, $"line {exception.LineNumber + 1}: {path} {why}"));
        }
    }

    private List<string> Find(JsonTypeInfo type)
    {
        try
        {
            var reader = new Utf8JsonReader(
                _json,
                new JsonReaderOptions
                {
                    AllowTrailingCommas = type.Options.AllowTrailingCommas,
                    CommentHandling = type.Options.ReadCommentHandling,
                    MaxDepth = type.Options.MaxDepth,
                }
            );
            reader.Read();
            Value(ref reader, type, "", false);
            reader.Read();
        }
        catch (JsonException exception)
        {
            _faults.Insert(0, _json.AsSpan().IndexOfAnyExcept(" \t\r\n"u8) < 0 ? "it is empty" : NotJson(exception));
        }
        // The parser's word for it.
        catch (InvalidOperationException)
        {
            Add(_at, "a text is not UTF-8, or has half a surrogate pair");
        }

        return _faults.Count <= MostFaults ? _faults : [.. _faults[..MostFaults], "and more"];
    }

    private static string NotJson(JsonException exception)
    {
        var place = string.Create(
            CultureInfo.InvariantCulture,
            $"line {exception.LineNumber + 1}, byte {exception.BytePositionInLine + 1}: it is not JSON"
        );
        // What follows is for programmers.
        var why = exception.Message.Split(" LineNumber:")[0].Split(" Change the reader options")[0];
        return why.Length <= LongestMessage && why.All(letter => letter is >= ' ' and <= '~') ? $"{place}: {why}" : place;
    }

    private void Value(ref Utf8JsonReader reader, JsonTypeInfo type, string path, bool mayBeNull)
    {
        _at = reader.TokenStartIndex;
        if (reader.TokenType == JsonTokenType.Null && mayBeNull)
        {
            return;
        }

        var wanted = type.Kind switch
        {
            JsonTypeInfoKind.Object or JsonTypeInfoKind.Dictionary => reader.TokenType == JsonTokenType.StartObject ? null : "an object",
            JsonTypeInfoKind.Enumerable => reader.TokenType == JsonTokenType.StartArray ? null : "a list",
            _ => WantedScalar(ref reader, Nullable.GetUnderlyingType(type.Type) ?? type.Type),
        };
        wanted ??= reader.TokenType == JsonTokenType.Null ? "something, not null" : null;
        if (reader.TokenType == JsonTokenType.String)
        {
            // Throws where it is no text.
            _ = reader.GetString();
        }

        if (wanted is not null)
        {
            Add(reader.TokenStartIndex, $"{(path.Length == 0 ? "it" : path)} must be {wanted}");
            reader.Skip();
        }
        else if (type.Kind == JsonTypeInfoKind.Enumerable)
        {
            Elements(ref reader, type, path);
        }
        else if (type.Kind is JsonTypeInfoKind.Object or JsonTypeInfoKind.Dictionary)
        {
            Members(ref reader, type, path);
        }
        else
        {
            reader.Skip();
        }
    }

    private void Elements(ref Utf8JsonReader reader, JsonTypeInfo type, string path)
    {
        var element = type.Options.GetTypeInfo(type.ElementType!);
        for (var i = 0; reader.Read() && reader.TokenType != JsonTokenType.EndArray; i++)
        {
            Value(ref reader, element, string.Create(CultureInfo.InvariantCulture, $"{path}[{i}]"), mayBeNull: false);
        }
    }

    private void Members(ref Utf8JsonReader reader, JsonTypeInfo type, string path)
    {
        var start = reader.TokenStartIndex;
        var isMap = type.Kind == JsonTypeInfoKind.Dictionary;
        List<JsonPropertyInfo> known = [.. type.Properties.Where(member => member.Get is not null || member.Set is not null)];
        var seen = new HashSet<string>(StringComparer.Ordinal);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            _at = reader.TokenStartIndex;
            var name = reader.GetString()!;
            var full = Under(path, name);
            if (!seen.Add(name))
            {
                Add(reader.TokenStartIndex, $"{full} appears twice");
            }

            if (isMap && type.KeyType == typeof(int) && !IsWholeNumber(name))
            {
                Add(reader.TokenStartIndex, $"{full} must be a whole number");
            }

            var member = known.Find(one => one.Name == name);
            if (member is null && !isMap)
            {
                Add(reader.TokenStartIndex, Unknown(path, name, known));
                reader.Skip();
                continue;
            }

            reader.Read();
            var value = type.Options.GetTypeInfo(member?.PropertyType ?? type.ElementType!);
            Value(ref reader, value, full, member is { IsSetNullable: true } && CanBeNull(value.Type));
        }

        foreach (var missing in known.Where(member => IsRequired(member) && !seen.Contains(member.Name)))
        {
            Add(start, $"{Under(path, missing.Name)} is missing");
        }
    }

    private string Unknown(string path, string name, IEnumerable<JsonPropertyInfo> known)
    {
        var unknown = $"unknown {_member} '{Under(path, name)}'";
        if (_formerNames.TryGetValue(name, out var present) && known.Any(member => member.Name == present))
        {
            return $"{unknown}: it is called {present} now";
        }

        const int Near = 2;
        const int Longest = 100;
        if (name.Length > Longest)
        {
            return unknown;
        }

        var nearest = known.Select(member => member.Name).MinBy(one => Distance(one, name));
        return nearest is not null && Distance(nearest, name) is var distance && distance <= Near && distance < nearest.Length / 2
            ? $"{unknown}: did you mean {nearest}?"
            : unknown;
    }

    // Null where the value is one of the type, or of a type whose converter has its own word.
    private static string? WantedScalar(ref Utf8JsonReader reader, Type type)
    {
        const string Whole = "a whole number";
        var (token, isNumber) = (reader.TokenType, reader.TokenType == JsonTokenType.Number);
        return type == typeof(string) || type == typeof(byte[]) || type.IsEnum
            ? token == JsonTokenType.String
                ? null
                : "text"
            : type == typeof(bool)
                ? token is JsonTokenType.True or JsonTokenType.False
                    ? null
                    : "true or false"
                : type == typeof(int)
                    ? isNumber && reader.TryGetInt32(out _)
                        ? null
                        : $"{Whole}, {int.MaxValue} at most"
                    : type == typeof(long)
                        ? isNumber && reader.TryGetInt64(out _)
                            ? null
                            : $"{Whole}, {long.MaxValue} at most"
                        : type == typeof(ulong)
                            ? isNumber && reader.TryGetUInt64(out _)
                                ? null
                                : $"{Whole}, 0 to {ulong.MaxValue}"
                            : null;
    }

    private static bool IsRequired(JsonPropertyInfo member) =>
        member.IsRequired || member.AssociatedParameter is { HasDefaultValue: false, IsMemberInitializer: false };

    private static bool CanBeNull(Type type) => !type.IsValueType || Nullable.GetUnderlyingType(type) is not null;

    // Numbers as names have one spelling, so that no two name the same.
    private static bool IsWholeNumber(string name) =>
        int.TryParse(name, CultureInfo.InvariantCulture, out var number) && number.ToString(CultureInfo.InvariantCulture) == name;

    private static string Under(string path, string name) => path.Length == 0 ? Shown(name) : $"{path}.{Shown(name)}";

    /// <summary>A name is the writer's: at most so much of it, and nothing that a terminal obeys.</summary>
    public static string Shown(string name)
    {
        const int Most = 150;
        var shown = JsonEncodedText.Encode(name).ToString();
        return shown.Length <= Most ? shown : $"{shown[..Most]}…";
    }

    // How many letters are put in, left out or exchanged (Levenshtein), whatever their case.
    private static int Distance(string one, string other)
    {
        var row = Enumerable.Range(0, other.Length + 1).ToArray();
        for (var i = 0; i < one.Length; i++)
        {
            (var diagonal, row[0]) = (row[0], i + 1);
            for (var j = 0; j < other.Length; j++)
            {
                var exchanged = diagonal + (char.ToUpperInvariant(one[i]) == char.ToUpperInvariant(other[j]) ? 0 : 1);
                (diagonal, row[j + 1]) = (row[j + 1], Math.Min(exchanged, Math.Min(row[j], row[j + 1]) + 1));
            }
        }

        return row[^1];
    }

    private void Add(long at, string fault)
    {
        if (_faults.Count > MostFaults)
        {
            return;
        }

        var line = _json.AsSpan(0, (int)at).Count((byte)'\n') + 1;
        _faults.Add(string.Create(CultureInfo.InvariantCulture, $"line {line}: {fault}"));
    }
}
