using System.Net;
using System.Text.Json;
using RemoteSigner.Rig;

namespace RemoteSigner.AcceptanceTests;

/// <summary>The end of a certificate or of a list is announced, and does not end what still works.</summary>
public sealed class ExpiryTests(SignerTemplate template) : IDisposable
{
    private readonly SignerHome _home = template.Copy();

    private string Authority => Path.Combine(_home.Data, "tls", "ca.crt");

    [Fact]
    public async Task What_ends_within_a_month_is_a_warning_and_health_stays_up()
    {
        (await _home.RunAsync("tls", "renew", "--days", "9")).Succeeded();
        (await _home.RunAsync("tls", "renew", "vc", "--days", "5")).Succeeded();
        await using var signer = await _home.StartAsync();
        using var client = ClientCertificate.Connect(signer, _home.Data, "vc");
        Assert.Equal(HttpStatusCode.OK, (await client.ReadAsync("/upcheck")).Status);

        var (status, check) = await CheckAsync(signer);

        Assert.Equal("UP", status);
        Assert.Equal(
            ("UP", "ends_soon"),
            (check.GetProperty("status").GetString(), check.GetProperty("data").GetProperty("state").GetString())
        );
        var detail = check.GetProperty("data").GetProperty("detail").GetString()!;
        Assert.Contains("the server certificate is good only until", detail, StringComparison.Ordinal);
        Assert.Contains("the certificate with which the client 'vc' came last is good only until", detail, StringComparison.Ordinal);
        Assert.Contains("the server certificate is good only until", signer.Output, StringComparison.Ordinal);
        Assert.InRange(await DaysLeftAsync(signer, "server", ""), 8, 9);
        Assert.InRange(await DaysLeftAsync(signer, "client", "vc"), 4, 5);
        Assert.InRange(await DaysLeftAsync(signer, "authority", ""), 3600, 3660);
    }

    [Fact]
    public async Task With_a_server_certificate_that_is_out_of_date_it_starts_and_serves_whoever_lets_himself_be_served()
    {
        var authority = await OpenSslAuthority.CreateAsync(_home.Beside("authority"));
        await authority.IssueAsync("server", "old server", "serverAuth", end: "20200201000000Z");
        File.Copy(authority.CertificateOf("server"), Path.Combine(_home.Data, "tls", "server.crt"), overwrite: true);
        File.Copy(authority.KeyOf("server"), Path.Combine(_home.Data, "tls", "server.key"), overwrite: true);
        var door = LoopbackPort.Free();
        await using var signer = await _home.StartAsync("--loopback-http", $"{door}=vc");
        using var local = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{door}") };

        Assert.Equal(HttpStatusCode.OK, (await local.SignAsync(_home.Keys[0], Chain.VoteJson())).Status);
        var (status, check) = await CheckAsync(signer);
        Assert.Equal(("DEGRADED", "out_of_date"), (status, check.GetProperty("data").GetProperty("state").GetString()));
        Assert.Contains("the server certificate is out of date since 2020-02-01", signer.Output, StringComparison.Ordinal);
        Refusal.IsTold(await _home.RunAsync("tls", "renew"), "was not issued by this signer's authority");
        await signer.SignalAsync("HUP");
        var report = await signer.EndOfReloadAsync();
        Assert.Equal("completed", report.Json.GetProperty("status").GetString());
        Assert.Contains("the server certificate is out of date", report.Json.GetProperty("message").GetString()!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_revocation_list_that_is_out_of_date_still_revokes_and_stops_nobody_else()
    {
        var authority = await OpenSslAuthority.CreateAsync(_home.Beside("authority"));
        await authority.IssueAsync("leaver", "vc");
        await authority.IssueAsync("stays", "vc");
        await authority.RevokeLongAgoAsync("leaver");
        var bundle = _home.Beside("authorities.crt");
        await File.WriteAllTextAsync(bundle, await File.ReadAllTextAsync(authority.Certificate) + await File.ReadAllTextAsync(Authority));
        _home.Configure(options =>
            (options["tls"]!["clientAuthorities"], options["tls"]!["revocationList"]) = (bundle, authority.RevocationList)
        );
        await using var signer = await _home.StartAsync();

        Assert.Equal(
            "000",
            (
                await Curl.UpcheckAsync(signer, Authority, "--cert", authority.CertificateOf("leaver"), "--key", authority.KeyOf("leaver"))
            ).Output
        );
        Assert.Equal(
            "200",
            (
                await Curl.UpcheckAsync(signer, Authority, "--cert", authority.CertificateOf("stays"), "--key", authority.KeyOf("stays"))
            ).Output
        );
        var (status, check) = await CheckAsync(signer);
        Assert.Equal("DEGRADED", status);
        Assert.Contains(
            "the revocation list, which is still applied, is out of date since 2020-02-01",
            check.GetProperty("data").GetProperty("detail").GetString()!,
            StringComparison.Ordinal
        );
        Assert.True(await DaysLeftAsync(signer, "revocation_list", "") < 0);
    }

    public void Dispose() => _home.Dispose();

    private static async Task<(string Status, JsonElement Check)> CheckAsync(SignerProcess signer)
    {
        using var operations = new HttpClient { BaseAddress = signer.Operations };
        var answer = await operations.ReadAsync("/healthcheck");
        Assert.Equal(HttpStatusCode.OK, answer.Status);
        return (
            answer.Json.GetProperty("status").GetString()!,
            answer.Json.GetProperty("checks").EnumerateArray().Single(check => check.GetProperty("id").GetString() == "tls-check")
        );
    }

    private static async Task<double> DaysLeftAsync(SignerProcess signer, string what, string client)
    {
        using var operations = new HttpClient { BaseAddress = signer.Operations };
        var start = $"remote_signer_tls_not_after_timestamp_seconds{{what=\"{what}\",client=\"{client}\"}} ";
        var row = (await operations.GetStringAsync("/metrics"))
            .Split('\n')
            .Single(line => line.StartsWith(start, StringComparison.Ordinal));
        return (double.Parse(row[start.Length..]) - TimeProvider.System.GetUtcNow().ToUnixTimeSeconds()) / 86400;
    }
}
