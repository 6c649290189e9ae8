using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using RemoteSigner.Rig;

namespace RemoteSigner.AcceptanceTests;

/// <summary><c>connect</c> between a program without a certificate and a signer, as processes of their own.</summary>
public sealed class ConnectTests(SignerTemplate template)
{
    [Fact]
    public async Task A_program_without_a_certificate_signs_through_it()
    {
        using var home = template.Copy();
        await using var signer = await home.StartAsync();
        await using var connect = ConnectProcess.Launch(signer.Api, home.Data, "vc");
        await connect.WaitUntilAsync(open: true);

        var curl = (
            await CommandResult.OfAsync(
                "curl",
                [
                    "-sS",
                    "-H",
                    "Accept: application/json",
                    "-H",
                    "Content-Type: application/json",
                    "-d",
                    Chain.VoteJson(),
                    "-w",
                    " %{http_code}",
                    $"{connect.Door}api/v1/eth2/sign/{home.Keys[0]}",
                ]
            )
        ).Succeeded();

        Assert.EndsWith(" 200", curl.Output);
        Assert.Equal(96, Convert.FromHexString(JsonNode.Parse(curl.Output[..^4])!["signature"]!.GetValue<string>()[2..]).Length);
        using var client = new HttpClient { BaseAddress = connect.Door };
        Assert.Equal("text/plain; charset=utf-8", (await client.SignAsync(home.Keys[0], Chain.RandaoJson())).ContentType);
        Assert.Equal("double_vote", (await client.SignAsync(home.Keys[0], Chain.VoteJson(fill: 2))).Reason);
        Assert.Equal(4, (await client.ReadAsync("/api/v1/eth2/publicKeys")).Json.GetArrayLength());
        Assert.Equal(HttpStatusCode.MethodNotAllowed, (await client.AskAsync(HttpMethod.Delete, "/upcheck")).Status);
        Assert.Equal(0, await connect.StopAsync());
        Assert.DoesNotContain("beacon_block_root", connect.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_port_is_shut_while_the_signer_is_and_opens_when_it_is_back()
    {
        using var home = template.Copy();
        var port = LoopbackPort.Free();
        await using var connect = ConnectProcess.Launch(new Uri($"https://localhost:{port}"), home.Data, "vc");
        await connect.WaitForAsync("not listening on");
        Assert.False(await connect.IsOpenAsync());

        for (var run = 0; run < 2; run++)
        {
            await using var signer = SignerProcess.LaunchAt(port, home.Data, home.Token);
            await connect.WaitUntilAsync(open: true);
            using var client = new HttpClient { BaseAddress = connect.Door };
            Assert.Equal(HttpStatusCode.OK, (await client.SignAsync(home.Keys[run], Chain.RandaoJson())).Status);

            await signer.StopAsync();
            await connect.WaitUntilAsync(open: false);
        }

        // Once for each change, however often it is tried meanwhile.
        await connect.WaitForAsync("not listening on");
        var told = connect.Output;
        await Task.Delay(3000);
        Assert.Equal(told, connect.Output);
        Assert.InRange(told.Split("cannot be reached").Length - 1, 3, 4);
    }

    [Fact]
    public async Task A_request_that_finds_the_signer_gone_is_told_so_and_the_port_shuts()
    {
        using var home = template.Copy();
        var signer = await home.StartAsync();
        await using var connect = ConnectProcess.Launch(signer.Api, home.Data, "vc");
        await connect.WaitUntilAsync(open: true);
        using var client = new HttpClient { BaseAddress = connect.Door };
        Assert.Equal(HttpStatusCode.OK, (await client.ReadAsync("/upcheck")).Status);
        await signer.KillAsync();

        var answers = new List<ApiAnswer>();
        try
        {
            for (var asked = 0; asked < 100; asked++)
            {
                answers.Add(await client.SignAsync(home.Keys[0], Chain.VoteJson()));
            }
        }
        catch (HttpRequestException)
        {
            // Shut, as it should be.
        }

        await connect.WaitUntilAsync(open: false);
        Assert.All(answers, AssertLost);
        Assert.Contains("unreachable", connect.Output + string.Concat(answers.Select(answer => answer.Text)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_signer_whose_token_is_away_is_not_ready()
    {
        using var home = template.Copy();
        File.Move(home.Token.ConfigurationFile, home.Token.ConfigurationFile + ".away");
        await using var signer = SignerProcess.Launch(home.Data, home.Token);
        await using var connect = ConnectProcess.Launch(signer.Api, home.Data, "vc");
        await connect.WaitForAsync("the keys are being opened");
        Assert.False(await connect.IsOpenAsync());

        File.Move(home.Token.ConfigurationFile + ".away", home.Token.ConfigurationFile);
        await signer.SignalAsync("HUP");
        await connect.WaitUntilAsync(open: true);
    }

    /// <summary>As behind a network that drops everything: connections stand, and nothing comes.</summary>
    [Fact]
    public async Task A_signer_that_hangs_is_not_ready_and_a_request_to_it_is_not_waited_for_without_end()
    {
        using var home = template.Copy();
        await using var signer = await home.StartAsync();
        await using var connect = ConnectProcess.Launch(signer.Api, home.Data, "vc");
        await connect.WaitUntilAsync(open: true);
        using var client = new HttpClient { BaseAddress = connect.Door };
        await signer.SignalAsync("STOP");
        try
        {
            AssertLost(await client.SignAsync(home.Keys[0], Chain.RandaoJson()));
            await connect.WaitUntilAsync(open: false);
        }
        finally
        {
            await signer.SignalAsync("CONT");
        }

        await connect.WaitUntilAsync(open: true);
    }

    [Theory]
    [InlineData("Origin", "https://example.org", "browser_not_welcome")]
    [InlineData("Sec-Fetch-Site", "cross-site", "browser_not_welcome")]
    [InlineData("Host", "signer.example", "host_not_authorized")]
    public async Task A_page_in_a_browser_is_not_lent_the_certificate(string header, string value, string reason)
    {
        using var home = template.Copy();
        await using var signer = await home.StartAsync();
        await using var connect = ConnectProcess.Launch(signer.Api, home.Data, "vc", "--allow-host", "prysm");
        await connect.WaitUntilAsync(open: true);
        using var browser = new HttpClient { BaseAddress = connect.Door };
        browser.DefaultRequestHeaders.TryAddWithoutValidation(header, value);

        var answer = await browser.SignAsync(home.Keys[0], Chain.VoteJson());

        Assert.Equal((HttpStatusCode.Forbidden, reason), (answer.Status, answer.Reason));
        await browser.SignAsync(home.Keys[0], Chain.VoteJson());
        await connect.WaitForAsync($"is turned away, as all others for which this holds: {reason}");
        Assert.Single(connect.Output.Split('\n'), line => line.Contains(reason, StringComparison.Ordinal));
        using var container = new HttpClient { BaseAddress = connect.Door, DefaultRequestHeaders = { Host = "prysm:9010" } };
        Assert.Equal(HttpStatusCode.OK, (await container.ReadAsync("/upcheck")).Status);
    }

    [Fact]
    public async Task Each_name_by_which_it_may_not_be_called_is_told()
    {
        using var home = template.Copy();
        await using var signer = await home.StartAsync();
        await using var connect = ConnectProcess.Launch(signer.Api, home.Data, "vc");
        await connect.WaitUntilAsync(open: true);
        foreach (var name in (string[])["one.example", "two.example", "one.example"])
        {
            using var client = new HttpClient { BaseAddress = connect.Door, DefaultRequestHeaders = { Host = name } };
            Assert.Equal("host_not_authorized", (await client.ReadAsync("/upcheck")).Reason);
        }

        await connect.WaitForAsync("the host 'two.example', which no --allow-host names");
        Assert.Single(connect.Output.Split('\n'), line => line.Contains("the host 'one.example'", StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_the_signer_says_of_a_body_too_large_comes_through()
    {
        using var home = template.Copy();
        await using var signer = await home.StartAsync();
        await using var connect = ConnectProcess.Launch(signer.Api, home.Data, "vc");
        await connect.WaitUntilAsync(open: true);
        using var client = new HttpClient { BaseAddress = connect.Door };

        var padded = Chain.RandaoJson() + new string(' ', 900_000);
        Assert.Equal(HttpStatusCode.OK, (await client.SignAsync(home.Keys[0], padded)).Status);

        // More than the signer takes, with and without a length; and more than anybody's signer takes. Curl stops sending where it is
        // answered early.
        foreach (
            var (megabytes, header) in new[]
            {
                (30, "X-Length: known"),
                (30, "Transfer-Encoding: chunked"),
                (70, "Transfer-Encoding: chunked"),
            }
        )
        {
            var file = home.Beside("large");
            await File.WriteAllBytesAsync(file, new byte[megabytes << 20]);
            var curl = await CommandResult.OfAsync(
                "curl",
                ["-sS", "-H", header, "--data-binary", "@" + file, "-w", " %{http_code}", $"{connect.Door}api/v1/eth2/sign/{home.Keys[0]}"]
            );
            Assert.EndsWith(" 413", curl.Output);
        }

        Assert.Equal(HttpStatusCode.OK, (await client.SignAsync(home.Keys[0], Chain.RandaoJson())).Status);
    }

    [Fact]
    public async Task Many_at_once_each_over_a_connection_of_its_own()
    {
        using var home = template.Copy();
        await using var signer = await home.StartAsync();
        await using var connect = ConnectProcess.Launch(signer.Api, home.Data, "vc");
        await connect.WaitUntilAsync(open: true);

        var answers = await Task.WhenAll(
            Enumerable
                .Range(0, 256)
                .Select(async i =>
                {
                    using var client = new HttpClient { BaseAddress = connect.Door, DefaultRequestHeaders = { ConnectionClose = true } };
                    client.DefaultRequestHeaders.Accept.ParseAdd("application/json");
                    return await client.SignAsync(home.Keys[i % 4], Chain.RandaoJson((ulong)(i / 4)));
                })
        );

        Assert.All(answers, answer => Assert.Equal(HttpStatusCode.OK, answer.Status));
        Assert.Equal(256, answers.Select(answer => answer.Signature).Distinct().Count());
    }

    [Theory]
    [InlineData("GET //evil.example/upcheck HTTP/1.1", " 404 ")]
    [InlineData("GET /../upcheck HTTP/1.1", " 400 ")]
    [InlineData("GET http://evil.example/upcheck HTTP/1.1", " 400 ")]
    [InlineData("OPTIONS * HTTP/1.1", " 400 ")]
    [InlineData("CONNECT evil.example:443 HTTP/1.1", " 400 ")]
    [InlineData("GET /upcheck HTTP/1.1\r\nX-Odd: \u00e9", " 400 ")]
    [InlineData("GET /upcheck HTTP/1.1\r\nX-Odd: \u00c3\u00a9", " 200 ")]
    public async Task Nothing_leads_it_to_another_host(string head, string status)
    {
        using var home = template.Copy();
        await using var signer = await home.StartAsync();
        await using var connect = ConnectProcess.Launch(signer.Api, home.Data, "vc");
        await connect.WaitUntilAsync(open: true);
        using var socket = new TcpClient("127.0.0.1", connect.Port);

        await socket.GetStream().WriteAsync(Encoding.Latin1.GetBytes($"{head}\r\nHost: localhost\r\nConnection: close\r\n\r\n"));

        using var reader = new StreamReader(socket.GetStream(), Encoding.Latin1);
        Assert.Contains(status, (await reader.ReadToEndAsync()).Split('\n')[0], StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_process_leads_to_several_signers_by_port_and_by_socket()
    {
        using SignerHome first = template.Copy(),
            second = template.Copy();
        second.Configure(options => options["clients"]!["vc"]!["keys"] = new JsonArray(second.Keys[3].ToString()));
        await using SignerProcess one = await first.StartAsync(),
            two = await second.StartAsync();
        var socket = first.Beside("door.sock");
        await using var connect = ConnectProcess.Launch(one.Api, first.Data, "vc", "--listen", $"{socket}={two.Api}");
        await connect.WaitUntilAsync(open: true);
        await connect.WaitForAsync($"listening on {socket}");
        using HttpClient byPort = new() { BaseAddress = connect.Door },
            bySocket = UnixSocket.Connect(socket);

        Assert.Equal(4, (await byPort.ReadAsync("/api/v1/eth2/publicKeys")).Json.GetArrayLength());
        Assert.Equal($"[\"{second.Keys[3]}\"]", (await bySocket.ReadAsync("/api/v1/eth2/publicKeys")).Text);

        await two.StopAsync();
        await connect.WaitForAsync($"not listening on {socket}");
        Assert.False(File.Exists(socket), "a socket on which nobody listens is left");
        Assert.Equal(HttpStatusCode.OK, (await byPort.ReadAsync("/upcheck")).Status);
    }

    /// <summary>The former certificate is revoked meanwhile, so that whoever went on presenting it would be refused.</summary>
    [Fact]
    public async Task A_renewed_certificate_is_presented_without_a_restart()
    {
        using var home = template.Copy();
        await using var signer = await home.StartAsync();
        await using var connect = ConnectProcess.Launch(signer.Api, home.Data, "vc");
        await connect.WaitUntilAsync(open: true);
        var former = home.Beside("former.crt");
        File.Copy(Path.Combine(home.Data, "clients", "vc.crt"), former);

        (await home.RunAsync("tls", "renew", "vc")).Succeeded();
        await connect.WaitForAsync("vc.crt, its key and the authority anew: 'vc', good until ");
        (await home.RunAsync("tls", "revoke", former)).Succeeded();

        using var client = new HttpClient { BaseAddress = connect.Door };
        Assert.Equal(HttpStatusCode.OK, (await client.SignAsync(home.Keys[0], Chain.RandaoJson())).Status);
        Assert.Equal(0, await connect.StopAsync());
        Assert.DoesNotContain("not listening", connect.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Files_that_do_not_fit_together_leave_the_former_ones_in_force()
    {
        using var home = template.Copy();
        await using var signer = await home.StartAsync();
        await using var connect = ConnectProcess.Launch(signer.Api, home.Data, "vc");
        await connect.WaitUntilAsync(open: true);
        var key = Path.Combine(home.Data, "clients", "vc.key");
        var whole = await File.ReadAllTextAsync(key);

        await File.WriteAllTextAsync(key, whole[..(whole.Length / 2)]);
        await connect.WaitForAsync("the former certificate, key and authority stay in force");
        using var client = new HttpClient { BaseAddress = connect.Door, DefaultRequestHeaders = { ConnectionClose = true } };
        Assert.Equal(HttpStatusCode.OK, (await client.SignAsync(home.Keys[0], Chain.RandaoJson())).Status);

        await File.WriteAllTextAsync(key, whole);
        await connect.WaitForAsync("its key and the authority anew");
        Assert.Equal(HttpStatusCode.OK, (await client.SignAsync(home.Keys[0], Chain.RandaoJson())).Status);
        Assert.DoesNotContain("not listening", connect.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task For_a_client_that_may_have_nothing_signed_it_does_not_listen()
    {
        using var home = template.Copy();
        home.Configure(options => options["clients"]!["vc"]!["duties"] = new JsonArray());
        await using var signer = await home.StartAsync();
        await using var connect = ConnectProcess.Launch(signer.Api, home.Data, "vc");
        await connect.WaitForAsync("keys: the signer answers 403: the client 'vc' has no duties in signer.json");
        Assert.False(await connect.IsOpenAsync());

        home.Configure(options => options["clients"]!["vc"]!["duties"] = new JsonArray("everyday"));
        await signer.SignalAsync("HUP");
        await connect.WaitUntilAsync(open: true);
    }

    [Theory]
    [InlineData("GET /upcheck HTTP/1.1\nHost: localhost\r\n")]
    [InlineData("GET /upcheck HTTP/1.1\r\nHost: localhost\nX-Odd: a\r\n")]
    [InlineData("GET /upcheck HTTP/1.1\r\nHost: localhost\r\nX-Odd: a\r\n b\r\n")]
    public async Task A_head_whose_lines_two_programs_may_end_differently_is_refused(string head)
    {
        using var home = template.Copy();
        await using var signer = await home.StartAsync();
        await using var connect = ConnectProcess.Launch(signer.Api, home.Data, "vc");
        await connect.WaitUntilAsync(open: true);
        using var socket = new TcpClient("127.0.0.1", connect.Port);

        await socket.GetStream().WriteAsync(Encoding.Latin1.GetBytes($"{head}Connection: close\r\n\r\n"));

        using var reader = new StreamReader(socket.GetStream(), Encoding.Latin1);
        Assert.Contains(" 400 ", (await reader.ReadToEndAsync()).Split('\n')[0], StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_cannot_be_is_told_at_the_start()
    {
        using var home = template.Copy();
        var files = ConnectProcess.Files(home.Data, "vc");
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        Task<CommandResult> Connect(params string[] arguments) => SignerProcess.RunAsync(null, ["connect", .. arguments]);

        Refusal.IsTold(await Connect(["https://signer:9000", "--listen", taken.LocalEndpoint.ToString()!, .. files]), "cannot listen on");
        Refusal.IsTold(
            await Connect(["https://signer:9000", "--listen", "0.0.0.0:19010", .. files]),
            "not an address of this machine alone",
            "--lend-to-network"
        );
        Refusal.IsTold(
            await Connect(["http://signer:9000", "--listen", "9010", .. files]),
            "not the address of a signer's API",
            "https://signer:9000"
        );
        Refusal.IsTold(await Connect(["https://signer:9000", "--listen", home.VaultFile, .. files]), "something else is there");
        Refusal.IsTold(await Connect(["https://signer:9000", "--listen", "9010", "--for", "push", .. files]), "token");
        Refusal.IsTold(
            await Connect(["https://signer:9000", "--listen", "9010", .. files[..3], home.VaultFile, .. files[4..]]),
            "cannot use"
        );
        Refusal.IsTold(await Connect(["--listen", "9010", .. files]), "no signer is named");
        Refusal.IsWrongUsage(await Connect("https://signer:9000", "--listen", "9010"));
    }

    private static void AssertLost(ApiAnswer answer) =>
        Assert.True(
            (answer.Status, answer.Reason)
                is
                    (HttpStatusCode.ServiceUnavailable, "signer_unreachable")
                    or
                    (HttpStatusCode.BadGateway, "signer_lost"),
            answer.Text
        );
}
