using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace RemoteSigner.Tests.Golden;

/// <summary>
/// The shape of a JSON document as its serialiser has it: names of members, kinds of values, what may be null or absent, and the words
/// that an enum is written as. No word of it is the name of a C# type.
/// </summary>
internal static class JsonShape
{
    private const string Indent = "  ";

    /// <summary>One line for the document, and one for each member below it, indented.</summary>
    public static IEnumerable<string> Of(string name, JsonTypeInfo type) => Lines(name, "", type, "", []);

    private static IEnumerable<string> Lines(string name, string remark, JsonTypeInfo type, string indent, IReadOnlyList<Type> above)
    {
        var (prefix, inner) = Unwrap(type);
        if (inner.Kind != JsonTypeInfoKind.Object)
        {
            return [$"{indent}{name}: {prefix}{Value(inner)}{remark}"];
        }

        return above.Contains(inner.Type)
            ? [$"{indent}{name}: {prefix}object as above{remark}"]
            :
            [
                $"{indent}{name}: {prefix}object{remark}",
                .. inner
                    .Properties.Where(member => member.Get is not null || member.Set is not null)
                    .SelectMany(member => Lines(member.Name, Remark(member), TypeOf(member), indent + Indent, [.. above, inner.Type])),
            ];
    }

    // A converter that stands at the member wins over that of its type.
    private static JsonTypeInfo TypeOf(JsonPropertyInfo member) =>
        (
            member.CustomConverter is { } converter
                ? new JsonSerializerOptions(member.Options) { Converters = { converter } }
                : member.Options
        ).GetTypeInfo(member.PropertyType);

    private static (string Prefix, JsonTypeInfo Inner) Unwrap(JsonTypeInfo type)
    {
        var prefix = "";
        while (true)
        {
            switch (type.Kind)
            {
                case JsonTypeInfoKind.Enumerable:
                    prefix += "list of ";
                    break;
                case JsonTypeInfoKind.Dictionary:
                    prefix += "object with any names, each ";
                    break;
                default:
                    if (Nullable.GetUnderlyingType(type.Type) is { } value)
                    {
                        type = type.Options.GetTypeInfo(value);
                        continue;
                    }

                    return (prefix, type);
            }

            type = type.Options.GetTypeInfo(type.ElementType!);
        }
    }

    private static string Remark(JsonPropertyInfo member)
    {
        var isNullable =
            Nullable.GetUnderlyingType(member.PropertyType) is not null || (!member.PropertyType.IsValueType && member.IsGetNullable);
        var isDropped = member.Options.DefaultIgnoreCondition == JsonIgnoreCondition.WhenWritingNull;
        var readsStrictly = member.Options.RespectRequiredConstructorParameters;
        return (isNullable, isDropped) switch
            {
                (true, true) => ", or absent",
                (true, false) => ", or null",
                _ => "",
            } + (readsStrictly && member.IsRequired ? ", required" : "");
    }

    // As the serialiser writes one of it.
    private static string Value(JsonTypeInfo type) =>
        type.Type.IsEnum
            ? string.Join(
                " | ",
                Enum.GetValuesAsUnderlyingType(type.Type).Cast<object>().Select(number => Word(type, number)).OfType<string>()
            )
            : JsonSerializer.SerializeToElement(Sample(type.Type), type).ValueKind switch
            {
                JsonValueKind.True or JsonValueKind.False => "boolean",
                JsonValueKind.Number => "number",
                JsonValueKind.String => "string",
                var other => throw new NotSupportedException($"{type.Type} is written as {other}: give it a sample"),
            };

    // Null where it may not stand.
    private static string? Word(JsonTypeInfo type, object number)
    {
        try
        {
            return JsonSerializer.Serialize(Enum.ToObject(type.Type, number), type);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static object Sample(Type type) =>
        type == typeof(string) ? ""
        : type.IsArray ? Array.CreateInstance(type.GetElementType()!, 0)
        : RuntimeHelpers.GetUninitializedObject(type);
}
