using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using RemoteSigner.Native;

namespace RemoteSigner.Host.Tls;

/// <summary>
/// A certificate authority of this one signer: it issues the server's certificate and one for each client (ECDSA P-256), as PEM files of mode 0600.
/// </summary>
internal sealed class PrivateAuthority : IDisposable
{
    private static readonly Oid ServerAuthentication = new("1.3.6.1.5.5.7.3.1");
    private static readonly Oid ClientAuthentication = new("1.3.6.1.5.5.7.3.2");

    private readonly X509Certificate2 _authority;
    private readonly DateTimeOffset _now;

    private PrivateAuthority(X509Certificate2 authority, DateTimeOffset now) => (_authority, _now) = (authority, now);

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

    /// <summary>Writes the authority's certificate and its key; whoever has the key can make clients.</summary>
    public void Write(string certificatePath, string keyPath) => Write(_authority, certificatePath, keyPath);

    /// <summary>Issues a server certificate for names and addresses, good for two years.</summary>
    public void IssueServer(IEnumerable<string> hosts, string certificatePath, string keyPath)
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

        Issue("remote-signer", ServerAuthentication, names.Build(), certificatePath, keyPath);
    }

    /// <summary>Issues a client certificate whose common name is the client's name, good for two years.</summary>
    public void IssueClient(string name, string certificatePath, string keyPath) =>
        Issue(name, ClientAuthentication, null, certificatePath, keyPath);

    public void Dispose() => _authority.Dispose();

    private void Issue(string name, Oid purpose, X509Extension? alternativeNames, string certificatePath, string keyPath)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
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

        using var issued = request.Create(_authority, _now.AddMinutes(-5), _now.AddYears(2), RandomNumberGenerator.GetBytes(16));
        using var withKey = issued.CopyWithPrivateKey(key);
        Write(withKey, certificatePath, keyPath);
    }

    private static void Write(X509Certificate2 certificate, string certificatePath, string keyPath)
    {
        DurableFile.Replace(certificatePath, Encoding.ASCII.GetBytes(certificate.ExportCertificatePem() + "\n"));
        using var key = certificate.GetECDsaPrivateKey()!;
        var pem = GC.AllocateUninitializedArray<char>(1024, pinned: true);
        var bytes = GC.AllocateUninitializedArray<byte>(1024, pinned: true);
        try
        {
            if (!key.TryExportPkcs8PrivateKeyPem(pem, out var length))
            {
                throw new CryptographicException("a P-256 key does not fit 1024 characters of PEM");
            }

            DurableFile.Replace(keyPath, bytes.AsSpan(0, Encoding.ASCII.GetBytes(pem.AsSpan(0, length), bytes)));
        }
        finally
        {
            Array.Clear(pem);
            CryptographicOperations.ZeroMemory(bytes);
        }
    }
}
