using System.Text;
using System.Text.Json;

namespace RemoteSigner.Host.Configuration;

/// <summary>
/// Changes one setting in the text of <c>signer.json</c> and leaves every other byte as the operator has it, his comments among them.
/// </summary>
internal static class SettingText
{
    private static readonly JsonReaderOptions _reading = new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };

    /// <summary>
    /// The text with <paramref name="section"/>.<paramref name="name"/> set to <paramref name="value"/>, which is JSON. Where there is no
    /// such member it becomes the first of its section.
    /// </summary>
    /// <exception cref="JsonException">The text is no JSON.</exception>
    public static byte[] Put(byte[] text, string section, string name, string value)
    {
        var start = text.AsSpan().StartsWith("\uFEFF"u8) ? 3 : 0;
        var reader = new Utf8JsonReader(text.AsSpan(start), _reading);
        reader.Read();
        var top = Member(ref reader, section);
        if (top.IsNew)
        {
            return Splice(text, start, top, $"\"{section}\": {{ \"{name}\": {value} }}");
        }

        var within = Member(ref reader, name);
        return Splice(text, start, within, within.IsNew ? $"\"{name}\": {value}" : value);
    }

    // From an object's brace to its member's value; where there is none, the place behind the brace.
    private static Place Member(ref Utf8JsonReader reader, string name)
    {
        var (behind, depth, isEmpty) = ((int)reader.BytesConsumed, reader.CurrentDepth, true);
        while (reader.Read() && reader.CurrentDepth > depth)
        {
            isEmpty = false;
            var isIt = reader.ValueTextEquals(name);
            reader.Read();
            if (isIt)
            {
                var from = (int)reader.TokenStartIndex;
                var value = reader;
                value.Skip();
                return new Place(from, (int)value.BytesConsumed, false, false);
            }

            reader.Skip();
        }

        return new Place(behind, behind, true, isEmpty);
    }

    private static byte[] Splice(byte[] text, int start, Place place, string value)
    {
        var put = !place.IsNew ? value : $" {value}{(place.IsOnly ? " " : ",")}";
        return [.. text.AsSpan(0, start + place.From), .. Encoding.UTF8.GetBytes(put), .. text.AsSpan(start + place.To)];
    }

    private readonly record struct Place(int From, int To, bool IsNew, bool IsOnly);
}
