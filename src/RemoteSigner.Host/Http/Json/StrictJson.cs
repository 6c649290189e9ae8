using System.Text.Json;

namespace RemoteSigner.Host.Http;

/// <summary>Reads a small JSON body that holds no secret: no member twice, every text UTF-8.</summary>
internal static class StrictJson
{
    /// <exception cref="JsonException">It is not JSON, or not what <paramref name="read"/> expects.</exception>
    public static T Read<T>(ReadOnlyMemory<byte> utf8, int maxDepth, Func<JsonElement, T> read)
    {
        try
        {
            using var document = JsonDocument.Parse(
                utf8,
                new JsonDocumentOptions { MaxDepth = maxDepth, AllowDuplicateProperties = false }
            );
            return read(document.RootElement);
        }
        // The parser's word, often only when it is asked for the text, for bytes that are no UTF-8 and for half a surrogate pair.
        catch (InvalidOperationException e)
        {
            throw new JsonException("a text is not UTF-8", e);
        }
    }
}
