using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using RemoteSigner.Host.Configuration;

namespace RemoteSigner.Host.Tls;

/// <summary>Where the certificates of this signer's own authority are, and whose they are.</summary>
internal static class CertificateRegister
{
    /// <summary>The list of those that are revoked, where signer.json names no other file.</summary>
    public const string RevocationList = "tls/crl.pem";

    private static readonly string[] _thisMachine = ["localhost", "127.0.0.1", "::1"];

    /// <summary>What a server's certificate is for: this machine, and the names by which clients know it.</summary>
    public static IEnumerable<string> HostsOf(IEnumerable<string> hosts) => _thisMachine.Union(hosts, StringComparer.OrdinalIgnoreCase);

    /// <summary>The names and addresses that a certificate is for.</summary>
    public static IEnumerable<string> HostsOf(X509Certificate2 certificate) =>
        certificate
            .Extensions.OfType<X509SubjectAlternativeNameExtension>()
            .SelectMany(names => names.EnumerateDnsNames().Concat(names.EnumerateIPAddresses().Select(address => address.ToString())));

    public static string NameOf(X509Certificate2 certificate) => certificate.GetNameInfo(X509NameType.SimpleName, forIssuer: false);

    /// <summary>Where a client's certificate is kept.</summary>
    public static string PathOf(DataDirectory data, X509Certificate2 certificate) =>
        Path.Combine(data.IssuedFolder, $"{certificate.SerialNumber}.crt");

    /// <summary>Where the revocation list is, or will be.</summary>
    public static string RevocationListOf(DataDirectory data, TlsOptions options) => data.Resolve(options.RevocationList ?? RevocationList);

    /// <summary>The certificate in a file; null where there is none that can be read.</summary>
    public static X509Certificate2? TryRead(string path)
    {
        try
        {
            return File.Exists(path) ? X509CertificateLoader.LoadCertificateFromFile(path) : null;
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    /// <summary>
    /// The clients' certificates, by name and time. Those of a version that kept no copy are found where their files still are. A file that
    /// is not a certificate costs itself alone, and <paramref name="unreadable"/> is told.
    /// </summary>
    public static IReadOnlyList<X509Certificate2> ReadClients(DataDirectory data, Action<string> unreadable) =>
        [
            .. new[] { data.IssuedFolder, data.ClientsFolder }
                .Where(Directory.Exists)
                .SelectMany(folder => Directory.EnumerateFiles(folder, "*.crt"))
                .Select(path =>
                {
                    var certificate = TryRead(path);
                    if (certificate is null)
                    {
                        unreadable(path);
                    }

                    return certificate;
                })
                .OfType<X509Certificate2>()
                .DistinctBy(certificate => certificate.Thumbprint)
                .OrderBy(NameOf, StringComparer.Ordinal)
                .ThenBy(certificate => certificate.NotBefore),
        ];
}
