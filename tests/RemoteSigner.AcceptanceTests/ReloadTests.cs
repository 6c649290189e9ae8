using System.Net;
using System.Text.Json.Nodes;
using RemoteSigner.Rig;

namespace RemoteSigner.AcceptanceTests;

/// <summary>What signer.json says is in force with a reload for connections that are open and requests that are under way.</summary>
public sealed class ReloadTests(SignerTemplate template) : IAsyncLifetime
{
    private readonly SignerHome _home = template.Copy();
    private OpenSslAuthority _authority = null!;
    private SignerProcess _signer = null!;

    public async ValueTask InitializeAsync()
    {
        _authority = await OpenSslAuthority.CreateAsync(_home.Beside("authority"));
        await _authority.IssueAsync("leaver", "vc");
        await _authority.RevokeAsync();
        var bundle = _home.Beside("authorities.crt");
        await File.WriteAllTextAsync(bundle, await File.ReadAllTextAsync(_authority.Certificate) + await File.ReadAllTextAsync(Path.Combine(_home.Data, "tls", "ca.crt")));
        _home.Configure(options => options["tls"]!["clientAuthorities"] = bundle);
        _signer = await _home.StartAsync();
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

    [Fact]
    public async Task A_request_that_was_begun_before_the_client_was_revoked_is_not_signed_after_it()
    {
        using var leaves = await OpenAsync("leaver");
        var body = Chain.VoteJson();
        await leaves.SendAsync($"POST /api/v1/eth2/sign/{_home.Keys[0]} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: {body.Length}\r\n\r\n{body[..20]}");
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
            options["registrations"]!["leastGasLimit"] = 7;
        });
        Assert.Equal("wants a restart to be in force: registrations, log", report.Json.GetProperty("message").GetString());
        Assert.Equal(HttpStatusCode.OK, (await client.SignAsync(_home.Keys[0], Chain.ExitJson)).Status);
    }

    public async ValueTask DisposeAsync()
    {
        await _signer.DisposeAsync();
        _home.Dispose();
    }

    private async Task<RawConnection> OpenAsync(string name) => await RawConnection.OpenAsync(_signer, ClientCertificate.Options(_home.Data, _authority.Load(name)));

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
