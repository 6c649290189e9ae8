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

        foreach (var body in (string[])[Chain.ExitJson, Chain.DepositJson])
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

        Assert.Equal("[]", (await connection.GetAsync("/api/v1/eth2/publicKeys"))!.Text);
        Assert.Equal(HttpStatusCode.NotFound, (await scene.Client.SignAsync(scene.Keys[0], Chain.RandaoJson())).Status);
        Assert.Equal(HttpStatusCode.OK, (await scene.Admin.SignAsync(scene.Keys[0], Chain.RandaoJson())).Status);
    }

    [Fact]
    public async Task A_door_without_TLS_serves_as_its_one_client()
    {
        var port = SignerProcess.FreePort();
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

    private async Task<SignerScene> StartAsync()
    {
        var scene = new SignerScene(template);
        await scene.InitializeAsync();
        return scene;
    }
}
