using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using RemoteSigner.Access;

namespace RemoteSigner.Tests.Access;

public sealed class ClientTrustTests : IDisposable
{
    private static readonly DateTimeOffset _now = new(2026, 11, 22, 12, 0, 0, TimeSpan.Zero);

    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly X509Certificate2 _authority;

    public ClientTrustTests()
    {
        var request = new CertificateRequest("CN=authority", _key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        _authority = request.CreateSelfSigned(_now.AddDays(-10), _now.AddDays(10));
    }

    public void Dispose()
    {
        _authority.Dispose();
        _key.Dispose();
    }

    [Fact]
    public void The_common_name_is_the_clients_name()
    {
        var accepted = Assert.IsType<ClientVerdict.Accepted>(Trust().Judge(Issue("O=operators, CN=lodestar"), [], _now));

        Assert.Equal("lodestar", accepted.Client.Name);
    }

    [Theory]
    [InlineData("CN=nobody, CN=lodestar")]
    [InlineData("CN=\"\"")]
    [InlineData("O=lodestar")]
    [InlineData("CN=\"\u001b[2J\"")]
    [InlineData("CN=aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")]
    public void Without_exactly_one_plain_common_name_there_is_no_client(string subject) =>
        Assert.IsType<ClientVerdict.Refused>(Trust().Judge(Issue(subject), [], _now));

    /// <summary>A common name that shares its place with another attribute is not the plain one that is asked for.</summary>
    [Fact]
    public void A_common_name_beside_another_attribute_is_no_clients_name()
    {
        var name = new AsnWriter(AsnEncodingRules.DER);
        using (name.PushSequence())
        using (name.PushSetOf())
        {
            foreach (var (type, value) in new[] { ("2.5.4.3", "lodestar"), ("2.5.4.11", "operators") })
            {
                using (name.PushSequence())
                {
                    name.WriteObjectIdentifier(type);
                    name.WriteCharacterString(UniversalTagNumber.UTF8String, value);
                }
            }
        }

        var request = new CertificateRequest(new X500DistinguishedName(name.Encode()), _key, HashAlgorithmName.SHA256);
        using var certificate = request.Create(_authority, _now.AddDays(-1), _now.AddDays(1), RandomNumberGenerator.GetBytes(12));

        Assert.IsType<ClientVerdict.Refused>(Trust().Judge(certificate, [], _now));
    }

    [Theory]
    [InlineData(-2)]
    [InlineData(2)]
    public void Outside_of_its_time_a_certificate_proves_nothing(int days) =>
        Assert.IsType<ClientVerdict.Refused>(Trust().Judge(Issue("CN=lodestar"), [], _now.AddDays(days)));

    [Theory]
    [InlineData(-1, 0, true)]
    [InlineData(-1, -1, false)]
    [InlineData(1, 0, true)]
    [InlineData(1, 1, false)]
    public void Nor_does_that_of_a_known_client(int days, int seconds, bool isGood)
    {
        using var own = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var certificate = new CertificateRequest("CN=lodestar", own, HashAlgorithmName.SHA256).CreateSelfSigned(
            _now.AddDays(-1),
            _now.AddDays(1)
        );
        var trust = Trust(new KnownClient("lodestar", ClientTrust.Fingerprint(certificate)));

        Assert.Equal(isGood, trust.Judge(certificate, [], _now.AddDays(days).AddSeconds(seconds)) is ClientVerdict.Accepted);
    }

    [Fact]
    public void A_name_has_one_to_64_characters()
    {
        Assert.IsType<ClientVerdict.Accepted>(Trust().Judge(Issue($"CN={new string('a', 64)}"), [], _now));
        Assert.IsType<ClientVerdict.Accepted>(Trust().Judge(Issue("CN=a"), [], _now));
    }

    [Theory]
    [InlineData("1.3.6.1.5.5.7.3.1", false)]
    [InlineData("1.3.6.1.5.5.7.3.2", true)]
    public void A_certificate_for_another_use_is_no_clients(string use, bool isGood) =>
        Assert.Equal(isGood, Trust().Judge(Issue("CN=lodestar", use: use), [], _now) is ClientVerdict.Accepted);

    [Fact]
    public void What_lies_between_is_taken_from_the_client_and_an_authority_counts_whoever_signed_it()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var between = Between(key);
        using var certificate = Issue("CN=lodestar", between);
        using var bare = between.HasPrivateKey ? X509CertificateLoader.LoadCertificate(between.RawData) : between;

        Assert.IsType<ClientVerdict.Accepted>(Trust().Judge(certificate, [bare], _now));
        Assert.IsType<ClientVerdict.Refused>(Trust().Judge(certificate, [], _now));
        Assert.IsType<ClientVerdict.Accepted>(new ClientTrust([bare], [], RevocationLists.None).Judge(certificate, [], _now));
        Assert.IsType<ClientVerdict.Refused>(new ClientTrust([], [], RevocationLists.None).Judge(certificate, [bare, _authority], _now));
        Assert.IsType<ClientVerdict.Refused>(
            new ClientTrust([bare], [], RevocationLists.None).Judge(Issue("CN=lodestar"), [_authority], _now)
        );

        using var stranger = new CertificateRequest("CN=stranger", key, HashAlgorithmName.SHA256).CreateSelfSigned(
            _now.AddDays(-1),
            _now.AddDays(1)
        );
        Assert.IsType<ClientVerdict.Accepted>(new ClientTrust([stranger, bare], [], RevocationLists.None).Judge(certificate, [], _now));
    }

    [Fact]
    public void A_known_client_needs_no_authority_but_its_own_name_and_fingerprint()
    {
        using var own = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var certificate = new CertificateRequest("CN=lodestar", own, HashAlgorithmName.SHA256).CreateSelfSigned(
            _now.AddDays(-1),
            _now.AddDays(1)
        );
        var fingerprint = ClientTrust.Fingerprint(certificate);

        Assert.IsType<ClientVerdict.Refused>(Trust().Judge(certificate, [], _now));
        Assert.IsType<ClientVerdict.Accepted>(Trust(known: new KnownClient("lodestar", fingerprint)).Judge(certificate, [], _now));
        Assert.IsType<ClientVerdict.Refused>(Trust(known: new KnownClient("teku", fingerprint)).Judge(certificate, [], _now));
    }

    [Fact]
    public void A_revoked_certificate_does_not_come_back_as_a_known_client()
    {
        var certificate = Issue("CN=lodestar");
        var list = new CertificateRevocationListBuilder();
        list.AddEntry(certificate);
        var bytes = list.Build(_authority, 1, _now.AddDays(5), HashAlgorithmName.SHA256, thisUpdate: _now.AddDays(-1));
        var revocations = RevocationLists.Read(bytes, [_authority]);

        Assert.IsType<ClientVerdict.Accepted>(Trust(revocations).Judge(Issue("CN=lodestar"), [], _now));
        Assert.IsType<ClientVerdict.Refused>(
            Trust(revocations, new KnownClient("lodestar", ClientTrust.Fingerprint(certificate))).Judge(certificate, [], _now)
        );
        Assert.Throws<FormatException>(() => RevocationLists.Read(bytes, [certificate]));
    }

    /// <summary>Behind a byte order mark, or behind the end of another one in the same line, a list is none for the parser.</summary>
    [Theory]
    [InlineData("\ufeff", "\n")]
    [InlineData("# ", "\n")]
    [InlineData("", "")]
    public void A_list_that_would_be_passed_over_is_refused(string before, string between)
    {
        var pem = Pem();
        Assert.False(RevocationLists.Read(Encoding.UTF8.GetBytes($"# Köln\n{pem}\n{Pem()}"), [_authority]).NextUpdate is null);

        Assert.Throws<FormatException>(() => RevocationLists.Read(Encoding.UTF8.GetBytes(before + pem + between + Pem()), [_authority]));

        string Pem() =>
            PemEncoding.WriteString(
                "X509 CRL",
                new CertificateRevocationListBuilder().Build(
                    _authority,
                    1,
                    _now.AddDays(5),
                    HashAlgorithmName.SHA256,
                    thisUpdate: _now.AddDays(-1)
                )
            );
    }

    /// <summary>The parser ends behind the first list in DER, and whoever the next revokes would be let in.</summary>
    [Theory]
    [InlineData("\n", false)]
    [InlineData("", false)]
    [InlineData("\ufeff", true)]
    public void What_stands_behind_a_list_in_DER_is_not_passed_over(string between, bool isPem)
    {
        var der = new CertificateRevocationListBuilder().Build(
            _authority,
            1,
            _now.AddDays(5),
            HashAlgorithmName.SHA256,
            thisUpdate: _now.AddDays(-1)
        );
        Assert.NotNull(RevocationLists.Read(der, [_authority]).NextUpdate);

        Assert.Throws<FormatException>(() =>
            RevocationLists.Read(
                [
                    .. der,
                    .. Encoding.UTF8.GetBytes(between),
                    .. isPem ? Encoding.UTF8.GetBytes(PemEncoding.WriteString("X509 CRL", der)) : der,
                ],
                [_authority]
            )
        );
    }

    private ClientTrust Trust(RevocationLists? revocations = null, params KnownClient[] known) =>
        new([_authority], known, revocations ?? RevocationLists.None);

    private ClientTrust Trust(KnownClient known) => Trust(null, known);

    private X509Certificate2 Between(ECDsa key)
    {
        var request = new CertificateRequest("CN=between", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, true));
        using var certificate = request.Create(_authority, _now.AddDays(-2), _now.AddDays(2), RandomNumberGenerator.GetBytes(12));
        return certificate.CopyWithPrivateKey(key);
    }

    private X509Certificate2 Issue(string subject, X509Certificate2? issuer = null, string? use = null)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(subject, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        if (use is not null)
        {
            request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(use)], critical: false));
        }

        return request.Create(issuer ?? _authority, _now.AddDays(-1), _now.AddDays(1), RandomNumberGenerator.GetBytes(12));
    }
}
