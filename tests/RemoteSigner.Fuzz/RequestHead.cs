using System.Text;

namespace RemoteSigner.Fuzz;

/// <summary>
/// Reads the head of a request as narrowly as RFC 9112 allows, so that no two readers could take it for different things.
/// </summary>
internal static class RequestHead
{
    private const string TokenMarks = "!#$%&'*+-.^_`|~";

    /// <summary>Is it one request line and fields, each ended by CR LF, with one host and at most one length of the body?</summary>
    public static bool IsWellFormed(byte[] request)
    {
        // Empty lines before it are passed over (RFC 9112 §2.2).
        var text = Encoding.Latin1.GetString(request);
        while (text.StartsWith("\r\n", StringComparison.Ordinal))
        {
            text = text[2..];
        }

        var end = text.IndexOf("\r\n\r\n", StringComparison.Ordinal);
        if (end < 0)
        {
            return false;
        }

        var lines = text[..end].Split("\r\n");
        // RFC 9112 §3 lets a reader take several spaces for one: a target has none in it, so that nothing is read otherwise.
        return lines[0].Split(' ', StringSplitOptions.RemoveEmptyEntries) is [var verb, ['/', ..], "HTTP/1.1" or "HTTP/1.0"]
            && IsToken(verb)
            && lines.All(line => !line.Any(character => char.IsControl(character) && character is not '\t' && character < 128))
            && lines.Skip(1).All(line => line.Split(':', 2) is [var name, _] && IsToken(name))
            && Values(lines, "Host").Count() <= 1
            && Values(lines, "Transfer-Encoding").Concat(Values(lines, "Content-Length")).Count() <= 1
            && Values(lines, "Content-Length").All(length => length.Length > 0 && length.All(char.IsAsciiDigit));
    }

    private static IEnumerable<string> Values(string[] lines, string name) =>
        lines
            .Skip(1)
            .Where(line => line.StartsWith(name + ":", StringComparison.OrdinalIgnoreCase))
            .Select(line => line[(name.Length + 1)..].Trim(' ', '\t'));

    private static bool IsToken(string text) =>
        text.Length > 0
        && text.All(character => char.IsAsciiLetterOrDigit(character) || TokenMarks.Contains(character, StringComparison.Ordinal));
}
