using RemoteSigner.Rig;

namespace RemoteSigner.AcceptanceTests;

/// <summary>
/// A signer that trusts an authority run by openssl, with a revocation list, and one known client that signed its own certificate.
/// </summary>
public sealed class TlsScene(SignerTemplate template) : SignerScene(template)
{
    public OpenSslAuthority Authority { get; private set; } = null!;

    public OpenSslAuthority Stranger { get; private set; } = null!;

    /// <summary>The authority of the server's certificate.</summary>
    public string ServerAuthority => Path.Combine(Home.Data, "tls", "ca.crt");

    public string[] CertificateOf(string name) => ["--cert", Authority.CertificateOf(name), "--key", Authority.KeyOf(name)];

    protected override async Task PrepareAsync(SignerHome home)
    {
        Authority = await OpenSslAuthority.CreateAsync(home.Beside("authority"));
        Stranger = await OpenSslAuthority.CreateAsync(home.Beside("stranger"));
        await Stranger.IssueAsync("vc", "vc");
        await Authority.IssueAsync("vc", "vc");
        await Authority.IssueAsync("expired", "vc", end: "20200201000000Z");
        await Authority.IssueAsync("early", "vc", start: "20390101000000Z");
        await Authority.IssueAsync("server", "vc", purpose: "serverAuth");
        await Authority.IssueAsync("revoked", "vc");
        await Authority.RevokeAsync("revoked");
        await OpenSslAuthority.SelfSignAsync(home.Beside("authority"), "known");
        using var known = Authority.Load("known");
        var fingerprint = Colons(known.GetCertHashString(System.Security.Cryptography.HashAlgorithmName.SHA256));
        await File.WriteAllTextAsync(home.Beside("known-clients"), $"# name fingerprint\nvc {fingerprint}\nknown {fingerprint}\n");

        // Both authorities: the one that init made signs for the scene's own clients.
        var bundle = home.Beside("authorities.crt");
        await File.WriteAllTextAsync(
            bundle,
            await File.ReadAllTextAsync(Authority.Certificate) + await File.ReadAllTextAsync(Path.Combine(home.Data, "tls", "ca.crt"))
        );
        home.Configure(options =>
        {
            options["tls"]!["clientAuthorities"] = bundle;
            options["tls"]!["revocationList"] = Authority.RevocationList;
            options["tls"]!["knownClients"] = home.Beside("known-clients");
        });
    }

    private static string Colons(string hex) => string.Join(':', hex.Chunk(2).Select(pair => new string(pair)));
}
