using System.Net;
using System.Text.Json.Nodes;
using RemoteSigner.Rig;

namespace RemoteSigner.AcceptanceTests;

/// <summary>Who may ask for what.</summary>
public sealed class AccessTests(SignerTemplate template)
{
    [Fact]
    public async Task Exits_and_deposits_are_for_those_who_were_given_all_duties()
    {
        await using var scene = await StartAsync();

        foreach (var body in (string[])[Chain.ExitJson, Chain.DepositJson(scene.Keys[0])])
        {
            var forbidden = await scene.Client.SignAsync(scene.Keys[0], body);
            var unknown = await scene.Client.SignAsync("0x" + new string('a', 96), body);

            Assert.Equal(HttpStatusCode.NotFound, forbidden.Status);
            Assert.Equal(unknown, forbidden);
            Assert.Equal(HttpStatusCode.OK, (await scene.Admin.SignAsync(scene.Keys[0], body)).Status);
        }
    }

    [Fact]
    public async Task A_key_that_is_taken_from_a_client_is_not_found_after_a_reload()
    {
        await using var scene = await StartAsync();
        Assert.Equal(4, (await scene.Client.ReadAsync("/api/v1/eth2/publicKeys")).Json.GetArrayLength());

        scene.Home.Configure(options => options["clients"]!["vc"]!["keys"] = new JsonArray(scene.Keys[1].ToString()));
        await scene.HangUpAsync();

        Assert.Equal($"[\"{scene.Keys[1]}\"]", (await scene.Client.ReadAsync("/api/v1/eth2/publicKeys")).Text);
        Assert.Equal(HttpStatusCode.OK, (await scene.Client.SignAsync(scene.Keys[1], Chain.RandaoJson())).Status);
        var forbidden = await scene.Client.SignAsync(scene.Keys[0], Chain.RandaoJson());
        Assert.Equal(await scene.Client.SignAsync("0x" + new string('a', 96), Chain.RandaoJson()), forbidden);
        Assert.Equal(HttpStatusCode.OK, (await scene.Admin.SignAsync(scene.Keys[0], Chain.RandaoJson())).Status);
    }

    [Fact]
    public async Task A_client_that_is_taken_out_loses_its_leave_on_a_connection_that_is_open()
    {
        await using var scene = await StartAsync();
        using var connection = await RawConnection.OpenAsync(scene.Signer, scene.Home.Data, "vc");
        Assert.Equal(4, (await connection.GetAsync("/api/v1/eth2/publicKeys"))!.Json.GetArrayLength());

        scene.Home.Configure(options => options["clients"]!.AsObject().Remove("vc"));
        await scene.HangUpAsync();

        // Not an empty list: clients drop their validators at that.
        Assert.Equal(
            (HttpStatusCode.Forbidden, "client_not_named"),
            await connection.GetAsync("/api/v1/eth2/publicKeys") is { } list ? (list.Status, list.Reason) : default
        );
        Assert.Equal(HttpStatusCode.NotFound, (await scene.Client.SignAsync(scene.Keys[0], Chain.RandaoJson())).Status);
        Assert.Equal(HttpStatusCode.OK, (await scene.Admin.SignAsync(scene.Keys[0], Chain.RandaoJson())).Status);
    }

    [Fact]
    public async Task A_client_without_duties_has_no_keys_to_use_and_is_told_so()
    {
        await using var scene = await StartAsync();
        scene.Home.Configure(options => options["clients"]!["vc"]!["duties"] = new System.Text.Json.Nodes.JsonArray());
        await scene.HangUpAsync();

        foreach (var path in new[] { "/api/v1/eth2/publicKeys", "/api/v1/eth2/distributed/accounts" })
        {
            Assert.Equal(
                (HttpStatusCode.Forbidden, "no_duties"),
                await scene.Client.ReadAsync(path) is { } list ? (list.Status, list.Reason) : default
            );
        }

        Assert.Equal(4, (await scene.Admin.ReadAsync("/api/v1/eth2/publicKeys")).Json.GetArrayLength());
    }

    [Fact]
    public async Task A_door_without_TLS_serves_as_its_one_client()
    {
        var port = LoopbackPort.Free();
        using var home = template.Copy();
        var socket = home.Beside("api.sock");
        await using var signer = await home.StartAsync("--loopback-http", $"{port}=vc", "--loopback-http", $"{socket}=admin");
        using var client = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}") };
        using var admin = UnixSocket.Connect(socket);

        Assert.Equal(HttpStatusCode.OK, (await client.SignAsync(home.Keys[0], Chain.RandaoJson())).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await client.SignAsync(home.Keys[0], Chain.ExitJson)).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await client.ReadAsync("/metrics")).Status);
        Assert.Equal(HttpStatusCode.OK, (await admin.SignAsync(home.Keys[0], Chain.ExitJson)).Status);
        Assert.False(File.GetUnixFileMode(socket).HasFlag(UnixFileMode.OtherWrite), "anybody on this machine may sign through the socket");
    }

    [Fact]
    public async Task A_page_in_a_browser_cannot_use_the_door_without_TLS()
    {
        var port = LoopbackPort.Free();
        using var home = template.Copy();
        await using var signer = await home.StartAsync("--loopback-http", $"{port}=vc");
        using var browser = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}") };
        browser.DefaultRequestHeaders.Add("Origin", "https://example.org");

        var answer = await browser.SignAsync(home.Keys[0], Chain.RandaoJson());

        Assert.Equal((HttpStatusCode.Forbidden, "browser_not_welcome"), (answer.Status, answer.Reason));
    }

    [Theory]
    [InlineData("Origin", "https://example.org")]
    [InlineData("Sec-Fetch-Site", "cross-site")]
    public async Task A_page_in_a_browser_that_has_a_certificate_cannot_either(string header, string value)
    {
        using var home = template.Copy();
        await using var signer = await home.StartAsync();
        using var browser = ClientCertificate.Connect(signer, home.Data, "vc");
        browser.DefaultRequestHeaders.Add(header, value);

        var answer = await browser.SignAsync(home.Keys[0], Chain.VoteJson());

        Assert.Equal((HttpStatusCode.Forbidden, "browser_not_welcome"), (answer.Status, answer.Reason));
    }

    [Fact]
    public async Task A_file_where_a_socket_is_to_be_is_left_alone()
    {
        using var home = template.Copy();
        var before = await File.ReadAllBytesAsync(home.VaultFile);

        Refusal.IsTold(await home.RunAsync("serve", "--loopback-http", $"{home.VaultFile}=vc"), "something else is there");

        Assert.Equal(before, await File.ReadAllBytesAsync(home.VaultFile));
    }

    [Fact]
    public async Task A_socket_that_a_killed_signer_left_behind_does_not_keep_the_next_from_starting()
    {
        using var home = template.Copy();
        var socket = home.Beside("left.sock");
        await using (var killed = await home.StartAsync("--loopback-http", $"{socket}=vc"))
        {
            await killed.KillAsync();
        }

        Assert.True(File.Exists(socket), "the test needs a socket left behind");
        await using var signer = await home.StartAsync("--loopback-http", $"{socket}=vc");
        using var client = UnixSocket.Connect(socket);
        Assert.Equal(HttpStatusCode.OK, (await client.SignAsync(home.Keys[0], Chain.RandaoJson())).Status);
    }

    [Fact]
    public async Task A_reload_loses_no_duty_in_flight()
    {
        await using var scene = await StartAsync();
        using var stop = new CancellationTokenSource();
        var signing = Enumerable
            .Range(0, 8)
            .Select(i =>
                Task.Run(async () =>
                {
                    var statuses = new List<HttpStatusCode>();
                    while (!stop.IsCancellationRequested)
                    {
                        statuses.Add((await scene.Admin.SignAsync(scene.Keys[i % 4], Chain.RandaoJson())).Status);
                    }

                    return statuses;
                })
            )
            .ToList();
        for (var i = 0; i < 8; i++)
        {
            Assert.Equal("completed", (await scene.HangUpAsync()).Json.GetProperty("status").GetString());
        }

        await stop.CancelAsync();
        var all = (await Task.WhenAll(signing)).SelectMany(statuses => statuses).ToList();
        Assert.True(all.Count > 100, $"only {all.Count} duties were in flight");
        Assert.All(all, status => Assert.Equal(HttpStatusCode.OK, status));
    }

    [Fact]
    public async Task Only_a_named_client_may_ask_for_a_reload()
    {
        await using var scene = await StartAsync();
        scene.Home.Configure(options => options["clients"]!.AsObject().Remove("vc"));
        await scene.HangUpAsync();

        Assert.Equal(HttpStatusCode.NotFound, (await scene.Client.AskAsync(HttpMethod.Post, "/reload")).Status);
        Assert.Equal(HttpStatusCode.Accepted, (await scene.Admin.AskAsync(HttpMethod.Post, "/reload")).Status);
    }

    private async Task<SignerScene> StartAsync()
    {
        var scene = new SignerScene(template);
        await scene.InitializeAsync();
        return scene;
    }
}
