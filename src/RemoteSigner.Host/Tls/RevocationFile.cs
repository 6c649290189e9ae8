using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using RemoteSigner.Access;
using RemoteSigner.Host.Configuration;
using RemoteSigner.Native;

namespace RemoteSigner.Host.Tls;

/// <summary>
/// The file with the revocation lists: that of this signer's authority is signed anew in it, those of others stay as they are, and so does
/// what stands between them.
/// </summary>
internal static class RevocationFile
{
    /// <summary>A list of a million certificates is smaller.</summary>
    public const int MaxBytes = 64 << 20;

    /// <summary>The file's bytes as characters, one for one, and back: comments in it are in anybody's encoding.</summary>
    public static Encoding Text { get; } = Encoding.Latin1;

    private const string Label = "X509 CRL";

    /// <summary>The file's new text, and what tells whether the file is still the one that it was made from.</summary>
    internal sealed record Change(string Text, string Former);

    /// <summary>
    /// The file's text with these certificates on the authority's list. Null where there is no such list and none of them.
    /// </summary>
    /// <exception cref="ConfigurationException">The file is not PEM, or is not there though signer.json names it: whoever is revoked in it
    /// would be let in again.</exception>
    public static Change? Revoke(
        string path,
        bool mustExist,
        PrivateAuthority authority,
        IReadOnlyCollection<X509Certificate2> certificates
    )
    {
        if (mustExist && !File.Exists(path))
        {
            throw new ConfigurationException(
                $"{path}, which tls.revocationList in signer.json names, is not there: a "
                    + "new one would let in again whoever is revoked in it",
                "put it back; where it is lost, revoke again whatever 'remote-signer audit export' "
                    + "shows as tls.revoke, after setting tls.revocationList to null"
            );
        }

        var former = Fingerprint(path);
        var text = File.Exists(path) ? Text.GetString(BoundedFile.ReadAllBytes(path, MaxBytes)) : "";
        if (text.Length > 0 && !PemEncoding.TryFind(text, out _))
        {
            throw new ConfigurationException(
                $"{path} is not PEM, so the list of this signer's authority cannot be kept in it",
                $"convert it: openssl crl -inform DER -in {path} -out NEW, and put that in its place"
            );
        }

        var place = Find(text, authority.Certificate);
        if (place is null && certificates.Count == 0)
        {
            return null;
        }

        // A list begins in a line of its own, also behind a file that ends without one.
        var separator = text.Length > 0 && text[^1] != '\n' ? "\n" : "";
        return new Change(
            place is var (start, end)
                ? text[..start] + authority.Revoke(text[start..end], certificates) + text[end..].TrimStart('\r', '\n')
                : text + separator + authority.Revoke(null, certificates),
            former
        );
    }

    /// <summary>SHA-256 of the file, in hex; empty where there is none.</summary>
    public static string Fingerprint(string path) =>
        File.Exists(path) ? Convert.ToHexStringLower(SHA256.HashData(BoundedFile.ReadAllBytes(path, MaxBytes))) : "";

    private static (int Start, int End)? Find(string text, X509Certificate2 authority)
    {
        for (var from = 0; PemEncoding.TryFind(text.AsSpan(from), out var fields); )
        {
            var (start, end) = (from + fields.Location.Start.Value, from + fields.Location.End.Value);
            if (text.AsSpan(from)[fields.Label].SequenceEqual(Label) && IsOf(text[start..end], authority))
            {
                return (start, end);
            }

            from = end;
        }

        return null;
    }

    private static bool IsOf(string pem, X509Certificate2 authority)
    {
        try
        {
            _ = RevocationLists.Read(Encoding.ASCII.GetBytes(pem), [authority]);
            return true;
        }
        catch (FormatException)
        {
            return false;
        }
    }
}
