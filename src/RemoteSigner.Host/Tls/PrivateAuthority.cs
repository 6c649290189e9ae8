using System.Net;
using System.Numerics;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using RemoteSigner.Host.Configuration;

namespace RemoteSigner.Host.Tls;

/// <summary>
/// A certificate authority of this one signer: it issues the server's certificate and one for each client (ECDSA P-256), and signs the list
/// of those that are revoked. Nothing that it makes is good for longer than itself.
/// </summary>
internal sealed class PrivateAuthority : IDisposable
{
    /// <summary>How long certificates and lists are good where nothing else is said: two years.</summary>
    public const int Days = 730;

    private static readonly Oid ServerAuthentication = new("1.3.6.1.5.5.7.3.1");
    internal static readonly Oid ClientAuthentication = new("1.3.6.1.5.5.7.3.2");

    private readonly X509Certificate2 _authority;
    private readonly DateTimeOffset _now;

    private PrivateAuthority(X509Certificate2 authority, DateTimeOffset now) => (_authority, _now) = (authority, now);

    /// <summary>The authority's own certificate.</summary>
    public X509Certificate2 Certificate => _authority;

    /// <summary>Makes a new authority, good for ten years.</summary>
    public static PrivateAuthority Create(string name, DateTimeOffset now)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, true, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        return new PrivateAuthority(request.CreateSelfSigned(now.AddMinutes(-5), now.AddYears(10)), now);
    }

    /// <summary>Takes up an authority that <c>init</c> made.</summary>
    /// <exception cref="ConfigurationException">A file is missing or damaged, they do not belong together, or the authority's own time is
    /// over.</exception>
    public static PrivateAuthority Open(string certificatePath, string keyPath, DateTimeOffset now)
    {
        if (!File.Exists(keyPath))
        {
            throw new ConfigurationException(
                $"the authority's key is not at {keyPath}",
                "bring it here for this command, or name it with --ca-key FILE; 'remote-signer init' made it in the folder clients"
            );
        }

        try
        {
            var authority = X509Certificate2.CreateFromPemFile(certificatePath, keyPath);
            return authority.NotAfter.ToUniversalTime() > now
                ? new PrivateAuthority(authority, now)
                : throw new ConfigurationException(
                    $"the authority {certificatePath} is out of date since {authority.NotAfter.ToUniversalTime():u}",
                    "all its certificates are, too: make an authority of your own, and name it in tls.clientAuthorities"
                );
        }
        catch (Exception exception) when (exception is CryptographicException or ArgumentException)
        {
            throw new ConfigurationException(
                $"{certificatePath} and {keyPath} are no authority: {exception.Message}",
                "name the certificate's own key with --ca-key FILE"
            );
        }
    }

    /// <summary>Writes the authority's certificate and its key; whoever has the key can make clients.</summary>
    public void Write(string certificatePath, string keyPath)
    {
        using var authority = new IssuedCertificate(new X509Certificate2(_authority));
        authority.Write(certificatePath, keyPath);
    }

    /// <summary>Issues a server certificate for names and addresses, with a new key or with that which the server has.</summary>
    public IssuedCertificate IssueServer(IEnumerable<string> hosts, int days = Days, ECDsa? key = null)
    {
        var names = new SubjectAlternativeNameBuilder();
        foreach (var host in hosts)
        {
            if (IPAddress.TryParse(host, out var address))
            {
                names.AddIpAddress(address);
            }
            else
            {
                names.AddDnsName(host);
            }
        }

        return Issue("remote-signer", ServerAuthentication, names.Build(), days, key);
    }

    /// <summary>Issues a client certificate whose common name is the client's name.</summary>
    public IssuedCertificate IssueClient(string name, int days = Days) => Issue(name, ClientAuthentication, null, days, null);

    /// <summary>
    /// The list with these certificates beside those that are revoked already; PEM, good as long as a certificate would be.
    /// </summary>
    /// <param name="former">The list until now; null where there is none.</param>
    public string Revoke(string? former, IEnumerable<X509Certificate2> certificates)
    {
        BigInteger number = 0;
        var list = former is null ? new CertificateRevocationListBuilder() : CertificateRevocationListBuilder.LoadPem(former, out number);
        foreach (var certificate in certificates)
        {
            list.RemoveEntry(certificate.SerialNumberBytes.Span);
            list.AddEntry(certificate, _now);
        }

        return PemEncoding.WriteString(
                "X509 CRL",
                list.Build(_authority, number + 1, EndOf(Days), HashAlgorithmName.SHA256, thisUpdate: Begin)
            ) + "\n";
    }

    public void Dispose() => _authority.Dispose();

    // A clock that is a little slow takes it, too.
    private DateTimeOffset Begin =>
        _now.AddMinutes(-5) is var begin && begin > _authority.NotBefore.ToUniversalTime() ? begin : _authority.NotBefore.ToUniversalTime();

    private DateTimeOffset EndOf(int days) =>
        _now.AddDays(days) is var end && end < _authority.NotAfter.ToUniversalTime() ? end : _authority.NotAfter.ToUniversalTime();

    private IssuedCertificate Issue(string name, Oid purpose, X509Extension? alternativeNames, int days, ECDsa? former)
    {
        using var made = former is null ? ECDsa.Create(ECCurve.NamedCurves.nistP256) : null;
        var key = former ?? made!;
        var subject = new X500DistinguishedNameBuilder();
        subject.AddCommonName(name);
        var request = new CertificateRequest(subject.Build(), key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([purpose], false));
        request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromCertificate(_authority, true, false));
        if (alternativeNames is not null)
        {
            request.CertificateExtensions.Add(alternativeNames);
        }

        using var issued = request.Create(_authority, Begin, EndOf(days), RandomNumberGenerator.GetBytes(16));
        return new IssuedCertificate(issued.CopyWithPrivateKey(key));
    }
}
