using System.Globalization;
using System.Text.Json;

namespace RemoteSigner.Host.Http;

/// <summary>
/// What is told of text that is no JSON: where. The parser's own message has a part of the text in it, which may be a password, or a
/// megabyte.
/// </summary>
internal static class JsonFault
{
    /// <param name="what">The text: <c>the body</c>.</param>
    /// <param name="exception">The parser's word, or our own about a member.</param>
    public static string In(string what, JsonException exception) =>
        exception is { LineNumber: { } line, BytePositionInLine: { } column }
            ? string.Create(CultureInfo.InvariantCulture, $"{what} is not JSON: line {line + 1}, byte {column + 1}")
            : PeerText.Shown(exception.Message);
}
