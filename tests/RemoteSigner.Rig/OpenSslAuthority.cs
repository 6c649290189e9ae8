using System.Security.Cryptography.X509Certificates;

namespace RemoteSigner.Rig;

/// <summary>A certificate authority run by <c>openssl ca</c>, as an operator runs one: P-256 certificates and a revocation list, all PEM, in a folder of its own.</summary>
public sealed class OpenSslAuthority
{
    private readonly string _folder;

    private OpenSslAuthority(string folder) => _folder = folder;

    public string Certificate => InFolder("ca.crt");

    public string RevocationList => InFolder("ca.crl");

    /// <summary>Makes an authority in a new folder.</summary>
    public static async Task<OpenSslAuthority> CreateAsync(string folder)
    {
        var authority = new OpenSslAuthority(Directory.CreateDirectory(folder).FullName);
        authority.Configure();
        await authority.MakeKeyAsync("ca");
        await OpenSslAsync("req", "-x509", "-new", "-key", authority.InFolder("ca.key"), "-out", authority.Certificate, "-subj", "/CN=test authority", "-days", "30");
        return authority;
    }

    /// <summary>A certificate without any authority: <c>NAME.crt</c> and <c>NAME.key</c> in <paramref name="folder"/>.</summary>
    public static async Task SelfSignAsync(string folder, string name)
    {
        var authority = new OpenSslAuthority(folder);
        await authority.MakeKeyAsync(name);
        await OpenSslAsync("req", "-x509", "-new", "-key", authority.KeyOf(name), "-out", authority.CertificateOf(name), "-subj", $"/CN={name}", "-days", "30");
    }

    public string CertificateOf(string name) => InFolder(name + ".crt");

    public string KeyOf(string name) => InFolder(name + ".key");

    public X509Certificate2 Load(string name) => X509Certificate2.CreateFromPemFile(CertificateOf(name), KeyOf(name));

    /// <summary>Issues a certificate; <paramref name="purpose"/> is <c>clientAuth</c> or <c>serverAuth</c> (then it is for 127.0.0.1), the times are openssl's (YYYYMMDDHHMMSSZ).</summary>
    public async Task IssueAsync(string name, string commonName, string purpose = "clientAuth", string start = "20200101000000Z", string end = "20400101000000Z")
    {
        await MakeKeyAsync(name);
        await OpenSslAsync("req", "-new", "-key", KeyOf(name), "-out", InFolder(name + ".csr"), "-subj", $"/CN={commonName}");
        await CaAsync("-in", InFolder(name + ".csr"), "-out", CertificateOf(name), "-startdate", start, "-enddate", end, "-extensions", purpose, "-notext");
    }

    /// <summary>Revokes these certificates and writes the list.</summary>
    public async Task RevokeAsync(params string[] names)
    {
        foreach (var name in names)
        {
            await CaAsync("-revoke", CertificateOf(name));
        }

        await CaAsync("-gencrl", "-crldays", "7", "-out", RevocationList);
    }

    private static async Task OpenSslAsync(params string[] arguments) => (await CommandResult.OfAsync("openssl", arguments)).Succeeded();

    private Task CaAsync(params string[] arguments) => OpenSslAsync(["ca", "-batch", "-config", InFolder("ca.cnf"), .. arguments]);

    private Task MakeKeyAsync(string name) => OpenSslAsync("ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", KeyOf(name));

    private string InFolder(string name) => Path.Combine(_folder, name);

    private void Configure()
    {
        File.WriteAllText(InFolder("index"), "");
        File.WriteAllText(InFolder("serial"), "1000\n");
        File.WriteAllText(
            InFolder("ca.cnf"),
            $"""
            [ca]
            default_ca = test
            [test]
            database = {InFolder("index")}
            serial = {InFolder("serial")}
            new_certs_dir = {_folder}
            certificate = {Certificate}
            private_key = {InFolder("ca.key")}
            default_md = sha256
            policy = policy
            unique_subject = no
            [policy]
            commonName = supplied
            [clientAuth]
            extendedKeyUsage = clientAuth
            [serverAuth]
            extendedKeyUsage = serverAuth
            subjectAltName = IP:127.0.0.1,DNS:localhost
            """);
    }
}
