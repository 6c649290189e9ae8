using System.Text.Json;

namespace RemoteSigner.Spec;

/// <summary>
/// Reads a JSON text into memory: all of it, without comments, no deeper than is said, no member twice. What may stand in it is its
/// reader's business. Not for secrets, because what is read of it becomes managed text.
/// </summary>
public static class StrictJson
{
    /// <summary>The caller disposes it, and keeps <paramref name="utf8"/> as it is until then.</summary>
    /// <exception cref="JsonException">It is not JSON, nests too deep, has a member twice, or one whose name is no text.</exception>
    public static JsonDocument Open(ReadOnlyMemory<byte> utf8, int maxDepth)
    {
        try
        {
            return JsonDocument.Parse(utf8, new JsonDocumentOptions { MaxDepth = maxDepth, AllowDuplicateProperties = false });
        }
        // The parser's word, while it looks for a member that appears twice, for a name that is no text.
        catch (InvalidOperationException e)
        {
            throw NotText(e);
        }
    }

    /// <summary>Gives what <paramref name="read"/> makes of it.</summary>
    /// <exception cref="JsonException">As from <see cref="Open"/>, or a text in it is no text.</exception>
    public static T Read<T>(ReadOnlyMemory<byte> utf8, int maxDepth, Func<JsonElement, T> read)
    {
        using var document = Open(utf8, maxDepth);
        try
        {
            return read(document.RootElement);
        }
        // Bytes that are no UTF-8, and half a surrogate pair as an escape, show only when the text is asked for.
        catch (InvalidOperationException e)
        {
            throw NotText(e);
        }
    }

    private static JsonException NotText(InvalidOperationException word) => new("a text is not UTF-8", word);
}
