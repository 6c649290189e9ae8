using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using RemoteSigner.Access;

namespace RemoteSigner.Tests.Access;

/// <summary>Lists of two authorities in one file: whose list counts for whom, and what is no list.</summary>
public sealed class RevocationListsTests : IDisposable
{
    private static readonly DateTimeOffset _now = new(2026, 11, 22, 12, 0, 0, TimeSpan.Zero);
    private static readonly byte[] _serial = [1, 2, 3, 4];

    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly X509Certificate2 _north;
    private readonly X509Certificate2 _south;

    public RevocationListsTests() => (_north, _south) = (Authority("CN=north", _key), Authority("CN=south", _key));

    public void Dispose()
    {
        _north.Dispose();
        _south.Dispose();
        _key.Dispose();
    }

    [Fact]
    public void A_list_revokes_what_its_own_authority_issued()
    {
        using var revoked = Issue(_north);
        using var other = Issue(_south);
        var lists = RevocationLists.Read(Encoding.ASCII.GetBytes(Pem(_south, 5) + "\n" + Pem(_north, 5, revoked)), [_north, _south]);

        Assert.True(lists.Revoke(revoked));
        Assert.False(lists.Revoke(other));
    }

    [Fact]
    public void The_list_that_ends_first_is_what_to_warn_by() =>
        Assert.Equal(
            _now.AddDays(3),
            RevocationLists.Read(Encoding.ASCII.GetBytes(Pem(_north, 5) + "\n" + Pem(_south, 3)), [_north, _south]).NextUpdate
        );

    /// <summary>A key may be behind two names, and a name in two bundles.</summary>
    [Fact]
    public void A_list_counts_only_with_the_name_and_the_key_of_one_authority()
    {
        using var strangersKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var stranger = Authority("CN=north", strangersKey);

        Assert.Throws<FormatException>(() => RevocationLists.Read(List(_north, 5), [_south]));
        Assert.Throws<FormatException>(() => RevocationLists.Read(List(stranger, 5), [_north]));
        Assert.Throws<FormatException>(() => RevocationLists.Read(List(stranger, 5), [_north, _south]));
        Assert.False(RevocationLists.Read(List(_north, 5), [stranger, _north]).Revoke(_north));
    }

    [Theory]
    [InlineData("X509 CRL")]
    [InlineData("CRL")]
    [InlineData("PKCS7")]
    public void A_list_that_does_not_begin_its_line_is_not_passed_over(string label)
    {
        var hidden = PemEncoding.WriteString(label, List(_north, 5));

        Assert.Throws<FormatException>(() =>
            RevocationLists.Read(Encoding.ASCII.GetBytes($"# {hidden}\n{Pem(_north, 5)}"), [_north, _south])
        );
    }

    [Theory]
    [InlineData("")]
    [InlineData("nothing of the kind")]
    [InlineData("-----BEGIN X509 CRL-----\n")]
    [InlineData("-----BEGIN X509 CRL-----\n!!!!\n-----END X509 CRL-----\n")]
    [InlineData("-----BEGIN X509 CRL-----\nMAMCAQE=\n-----END X509 CRL-----\n")]
    [InlineData("-----BEGIN X509 CRL-----\nMAA=\n-----END X509 CRL-----\n")]
    [InlineData("-----BEGIN X509 CRL-----\nMIIB\n-----END X509 CRL-----\n")]
    public void What_is_no_list_is_refused(string text) =>
        Assert.Throws<FormatException>(() => RevocationLists.Read(Encoding.ASCII.GetBytes(text), [_north]));

    /// <summary>Wherever a byte of a list is another one, it is refused: as a list, or by its signature.</summary>
    [Fact]
    public void A_list_with_one_changed_byte_is_refused()
    {
        var list = List(_north, 5);
        for (var at = 0; at < list.Length; at++)
        {
            var changed = (byte[])list.Clone();
            changed[at] ^= 0x55;
            Assert.Throws<FormatException>(() => RevocationLists.Read(changed, [_north]));
        }
    }

    private static X509Certificate2 Authority(string name, ECDsa key)
    {
        var request = new CertificateRequest(name, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        return request.CreateSelfSigned(_now.AddDays(-10), _now.AddDays(10));
    }

    private X509Certificate2 Issue(X509Certificate2 authority) =>
        new CertificateRequest("CN=lodestar", _key, HashAlgorithmName.SHA256).Create(authority, _now.AddDays(-1), _now.AddDays(1), _serial);

    private static string Pem(X509Certificate2 authority, int days, X509Certificate2? revoked = null) =>
        PemEncoding.WriteString("X509 CRL", List(authority, days, revoked));

    private static byte[] List(X509Certificate2 authority, int days, X509Certificate2? revoked = null)
    {
        var list = new CertificateRevocationListBuilder();
        if (revoked is not null)
        {
            list.AddEntry(revoked);
        }

        return list.Build(authority, 1, _now.AddDays(days), HashAlgorithmName.SHA256, thisUpdate: _now.AddDays(-1));
    }
}
