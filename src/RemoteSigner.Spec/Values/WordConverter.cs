using System.Text.Json;
using System.Text.Json.Serialization;

namespace RemoteSigner.Spec;

/// <summary>
/// A value by its word, letter for letter: never by its number, by a member's name, or by several words at once, all of which the
/// serialiser's own converter takes.
/// </summary>
public abstract class WordConverter<T>(params (T Value, string Word)[] words) : JsonConverter<T>
    where T : struct, Enum
{
    public override T Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        var given = reader.TokenType == JsonTokenType.String ? reader.GetString() : null;
        foreach (var (value, word) in words)
        {
            if (word == given)
            {
                return value;
            }
        }

        throw new SpellingException($"must be one of {string.Join(", ", words.Select(pair => pair.Word))}");
    }

    public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) =>
        writer.WriteStringValue(
            Array.Find(words, pair => pair.Value.Equals(value)).Word ?? throw new JsonException("the value has no word here")
        );
}
