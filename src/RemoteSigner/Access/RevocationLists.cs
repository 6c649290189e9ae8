using System.Formats.Asn1;
using System.Security.Cryptography.X509Certificates;
using Org.BouncyCastle.Security;
using Org.BouncyCastle.X509;

namespace RemoteSigner.Access;

/// <summary>
/// Certificate revocation lists (RFC 5280 §5) of the client authorities, read from a file: .NET checks revocation only by lists it fetches
/// itself.
/// </summary>
public sealed class RevocationLists
{
    private readonly IReadOnlyList<X509Crl> _lists;

    private RevocationLists(IReadOnlyList<X509Crl> lists) => _lists = lists;

    public static RevocationLists None { get; } = new([]);

    /// <summary>The earliest <c>nextUpdate</c> of all lists.</summary>
    public DateTimeOffset? NextUpdate =>
        _lists.Select(list => list.NextUpdate).Min() is { } time ? new DateTimeOffset(time, TimeSpan.Zero) : null;

    /// <summary>
    /// Reads PEM or DER lists, each of which one of <paramref name="authorities"/> must have signed. One that is out of date is as good as
    /// any for what it revokes: it never takes a name back, and to refuse everybody for its sake would end all duties.
    /// <see cref="NextUpdate"/> is what to warn by.
    /// </summary>
    /// <exception cref="FormatException">The bytes are no revocation list, or none of the authorities signed it.</exception>
    public static RevocationLists Read(byte[] bytes, X509Certificate2Collection authorities)
    {
        try
        {
            RequireOneValue(bytes);
            var lists = new X509CrlParser().ReadCrls(bytes).ToList();
            if (lists.Count == 0)
            {
                throw new FormatException("the file holds no certificate revocation list");
            }

            // The parser passes over what does not begin a line, as behind a byte order mark.
            if (Named(bytes) is > 0 and var named && named != lists.Count)
            {
                throw new FormatException(
                    $"of {named} certificate revocation lists in the file {lists.Count} can be read: "
                        + "each begins and ends in a line of its own, with nothing before it"
                );
            }

            lists.ForEach(list => Check(list, authorities));
            return new RevocationLists(lists);
        }
        catch (Exception exception) when (exception is IOException or GeneralSecurityException or ArgumentException)
        {
            throw new FormatException($"the file holds no certificate revocation list: {exception.Message}", exception);
        }
    }

    public bool Revoke(X509Certificate2 certificate)
    {
        if (_lists.Count == 0)
        {
            return false;
        }

        var subject = new Org.BouncyCastle.X509.X509Certificate(certificate.RawData);
        return _lists.Any(list => list.IssuerDN.Equivalent(subject.IssuerDN) && list.IsRevoked(subject));
    }

    // In DER a file is one value: the parser stops at whatever stands behind it, and who is revoked there would be let in.
    private static void RequireOneValue(ReadOnlySpan<byte> bytes)
    {
        if (
            bytes is [0x30, ..]
            && (!AsnDecoder.TryReadEncodedValue(bytes, AsnEncodingRules.BER, out _, out _, out _, out var length) || length != bytes.Length)
        )
        {
            throw new FormatException(
                "there is something behind the revocation list in DER: several go into one file in PEM alone ('openssl crl -inform DER')"
            );
        }
    }

    // How many there are by their first lines, whatever stands before these; none in DER. What the parser does not read counts, too.
    private static int Named(ReadOnlySpan<byte> bytes) =>
        bytes.Count("-----BEGIN X509 CRL-----"u8) + bytes.Count("-----BEGIN CRL-----"u8) + bytes.Count("-----BEGIN PKCS7-----"u8);

    private static void Check(X509Crl list, X509Certificate2Collection authorities)
    {
        var signed = authorities
            .Select(authority => new Org.BouncyCastle.X509.X509Certificate(authority.RawData))
            .Any(authority => authority.SubjectDN.Equivalent(list.IssuerDN) && list.IsSignatureValid(authority.GetPublicKey()));
        if (!signed)
        {
            throw new FormatException(
                $"the revocation list of {list.IssuerDN} is not signed by any client authority: the bundle must "
                    + "have the very authority that signs it, also where another one stands above"
            );
        }
    }
}
