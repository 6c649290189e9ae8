using System.Text;
using System.Text.Json;

namespace RemoteSigner.Host.Http;

/// <summary>
/// A request body in UTF-8 and the first fault found in it. Readers go on after a fault with default values, so that no reading line needs
/// an <c>if</c>; whatever they made of the body is thrown away when <see cref="Fault"/> is set.
/// </summary>
internal sealed class JsonText(ReadOnlyMemory<byte> utf8)
{
    // A legacy block with an attester slashing nests ten deep.
    public static readonly JsonReaderOptions Options = new() { MaxDepth = 32 };

    public ReadOnlySpan<byte> Utf8 => utf8.Span;

    public MalformedRequest? Fault { get; private set; }

    /// <summary>What the whole text is about, once that is known.</summary>
    public string? Duty { get; set; }

    public void Report(string reason, string detail) => Fault ??= new MalformedRequest(reason, detail);

    /// <summary>Notes a fault in <paramref name="member"/> of the object that starts at <paramref name="objectStart"/>.</summary>
    public void Report(string reason, int objectStart, ReadOnlySpan<byte> member, string complaint) =>
        Fault ??= new MalformedRequest(reason, $"{PathTo(objectStart)}{Encoding.UTF8.GetString(member)} {complaint}");

    // The path is found by reading the body once more: only a fault pays for it.
    private string PathTo(int objectStart)
    {
        var names = new string[Options.MaxDepth + 1];
        var reader = new Utf8JsonReader(Utf8, Options);
        while (reader.Read() && reader.TokenStartIndex < objectStart)
        {
            if (reader.TokenType is JsonTokenType.PropertyName)
            {
                names[reader.CurrentDepth - 1] = $"{Encoding.UTF8.GetString(reader.ValueSpan)}.";
            }
            else if (reader.TokenType is JsonTokenType.StartArray)
            {
                names[reader.CurrentDepth - 1] = names[reader.CurrentDepth - 1].TrimEnd('.');
                names[reader.CurrentDepth] = "[].";
            }
        }

        return string.Concat(names[..reader.CurrentDepth]);
    }
}
