using System.Net;
using RemoteSigner.Rig;

namespace RemoteSigner.AcceptanceTests;

/// <summary>Whoever is refused at the door finds the reason in the log.</summary>
public sealed class RefusalLogTests(SignerTemplate template) : IDisposable
{
    private readonly SignerHome _home = template.Copy();

    private string Authority => Path.Combine(_home.Data, "tls", "ca.crt");

    private string[] Client =>
        ["--cert", Path.Combine(_home.Data, "clients", "vc.crt"), "--key", Path.Combine(_home.Data, "clients", "vc.key")];

    [Fact]
    public async Task A_client_that_speaks_the_older_protocol_alone_is_told_apart_from_one_without_a_certificate()
    {
        await using var signer = await _home.StartAsync();
        Assert.Equal("000", (await Curl.UpcheckAsync(signer, Authority)).Output);
        Assert.Equal("000", (await Curl.UpcheckAsync(signer, Authority, [.. Client, "--tls-max", "1.2"])).Output);

        Assert.True(await IsToldAsync(signer, "no certificate was presented"));
        Assert.True(
            await IsToldAsync(
                signer,
                "it speaks no TLS 1.3, and nothing older is let in: where it cannot, as Teku, set tls.allowTls12 in signer.json"
            )
        );
    }

    [Fact]
    public async Task A_peer_that_speaks_no_TLS_is_told_with_its_address_and_not_for_every_knock()
    {
        await using var signer = await _home.StartAsync();
        var addresses = new List<string>();
        for (var knock = 0; knock < 20; knock++)
        {
            addresses.Add(await KnockAsync(signer, "GET /upcheck HTTP/1.1\r\nHost: localhost\r\n\r\n"));
        }

        await KnockAsync(signer, "\u0001\u0002\u0003\u0004\u0005\u0006");

        Assert.True(
            await IsToldAsync(
                signer,
                $"refused a client without a certificate at {addresses[0]}: it asks in plain HTTP, and there is TLS alone here"
            )
        );
        Assert.True(await IsToldAsync(signer, "it speaks no TLS, and there is nothing else here"));
        Assert.Single(signer.Output.Split('\n'), line => line.Contains("it asks in plain HTTP", StringComparison.Ordinal));
        Assert.All(signer.Output.Split('\n'), line => Assert.InRange(line.Length, 0, 400));
    }

    [Fact]
    public async Task Where_the_older_protocol_is_allowed_it_is_with_forward_secrecy_and_authenticated_encryption_alone()
    {
        _home.Configure(options => options["tls"]!["allowTls12"] = true);
        await using var signer = await _home.StartAsync();

        Assert.Equal("200", await AskAsync("ECDHE-ECDSA-AES128-GCM-SHA256"));
        Assert.Equal("200", await AskAsync("ECDHE-ECDSA-CHACHA20-POLY1305"));
        Assert.Equal("000", await AskAsync("ECDHE-ECDSA-AES256-SHA384:ECDHE-ECDSA-AES256-SHA:@SECLEVEL=0"));
        Assert.Equal(
            "000",
            (await Curl.UpcheckAsync(signer, Authority, [.. Client, "--tls-max", "1.1", "--ciphers", "DEFAULT:@SECLEVEL=0"])).Output
        );
        Assert.True(await IsToldAsync(signer, "it speaks neither TLS 1.3 nor TLS 1.2"));

        async Task<string> AskAsync(string suites) =>
            (await Curl.UpcheckAsync(signer, Authority, [.. Client, "--tls-max", "1.2", "--ciphers", suites])).Output;
    }

    [Fact]
    public async Task A_host_name_that_is_not_allowed_is_told_with_client_and_setting()
    {
        await using var signer = await _home.StartAsync();
        using var open = await RawConnection.OpenAsync(signer, _home.Data, "vc");
        for (var round = 0; round < 3; round++)
        {
            Assert.Equal(
                (HttpStatusCode.Forbidden, "host_not_authorized"),
                await open.GetAsync("/upcheck", "signer.example:9000") is var answer ? (answer!.Status, answer.Reason) : default
            );
        }

        Assert.True(await IsToldAsync(signer, "the host name 'signer.example' is not in api.hostAllowlist of signer.json"));
        Assert.Contains(signer.Output.Split('\n'), line =>
            line.Contains("api.hostAllowlist", StringComparison.Ordinal) && line.Contains(" for vc:", StringComparison.Ordinal)
        );
        using var operations = new HttpClient { BaseAddress = signer.Operations };
        Assert.Contains(
            "remote_signer_requests_turned_away_total{reason=\"host_not_authorized\"} 3",
            await operations.GetStringAsync("/metrics"),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task Each_host_name_that_is_not_allowed_is_told_once_and_not_more_than_a_few()
    {
        await using var signer = await _home.StartAsync();
        using var open = await RawConnection.OpenAsync(signer, _home.Data, "vc");
        for (var round = 0; round < 2; round++)
        {
            for (var name = 0; name < 40; name++)
            {
                Assert.Equal(HttpStatusCode.Forbidden, (await open.GetAsync("/upcheck", $"signer-{name}.example"))!.Status);
            }
        }

        Assert.True(await IsToldAsync(signer, "the host name 'signer-15.example' is not in api.hostAllowlist of signer.json"));
        await signer.StopAsync();
        var told = signer.Output.Split('\n').Where(line => line.Contains("api.hostAllowlist", StringComparison.Ordinal)).ToList();
        Assert.Equal(16, told.Count);
        Assert.All(Enumerable.Range(0, 16), name =>
            Assert.Single(told, line => line.Contains($"'signer-{name}.example'", StringComparison.Ordinal))
        );
        Assert.Contains("80 host_not_authorized for vc", signer.Output, StringComparison.Ordinal);
    }

    public void Dispose() => _home.Dispose();

    // From which address, as the log writes it. What comes back, if anything, is not looked at.
    private static async Task<string> KnockAsync(SignerProcess signer, string bytes)
    {
        using var socket = new System.Net.Sockets.TcpClient(System.Net.Sockets.AddressFamily.InterNetwork);
        await socket.ConnectAsync(IPAddress.Loopback, signer.ApiPort);
        var stream = socket.GetStream();
        await stream.WriteAsync(System.Text.Encoding.ASCII.GetBytes(bytes));
        try
        {
            await stream.CopyToAsync(Stream.Null);
        }
        catch (IOException)
        {
            // A reset ends it, too.
        }

        return socket.Client.LocalEndPoint!.ToString()!;
    }

    // The log is written beside the answer.
    private static async Task<bool> IsToldAsync(SignerProcess signer, string line)
    {
        for (var attempt = 0; attempt < 100 && !signer.Output.Contains(line, StringComparison.Ordinal); attempt++)
        {
            await Task.Delay(50);
        }

        return signer.Output.Contains(line, StringComparison.Ordinal);
    }
}
