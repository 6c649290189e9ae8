using System.Security.Cryptography;

namespace RemoteSigner.Access;

/// <summary>
/// A line of Web3Signer's known-clients file: a common name and the SHA-256 fingerprint of its certificate (lower-case hex, 64 digits).
/// </summary>
public sealed record KnownClient(string CommonName, string Fingerprint)
{
    /// <summary>Reads lines of <c>name AA:BB:…</c>; <c>#</c> starts a comment.</summary>
    /// <exception cref="FormatException">A line is neither; the text names it.</exception>
    public static IReadOnlyList<KnownClient> Read(IEnumerable<string> lines) =>
        [
            .. lines
                .Select((line, index) => (Text: line.Trim(), Number: index + 1))
                .Where(line => line.Text.Length > 0 && line.Text[0] != '#')
                .Select(line => Parse(line.Text, line.Number)),
        ];

    private static KnownClient Parse(string line, int number)
    {
        var separator = line.LastIndexOf(' ');
        var fingerprint = line[(separator + 1)..].Replace(":", "", StringComparison.Ordinal).ToLowerInvariant();
        if (separator <= 0 || fingerprint.Length != SHA256.HashSizeInBytes * 2 || !fingerprint.All(char.IsAsciiHexDigitLower))
        {
            throw new FormatException($"line {number}: expected a common name, a space and a SHA-256 fingerprint");
        }

        return new KnownClient(line[..separator].Trim(), fingerprint);
    }
}
