using System.Net;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using RemoteSigner.Rig;

namespace RemoteSigner.AcceptanceTests;

/// <summary>What signer.json says is in force with a reload for connections that are open and requests that are under way.</summary>
public sealed class ReloadTests(SignerTemplate template) : IAsyncLifetime
{
    private readonly SignerHome _home = template.Copy();
    private OpenSslAuthority _authority = null!;
    private SignerProcess _signer = null!;
    private string _token = "";

    public async ValueTask InitializeAsync()
    {
        _authority = await OpenSslAuthority.CreateAsync(_home.Beside("authority"));
        await _authority.IssueAsync("leaver", "vc");
        await _authority.RevokeAsync();
        var bundle = _home.Beside("authorities.crt");
        await File.WriteAllTextAsync(
            bundle,
            await File.ReadAllTextAsync(_authority.Certificate) + await File.ReadAllTextAsync(Path.Combine(_home.Data, "tls", "ca.crt"))
        );
        _home.Configure(options => options["tls"]!["clientAuthorities"] = bundle);
        _home.Configure(options =>
        {
            options["clients"]!["vc"]!["manageKeys"] = true;
            options["clients"]!["vc"]!["ssv"] = new JsonArray("all");
        });
        (await _home.RunAsync("keymanager", "token")).Succeeded();
        _token = await File.ReadAllTextAsync(Path.Combine(_home.Data, "keymanager.token"));
        _signer = await _home.StartAsync();
    }

    [Fact]
    public async Task A_client_that_known_clients_names_no_more_is_refused_on_its_open_connection()
    {
        var (known, alone) = (_home.Beside("known"), _home.Beside("alone"));
        Directory.CreateDirectory(alone);
        await OpenSslAuthority.SelfSignAsync(alone, "vc");
        using var certificate = X509Certificate2.CreateFromPemFile(Path.Combine(alone, "vc.crt"), Path.Combine(alone, "vc.key"));
        await File.WriteAllTextAsync(known, $"vc {Convert.ToHexString(SHA256.HashData(certificate.RawData))}\n");
        await ReloadAsync(options => options["tls"]!["knownClients"] = known);
        using var stranger = await RawConnection.OpenAsync(_signer, ClientCertificate.Options(_home.Data, certificate));
        Assert.Equal(HttpStatusCode.OK, (await stranger.GetAsync("/api/v1/eth2/publicKeys"))!.Status);

        await File.WriteAllTextAsync(known, "# nobody\n");
        await ReloadAsync(_ => { });

        Assert.Equal(HttpStatusCode.Forbidden, (await stranger.GetAsync("/api/v1/eth2/publicKeys"))!.Status);
    }

    [Fact]
    public async Task The_switch_for_TLS_1_2_opens_and_closes_with_a_reload_for_open_connections_too()
    {
        var options = ClientCertificate.Options(_home.Data, ClientCertificate.Load(_home.Data, "vc"));
        options.EnabledSslProtocols = SslProtocols.Tls12;
        await Assert.ThrowsAnyAsync<Exception>(async () => await (await RawConnection.OpenAsync(_signer, options)).GetAsync("/upcheck"));

        await ReloadAsync(file => file["tls"]!["allowTls12"] = true);
        using var old = await RawConnection.OpenAsync(_signer, options);
        Assert.Equal((HttpStatusCode.OK, SslProtocols.Tls12), ((await old.GetAsync("/upcheck"))!.Status, old.Protocol));
        await ReloadAsync(file => file["tls"]!["allowTls12"] = false);

        Assert.Equal(HttpStatusCode.Forbidden, (await old.GetAsync("/upcheck"))!.Status);
    }

    [Fact]
    public async Task A_revocation_list_that_is_named_for_the_first_time_ends_a_client_on_its_open_connection()
    {
        using var leaves = await OpenAsync("leaver");
        Assert.Equal(HttpStatusCode.OK, (await leaves.GetAsync("/api/v1/eth2/publicKeys"))!.Status);

        await _authority.RevokeAsync("leaver");
        await ReloadAsync(options => options["tls"]!["revocationList"] = _authority.RevocationList);

        Assert.Equal(HttpStatusCode.Forbidden, (await leaves.GetAsync("/api/v1/eth2/publicKeys"))!.Status);
    }

    [Theory]
    [InlineData("/api/v1/eth2/sign/KEY", "BODY")]
    [InlineData("/api/v1/eth2/sign", """{"identifiers":["KEY"],"signing_request":BODY}""")]
    [InlineData("/api/v1/eth2/distributed/sign/KEY", "BODY")]
    [InlineData("/eth/v1/keystores", """{"keystores":[],"passwords":[],"slashing_protection":"{}"}""")]
    [InlineData("/eth/v1/keystores", """{"pubkeys":["KEY"]}""", "DELETE")]
    [InlineData("/v1/validators", """{"pubkeys":["KEY"]}""", "DELETE")]
    [InlineData("/v1/validators/sign/KEY", "BODY")]
    [InlineData("/api/v1/eth2/distributed/sign", """{"identifiers":["KEY"],"signing_request":BODY}""")]
    [InlineData("/api/v1/dv/slashable", """{"pubkey":"KEY"}""")]
    [InlineData("/api/v1/dv/combine", """{"group_pubkey":"KEY"}""")]
    [InlineData("/attestation/credential", """{"credential":"of many bytes"}""")]
    [InlineData("/v1/operator/sign", "some bytes of a message that never ends")]
    public async Task A_request_that_was_begun_before_the_client_was_revoked_does_nothing_after_it(
        string path,
        string form,
        string verb = "POST"
    )
    {
        using var leaves = await OpenAsync("leaver");
        path = path.Replace("KEY", _home.Keys[0].ToString(), StringComparison.Ordinal);
        var body = form.Replace("KEY", _home.Keys[0].ToString(), StringComparison.Ordinal)
            .Replace("BODY", Chain.VoteJson(), StringComparison.Ordinal);
        await leaves.SendAsync(
            $"{verb} {path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer "
                + $"{_token}\r\nContent-Type: application/json\r\nContent-Length: {body.Length}\r\n\r\n{body[..20]}"
        );
        await Task.Delay(300);

        await _authority.RevokeAsync("leaver");
        await ReloadAsync(options => options["tls"]!["revocationList"] = _authority.RevocationList);
        await leaves.SendAsync(body[20..]);

        var answer = (await leaves.ReadAnswerAsync())!;
        Assert.Equal((HttpStatusCode.Forbidden, "client_not_trusted"), (answer.Status, answer.Reason));
        using var client = ClientCertificate.Connect(_signer, _home.Data, "vc");
        Assert.Equal(HttpStatusCode.OK, (await client.SignAsync(_home.Keys[0], Chain.VoteJson(fill: 2))).Status);
    }

    [Fact]
    public async Task Another_bundle_of_authorities_and_other_host_names_are_in_force_at_once()
    {
        using var leaves = await OpenAsync("leaver");
        using var stays = await RawConnection.OpenAsync(_signer, _home.Data, "vc");
        Assert.Equal(HttpStatusCode.Forbidden, (await stays.GetAsync("/upcheck", "signer.example"))!.Status);

        await ReloadAsync(options =>
        {
            options["tls"]!["clientAuthorities"] = "tls/ca.crt";
            options["api"]!["hostAllowlist"] = new JsonArray("localhost", "signer.example", "::1");
        });

        Assert.Equal(HttpStatusCode.Forbidden, (await leaves.GetAsync("/upcheck"))!.Status);
        Assert.Equal(HttpStatusCode.OK, (await stays.GetAsync("/upcheck", "signer.example"))!.Status);
        Assert.Equal(HttpStatusCode.OK, (await stays.GetAsync("/upcheck", "[::1]:9000"))!.Status);
    }

    [Fact]
    public async Task Of_a_file_with_a_fault_only_what_it_takes_away_is_in_force_and_what_wants_a_restart_is_named()
    {
        using var client = ClientCertificate.Connect(_signer, _home.Data, "vc");
        _home.Configure(options =>
        {
            options["clients"]!["vc"]!["duties"] = new JsonArray("RANDAO_REVEAL", "VOLUNTARY_EXIT");
            options["tls"]!["revocationList"] = "nowhere.crl";
        });
        Assert.Equal("completed_with_errors", (await HangUpAsync()).Json.GetProperty("status").GetString());
        Assert.Equal(HttpStatusCode.OK, (await client.SignAsync(_home.Keys[0], Chain.RandaoJson())).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await client.SignAsync(_home.Keys[0], Chain.VoteJson())).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await client.SignAsync(_home.Keys[0], Chain.ExitJson)).Status);

        var report = await ReloadAsync(options =>
        {
            options["tls"]!["revocationList"] = null;
            options["log"]!["level"] = "debug";
            options["registrations"]!["minGasLimit"] = 7;
        });
        Assert.Equal("wants a restart to be in force: registrations, log", report.Json.GetProperty("message").GetString());
        Assert.Equal(HttpStatusCode.OK, (await client.SignAsync(_home.Keys[0], Chain.ExitJson)).Status);
    }

    public async ValueTask DisposeAsync()
    {
        await _signer.DisposeAsync();
        _home.Dispose();
    }

    private async Task<RawConnection> OpenAsync(string name) =>
        await RawConnection.OpenAsync(_signer, ClientCertificate.Options(_home.Data, _authority.Load(name)));

    private async Task<ApiAnswer> ReloadAsync(Action<JsonNode> change)
    {
        _home.Configure(change);
        var report = await HangUpAsync();
        Assert.Equal("completed", report.Json.GetProperty("status").GetString());
        return report;
    }

    private async Task<ApiAnswer> HangUpAsync()
    {
        (await CommandResult.OfAsync("kill", ["-HUP", $"{_signer.Id}"])).Succeeded();
        await Task.Delay(300);
        return await _signer.EndOfReloadAsync();
    }
}
