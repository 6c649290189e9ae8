using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using RemoteSigner.Native;
using RemoteSigner.Spec;

namespace RemoteSigner.Host.Cli;

/// <summary>What a verifier gives on the command line, read.</summary>
internal static class ExpectationFiles
{
    /// <exception cref="CliError">Not hex.</exception>
    public static byte[] Nonce(string hex) =>
        Hex.TryParse(hex, out byte[]? nonce)
            ? nonce
            : throw new CliError("the nonce is not hex", "give the bytes that stood in ?nonce= of the request");

    /// <exception cref="CliError">Not a certificate.</exception>
    public static X509Certificate2 Certificate(string path) =>
        Readable(path, "a certificate", () => X509CertificateLoader.LoadCertificate(BoundedFile.ReadAllBytes(path)));

    /// <exception cref="CliError">No certificates in it.</exception>
    public static X509Certificate2Collection Authorities(string path) => Readable(path, "certificates", () =>
        {
            var authorities = new X509Certificate2Collection();
            authorities.ImportFromPem(BoundedFile.ReadAllText(path));
            return authorities.Count > 0 ? authorities : throw new CryptographicException("it holds none");
        });

    /// <exception cref="CliError">Something in it is no public key.</exception>
    public static IReadOnlySet<BlsPublicKey> Keys(string path)
    {
        var text = BoundedFile.ReadAllText(path).Trim();
        return Text(() =>
            (
                text.StartsWith('[')
                    ? Array(text)
                    : (IEnumerable<string>)text.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            )
                .Select(key =>
                    BlsPublicKey.TryParse(key, out var parsed)
                        ? parsed
                        : throw new FormatException($"{path}: '{key}' is no public key of 48 bytes in hex")
                )
                .ToHashSet()
        );
    }

    /// <exception cref="CliError">The text is malformed.</exception>
    public static T Text<T>(Func<T> read)
    {
        try
        {
            return read();
        }
        // Half a surrogate pair, written as an escape, shows only when the text is read.
        catch (Exception exception) when (exception is FormatException or JsonException or InvalidOperationException)
        {
            throw new CliError(exception.Message, "correct it and try again");
        }
    }

    private static List<string> Array(string json)
    {
        using var document = StrictJson.Open(Encoding.UTF8.GetBytes(json), maxDepth: 64);
        return
        [
            .. document
                .RootElement.EnumerateArray()
                .Select(item => item.ValueKind == JsonValueKind.String ? item.GetString()! : item.GetRawText()),
        ];
    }

    private static T Readable<T>(string path, string what, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (CryptographicException exception)
        {
            throw new CliError($"{path} cannot be read as {what}: {exception.Message}", "give a PEM file");
        }
    }
}
