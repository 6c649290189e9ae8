using System.Security.Cryptography.X509Certificates;

namespace RemoteSigner.Rig;

/// <summary>
/// A certificate authority run by <c>openssl ca</c>, as an operator runs one: P-256 certificates and a revocation list, all PEM, in a
/// folder of its own.
/// </summary>
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
        await OpenSslAsync(
            "req",
            "-x509",
            "-new",
            "-key",
            authority.InFolder("ca.key"),
            "-out",
            authority.Certificate,
            "-subj",
            "/CN=test authority",
            "-days",
            "300"
        );
        return authority;
    }

    /// <summary>
    /// Makes an authority in a new folder whose certificate another one signs; neither has <paramref name="above"/> in its file.
    /// </summary>
    public static async Task<OpenSslAuthority> CreateUnderAsync(string folder, OpenSslAuthority above)
    {
        var authority = new OpenSslAuthority(Directory.CreateDirectory(folder).FullName);
        authority.Configure();
        await authority.MakeKeyAsync("ca");
        await OpenSslAsync(
            "req",
            "-new",
            "-key",
            authority.InFolder("ca.key"),
            "-out",
            authority.InFolder("ca.csr"),
            "-subj",
            "/CN=issuing authority"
        );
        await above.CaAsync(
            "-in",
            authority.InFolder("ca.csr"),
            "-out",
            authority.Certificate,
            "-days",
            "200",
            "-extensions",
            "authority",
            "-notext"
        );
        return authority;
    }

    /// <summary>A certificate without any authority: <c>NAME.crt</c> and <c>NAME.key</c> in <paramref name="folder"/>.</summary>
    public static async Task SelfSignAsync(string folder, string name)
    {
        var authority = new OpenSslAuthority(folder);
        await authority.MakeKeyAsync(name);
        await OpenSslAsync(
            "req",
            "-x509",
            "-new",
            "-key",
            authority.KeyOf(name),
            "-out",
            authority.CertificateOf(name),
            "-subj",
            $"/CN={name}",
            "-days",
            "30"
        );
    }

    public string CertificateOf(string name) => InFolder(name + ".crt");

    /// <summary>A PEM file with a certificate and then this authority's own, as a client sends them; its path.</summary>
    public async Task<string> ChainOfAsync(string name)
    {
        var path = InFolder(name + ".chain");
        await File.WriteAllTextAsync(path, await File.ReadAllTextAsync(CertificateOf(name)) + await File.ReadAllTextAsync(Certificate));
        return path;
    }

    public string KeyOf(string name) => InFolder(name + ".key");

    public X509Certificate2 Load(string name) => X509Certificate2.CreateFromPemFile(CertificateOf(name), KeyOf(name));

    /// <summary>
    /// Issues a certificate; <paramref name="purpose"/> is <c>clientAuth</c> or <c>serverAuth</c> (then it is for 127.0.0.1), the times are
    /// openssl's (YYYYMMDDHHMMSSZ).
    /// </summary>
    public async Task IssueAsync(
        string name,
        string commonName,
        string purpose = "clientAuth",
        string start = "20200101000000Z",
        string end = "20400101000000Z"
    )
    {
        await MakeKeyAsync(name);
        await OpenSslAsync("req", "-new", "-key", KeyOf(name), "-out", InFolder(name + ".csr"), "-subj", $"/CN={commonName}");
        await CaAsync(
            "-in",
            InFolder(name + ".csr"),
            "-out",
            CertificateOf(name),
            "-startdate",
            start,
            "-enddate",
            end,
            "-extensions",
            purpose,
            "-notext"
        );
    }

    /// <summary>Revokes these certificates and writes a list that is good for a week.</summary>
    public Task RevokeAsync(params string[] names) => RevokeAsync(["-crldays", "7"], names);

    /// <summary>Revokes these certificates and writes a list that was out of date years ago.</summary>
    public Task RevokeLongAgoAsync(params string[] names) =>
        RevokeAsync(["-crl_lastupdate", "20200101000000Z", "-crl_nextupdate", "20200201000000Z"], names);

    private async Task RevokeAsync(string[] times, string[] names)
    {
        foreach (var name in names)
        {
            await CaAsync("-revoke", CertificateOf(name));
        }

        await CaAsync(["-gencrl", .. times, "-out", RevocationList]);
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
            [authority]
            basicConstraints = critical,CA:true,pathlen:0
            keyUsage = critical,keyCertSign,cRLSign
            [clientAuth]
            extendedKeyUsage = clientAuth
            [serverAuth]
            extendedKeyUsage = serverAuth
            subjectAltName = IP:127.0.0.1,DNS:localhost
            """
        );
    }
}
