using System.Net;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using System.Text.Json.Nodes;
using RemoteSigner.Rig;

namespace RemoteSigner.AcceptanceTests;

/// <summary>Certificates are issued, renewed and revoked by verbs, while the signer runs and while it does not.</summary>
public sealed class CertificateLifeTests(SignerTemplate template) : IDisposable
{
    private readonly SignerHome _home = template.Copy();

    private string Authority => Path.Combine(_home.Data, "tls", "ca.crt");

    [Fact]
    public async Task A_client_that_is_issued_while_it_serves_is_let_in_and_once_revoked_is_refused_on_its_open_connection()
    {
        await using var signer = await _home.StartAsync();
        var issued = (await _home.RunAsync("tls", "issue", "teku")).Succeeded();
        Assert.Contains("signer.json does not name 'teku'", Line(issued.Error));
        Assert.Contains("\"teku\": { \"duties\": [\"everyday\"] }", Line(issued.Error));
        Assert.Equal("200", (await Curl.UpcheckAsync(signer, Authority, Pem("teku"))).Output);
        using var stays = await RawConnection.OpenAsync(signer, _home.Data, "vc");
        using var leaves = await RawConnection.OpenAsync(signer, _home.Data, "teku");
        Assert.Equal(HttpStatusCode.OK, (await leaves.GetAsync("/upcheck"))!.Status);

        var revoked = (await _home.RunAsync("tls", "revoke", "teku")).Succeeded();

        Assert.Contains("tls.revocationList in signer.json names tls/crl.pem from now on", Line(revoked.Error));
        Assert.Equal(HttpStatusCode.Forbidden, (await leaves.GetAsync("/upcheck"))!.Status);
        Assert.Equal(HttpStatusCode.OK, (await stays.GetAsync("/upcheck"))!.Status);
        Assert.Equal("000", (await Curl.UpcheckAsync(signer, Authority, Pem("teku"))).Output);
        (
            await CommandResult.OfAsync(
                "openssl",
                ["crl", "-in", Path.Combine(_home.Data, "tls", "crl.pem"), "-CAfile", Authority, "-noout"]
            )
        ).Succeeded();
        Assert.Equal(
            [("teku", true)],
            (await ListAsync()).Where(line => line.Kind == "client" && line.Name == "teku").Select(line => (line.Name, line.Revoked))
        );
        (await _home.RunAsync("audit", "export", _home.Beside("audit.txt"))).Succeeded();
        var entries = await File.ReadAllTextAsync(_home.Beside("audit.txt"));
        Assert.Contains("tls.issue", entries, StringComparison.Ordinal);
        Assert.Contains("tls.revoke", entries, StringComparison.Ordinal);
        Assert.True(
            JsonDocument.Parse((await _home.RunAsync("audit", "verify", "--json")).Output).RootElement.GetProperty("verified").GetBoolean()
        );
    }

    [Fact]
    public async Task The_operators_comments_outlive_the_naming_of_the_list_and_what_is_revoked_stays_revoked()
    {
        var before = await File.ReadAllTextAsync(_home.OptionsFile);
        (await _home.RunAsync("tls", "revoke", "admin")).Succeeded();
        Assert.Equal(
            before.Replace("\"revocationList\": null", "\"revocationList\": \"tls/crl.pem\"", StringComparison.Ordinal),
            await File.ReadAllTextAsync(_home.OptionsFile)
        );

        (await _home.RunAsync("tls", "issue", "teku")).Succeeded();
        (await _home.RunAsync("tls", "revoke", Path.Combine(_home.Data, "clients", "teku.crt"))).Succeeded();
        (await _home.RunAsync("tls", "revoke", "teku")).Succeeded();

        Assert.Equal(["admin", "teku"], (await ListAsync()).Where(line => line.Revoked).Select(line => line.Name));
        await using var signer = await _home.StartAsync();
        Assert.Equal("000", (await Curl.UpcheckAsync(signer, Authority, Pem("admin"))).Output);
        Assert.Equal("000", (await Curl.UpcheckAsync(signer, Authority, Pem("teku"))).Output);
        Assert.Equal("200", (await Curl.UpcheckAsync(signer, Authority, Pem("vc"))).Output);
    }

    [Fact]
    public async Task The_list_of_another_authority_in_the_same_file_stays_as_it_is()
    {
        var other = await OpenSslAuthority.CreateAsync(_home.Beside("authority"));
        await other.IssueAsync("leaver", "vc");
        await other.IssueAsync("stays", "vc");
        await other.RevokeAsync("leaver");
        var bundle = _home.Beside("authorities.crt");
        await File.WriteAllTextAsync(bundle, await File.ReadAllTextAsync(other.Certificate) + await File.ReadAllTextAsync(Authority));
        _home.Configure(options =>
            (options["tls"]!["clientAuthorities"], options["tls"]!["revocationList"]) = (bundle, other.RevocationList)
        );

        // With a comment in UTF-8 and one in Latin-1, and without an end of its last line.
        byte[] before =
        [
            .. "# Widerrufsliste für Köln\n# "u8,
            0xe9,
            0xff,
            (byte)'\n',
            .. (await File.ReadAllBytesAsync(other.RevocationList)).AsSpan().TrimEnd("\n"u8),
        ];
        await File.WriteAllBytesAsync(other.RevocationList, before);
        await using var signer = await _home.StartAsync();

        (await _home.RunAsync("tls", "revoke", "admin")).Succeeded();
        (await _home.RunAsync("tls", "revoke", "vc")).Succeeded();

        Assert.Equal(before, (await File.ReadAllBytesAsync(other.RevocationList))[..before.Length]);

        Assert.Equal(
            "000",
            (await Curl.UpcheckAsync(signer, Authority, "--cert", other.CertificateOf("leaver"), "--key", other.KeyOf("leaver"))).Output
        );
        Assert.Equal(
            "200",
            (await Curl.UpcheckAsync(signer, Authority, "--cert", other.CertificateOf("stays"), "--key", other.KeyOf("stays"))).Output
        );
        Assert.Equal("000", (await Curl.UpcheckAsync(signer, Authority, Pem("admin"))).Output);
        Refusal.IsTold(await _home.RunAsync("tls", "revoke", other.CertificateOf("stays")), "was issued by", "that authority revokes it");
    }

    [Fact]
    public async Task A_renewed_server_certificate_has_the_new_name_and_so_has_the_allow_list()
    {
        await using var signer = await _home.StartAsync();
        using var open = await RawConnection.OpenAsync(signer, _home.Data, "vc");
        Assert.Equal(HttpStatusCode.Forbidden, (await open.GetAsync("/upcheck", "signer.example"))!.Status);

        var renewed = (await _home.RunAsync("tls", "renew", "--host", "signer.example")).Succeeded();

        Assert.Contains("api.hostAllowlist in signer.json has signer.example from now on", Line(renewed.Error));
        Assert.Equal(HttpStatusCode.OK, (await open.GetAsync("/upcheck", "signer.example"))!.Status);
        var answer = await CommandResult.OfAsync(
            "curl",
            [
                "-s",
                "-S",
                "-o",
                "/dev/null",
                "-w",
                "%{http_code}",
                "--cacert",
                Authority,
                .. Pem("vc"),
                "--resolve",
                $"signer.example:{signer.ApiPort}:127.0.0.1",
                $"https://signer.example:{signer.ApiPort}/upcheck",
            ]
        );
        Assert.Equal("200", answer.Output);
        (await _home.RunAsync("tls", "renew", "--days", "9")).Succeeded();
        var server = Assert.Single(await ListAsync(), line => line.Kind == "server");
        Assert.Contains("signer.example", server.Hosts);
        using var fresh = await RawConnection.OpenAsync(signer, _home.Data, "vc");
        Assert.Equal(server.Serial, fresh.ServerCertificate.SerialNumber);
        Assert.Equal(open.ServerCertificate.GetPublicKey(), fresh.ServerCertificate.GetPublicKey());
    }

    [Fact]
    public async Task A_name_that_exists_is_renewed_and_nothing_outlives_the_authority()
    {
        Refusal.IsTold(await _home.RunAsync("tls", "issue", "vc"), "there is a certificate for 'vc'", "tls renew vc");
        Refusal.IsTold(await _home.RunAsync("tls", "renew", "nobody"), "there is not a certificate for 'nobody'", "tls issue nobody");
        Refusal.IsTold(await _home.RunAsync("tls", "issue", "../vc"), "no name for a client");
        Refusal.IsTold(await _home.RunAsync("tls", "issue", "x", "--days", "0"), "--days");
        Refusal.IsTold(await _home.RunAsync("tls", "revoke", "nobody"), "neither a client", "tls list");
        var renewed = (await _home.RunAsync("tls", "renew", "vc", "--days", "3650")).Succeeded();
        Assert.Contains("its former certificate stays good until", Line(renewed.Error));
        (await _home.RunAsync("tls", "issue", "long", "--days", "3650")).Succeeded();

        var lines = await ListAsync();
        var end = Assert.Single(lines, line => line.Kind == "authority").Until;
        Assert.Equal(2, lines.Count(line => line is { Kind: "client", Name: "vc" }));
        Assert.All(lines, line => Assert.True(line.Until <= end, line.Name));
        Assert.True(Assert.Single(lines, line => line.Name == "long").Until > end.AddDays(-4));
    }

    [Fact]
    public async Task What_an_authority_that_does_not_count_would_sign_is_not_made()
    {
        var other = await OpenSslAuthority.CreateAsync(_home.Beside("authority"));
        _home.Configure(options => options["tls"]!["clientAuthorities"] = other.Certificate);

        Refusal.IsTold(await _home.RunAsync("tls", "issue", "teku"), "does not have this signer's authority", "add ");
        Refusal.IsTold(await _home.RunAsync("tls", "revoke", "vc"), "does not have this signer's authority", "nothing was revoked");
        Assert.False(File.Exists(Path.Combine(_home.Data, "clients", "teku.crt")));
        Assert.False(File.Exists(Path.Combine(_home.Data, "tls", "crl.pem")));
    }

    [Fact]
    public async Task Without_the_authoritys_key_nothing_is_issued_and_the_command_says_where_it_may_be()
    {
        var away = Directory.CreateDirectory(_home.Beside("stick")).FullName;
        Directory.Move(Path.Combine(_home.Data, "clients"), Path.Combine(away, "clients"));
        Refusal.IsTold(await _home.RunAsync("tls", "issue", "teku"), "the authority's key is not at", "--ca-key");

        (await _home.RunAsync("tls", "issue", "teku", "--ca-key", Path.Combine(away, "clients", "ca.key"), "--out", away)).Succeeded();
        Assert.True(File.Exists(Path.Combine(away, "teku.key")));
        Assert.Equal(["admin", "teku", "vc"], (await ListAsync()).Where(line => line.Kind == "client").Select(line => line.Name));
        File.Copy(Path.Combine(away, "teku.key"), Path.Combine(away, "ca.key"));
        Refusal.IsTold(await _home.RunAsync("tls", "issue", "x", "--ca-key", Path.Combine(away, "ca.key")), "are no authority", "--ca-key");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_PKCS12_file_is_read_by_those_that_want_one(bool isLegacy)
    {
        var (file, password) = (_home.Beside("teku.p12"), _home.Beside("password"));
        await File.WriteAllTextAsync(password, "correct horse\n");
        Refusal.IsTold(await _home.RunAsync("tls", "issue", "teku", "--pkcs12", file), "--pkcs12 wants --password-file");
        Refusal.IsTold(await _home.RunAsync("tls", "issue", "teku", "--legacy"), "are for --pkcs12");

        (
            await _home.RunAsync([
                "tls",
                "issue",
                "teku",
                "--pkcs12",
                file,
                "--password-file",
                password,
                .. isLegacy ? (string[])["--legacy"] : [],
            ])
        ).Succeeded();

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
        var told = await CommandResult.OfAsync(
            "openssl",
            ["pkcs12", "-in", file, "-passin", $"file:{password}", "-info", "-nodes", "-legacy"]
        );
        Assert.Contains(isLegacy ? "MAC: sha1," : "MAC: sha256,", told.Error);
        Assert.Contains(isLegacy ? "pbeWithSHA1And3-KeyTripleDES-CBC" : "AES-256-CBC", told.Error);

        // What Go's reader insists on (x/crypto/pkcs12): one certificate and one key, each in a part of its own.
        Assert.All((string[])["PKCS7 Encrypted data:", "PKCS7 Data", "Certificate bag", "Shrouded Keybag:"], part =>
            Assert.Single(told.Error.Split('\n'), line => line.StartsWith(part, StringComparison.Ordinal))
        );
        Assert.Single(Directory.EnumerateFiles(Path.Combine(_home.Data, "tls", "issued")), path =>
            X509CertificateLoader.LoadCertificateFromFile(path).Subject == "CN=teku"
        );
        await using var signer = await _home.StartAsync();
        Assert.Equal("200", (await Curl.UpcheckAsync(signer, Authority, "--cert-type", "P12", "--cert", $"{file}:correct horse")).Output);
    }

    public void Dispose() => _home.Dispose();

    private static string Line(string wrapped) =>
        string.Join(' ', wrapped.Split((char[])[' ', '\n', '\r'], StringSplitOptions.RemoveEmptyEntries));

    private string[] Pem(string name) =>
        ["--cert", Path.Combine(_home.Data, "clients", name + ".crt"), "--key", Path.Combine(_home.Data, "clients", name + ".key")];

    private async Task<IReadOnlyList<Listed>> ListAsync() =>
        [
            .. JsonNode
                .Parse((await _home.RunAsync("tls", "list", "--json")).Succeeded().Output)!
                .AsArray()
                .Select(line => new Listed(
                    line!["kind"]!.GetValue<string>(),
                    line["name"]!.GetValue<string>(),
                    line["serial"]?.GetValue<string>(),
                    line["until"]!.GetValue<DateTimeOffset>(),
                    line["revoked"]!.GetValue<bool>(),
                    [.. line["hosts"]!.AsArray().Select(host => host!.GetValue<string>())]
                )),
        ];

    private sealed record Listed(string Kind, string Name, string? Serial, DateTimeOffset Until, bool Revoked, IReadOnlyList<string> Hosts);
}
