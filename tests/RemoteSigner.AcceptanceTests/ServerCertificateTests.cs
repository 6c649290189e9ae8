using System.Net;
using RemoteSigner.Rig;

namespace RemoteSigner.AcceptanceTests;

/// <summary>The server's own certificate and protocol, and their change while connections are open.</summary>
public sealed class ServerCertificateTests(SignerTemplate template) : IDisposable
{
    private readonly SignerHome _home = template.Copy();

    [Fact]
    public async Task A_new_certificate_is_shown_to_new_connections_and_open_ones_live_on()
    {
        var authority = await OpenSslAuthority.CreateAsync(_home.Beside("authority"));
        await authority.IssueAsync("server", "new server", "serverAuth");
        await using var signer = await _home.StartAsync();
        using var open = await RawConnection.OpenAsync(signer, _home.Data, "vc");
        Assert.Equal(HttpStatusCode.OK, (await open.GetAsync("/upcheck"))!.Status);

        File.Copy(authority.CertificateOf("server"), Path.Combine(_home.Data, "tls", "server.crt"), overwrite: true);
        File.Copy(authority.KeyOf("server"), Path.Combine(_home.Data, "tls", "server.key"), overwrite: true);
        await signer.SignalAsync("HUP");
        Assert.Equal("completed", (await signer.EndOfReloadAsync()).Json.GetProperty("status").GetString());

        Assert.Equal(HttpStatusCode.OK, (await open.GetAsync("/upcheck"))!.Status);
        var options = ClientCertificate.Options(_home.Data, ClientCertificate.Load(_home.Data, "vc"));
        options.CertificateChainPolicy!.CustomTrustStore.ImportFromPemFile(authority.Certificate);
        using var fresh = await RawConnection.OpenAsync(signer, options);
        Assert.Contains("CN=remote-signer", open.ServerCertificate.Subject);
        Assert.Contains("CN=new server", fresh.ServerCertificate.Subject);
    }

    [Fact]
    public async Task A_PKCS12_file_with_its_password_serves_as_certificate_and_the_older_protocol_may_be_allowed()
    {
        var tls = Path.Combine(_home.Data, "tls");
        await File.WriteAllTextAsync(Path.Combine(tls, "password"), "a pass phrase\nsecond line\n");
        (
            await CommandResult.OfAsync(
                "openssl",
                [
                    "pkcs12",
                    "-export",
                    "-in",
                    Path.Combine(tls, "server.crt"),
                    "-inkey",
                    Path.Combine(tls, "server.key"),
                    "-out",
                    Path.Combine(tls, "server.p12"),
                    "-passout",
                    "pass:a pass phrase",
                ]
            )
        ).Succeeded();
        File.Delete(Path.Combine(tls, "server.key"));
        _home.Configure(options =>
        {
            options["tls"]!["certificate"] = "tls/server.p12";
            options["tls"]!["key"] = null;
            options["tls"]!["passwordFile"] = "tls/password";
            options["tls"]!["allowTls12"] = true;
        });
        await using var signer = await _home.StartAsync();
        string[] client = ["--cert", Path.Combine(_home.Data, "clients", "vc.crt"), "--key", Path.Combine(_home.Data, "clients", "vc.key")];

        Assert.Equal("200", (await Curl.UpcheckAsync(signer, Path.Combine(tls, "ca.crt"), [.. client, "--tls-max", "1.2"])).Output);
        Assert.Equal("200", (await Curl.UpcheckAsync(signer, Path.Combine(tls, "ca.crt"), [.. client, "--tlsv1.3"])).Output);
        Assert.Equal("000", (await Curl.UpcheckAsync(signer, Path.Combine(tls, "ca.crt"), [.. client, "--tls-max", "1.1"])).Output);
    }

    [Fact]
    public async Task A_wrong_password_of_the_PKCS12_file_is_told()
    {
        var tls = Path.Combine(_home.Data, "tls");
        await File.WriteAllTextAsync(Path.Combine(tls, "password"), "another");
        (
            await CommandResult.OfAsync(
                "openssl",
                [
                    "pkcs12",
                    "-export",
                    "-in",
                    Path.Combine(tls, "server.crt"),
                    "-inkey",
                    Path.Combine(tls, "server.key"),
                    "-out",
                    Path.Combine(tls, "server.p12"),
                    "-passout",
                    "pass:a pass phrase",
                ]
            )
        ).Succeeded();
        _home.Configure(options =>
            (options["tls"]!["certificate"], options["tls"]!["key"], options["tls"]!["passwordFile"]) = (
                "tls/server.p12",
                null,
                "tls/password"
            )
        );

        Refusal.IsTold(await _home.RunAsync("serve", "--listen", $"127.0.0.1:{LoopbackPort.Free()}"), "server.p12");
    }

    public void Dispose() => _home.Dispose();
}
