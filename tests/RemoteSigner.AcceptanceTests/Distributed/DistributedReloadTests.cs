using System.Net;
using System.Text.Json.Nodes;
using RemoteSigner.AcceptanceTests.Dv;
using RemoteSigner.Rig;

namespace RemoteSigner.AcceptanceTests.Distributed;

/// <summary>Endpoints that change: in force with a reload, and whoever wants an account that is not told of learns why.</summary>
public sealed class DistributedReloadTests(SignerTemplate template) : IDisposable
{
    private readonly SignerHome _home = template.Copy();

    [Fact]
    public async Task An_account_is_told_of_once_the_configuration_says_where_this_signer_is()
    {
        await using var signer = await _home.StartAsync();
        using var client = ClientCertificate.Connect(signer, _home.Data, "vc");
        var path = $"/api/v1/eth2/distributed/accounts/{_home.Keys[0]}";
        Assert.Equal("[]", (await client.ReadAsync("/api/v1/eth2/distributed/accounts")).Text);
        var unknown = await client.ReadAsync(path);
        Assert.Equal((HttpStatusCode.NotFound, "account_not_configured"), (unknown.Status, unknown.Reason));
        Assert.Equal(
            HttpStatusCode.OK,
            (await DvScene.PostAsync(client, $"/{_home.Keys[0]}", Chain.RandaoJson(), DvScene.Distributed)).Status
        );

        _home.Configure(options => options["distributed"] = new JsonObject { ["endpoint"] = "https://here.example:9000" });
        (await CommandResult.OfAsync("kill", ["-HUP", $"{signer.Id}"])).Succeeded();
        var state = (await signer.EndOfReloadAsync()).Json;

        Assert.Equal("completed", state.GetProperty("status").GetString());
        Assert.False(state.TryGetProperty("message", out _), "nothing wants a restart");
        Assert.Equal(
            "https://here.example:9000",
            (string)JsonNode.Parse((await client.ReadAsync(path)).Text)!["participants"]![0]!["endpoint"]!
        );
    }

    [Theory]
    [InlineData("""{"endpoint":"http://here.example"}""", "distributed.endpoint")]
    [InlineData("""{"endpoint":"https://here.example/"}""", "distributed.endpoint")]
    [InlineData("""{"clusters":{"0x12":{}}}""", "distributed.clusters.0x12")]
    [InlineData(
        """{"clusters":{"0x1111111111111111111111111111111111111111111111111111111111111111":{"0":"https://a.example","1":"https://a.example"}}}""",
        "'0' is no share index"
    )]
    [InlineData(
        """{"clusters":{"0x1111111111111111111111111111111111111111111111111111111111111111":{"2":"https://a.example","1":"https://A.example"}}}""",
        "the host in lower case"
    )]
    [InlineData("""{"groups":[null]}""", "distributed.groups")]
    [InlineData("""{"clusters":{"0x1111111111111111111111111111111111111111111111111111111111111111":null}}""", "must be an object")]
    [InlineData(
        """{"clusters":{"0xaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa":{},"AAAAaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa":{}}}""",
        "a cluster stands twice"
    )]
    [InlineData(
        """{"clusters":{"0x1111111111111111111111111111111111111111111111111111111111111111":{"1":"https://a.example","2":"https://a.example:443"}}}""",
        "two participants have one endpoint"
    )]
    [InlineData("""null""", "distributed must be an object")]
    [InlineData(
        """{"groups":[{"compositePublicKey":"0xb0e7791fb972fe014159aa33a98622da3cdc98ff707965e536d8636b5fcc5ac7a91a8c46e59a00dca575af0f18fb13dc","threshold":1,"participants":[{"id":"1","publicKey":"0x89ece308f9d1f0131765212deca99697b112d61f9be9a5f1f3780a51335b3ff981747a0b2ca2179b96d2c0c9024e5224","endpoint":"https://a.example"}]}]}""",
        "do not make its public key"
    )]
    [InlineData("""{"groups":[{"compositePublicKey":"0x1","threshold":1,"participants":[]}]}""", "distributed.groups")]
    public async Task A_configuration_that_cannot_be_is_refused_before_anything_starts(string distributed, string named)
    {
        _home.Configure(options => options["distributed"] = JsonNode.Parse(distributed));

        var result = await _home.RunAsync("serve");

        Assert.Equal(1, result.ExitCode);
        Assert.Contains(named, result.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("Exception", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_whose_groups_do_not_hold_gives_nobody_more_rights()
    {
        _home.Configure(options => options["clients"]!["vc"]!["keys"] = new JsonArray(_home.Keys[0].ToString()));
        await using var signer = await _home.StartAsync();
        using var client = ClientCertificate.Connect(signer, _home.Data, "vc");
        _home.Configure(options =>
        {
            options["clients"]!["vc"]!["keys"] = new JsonArray("*");
            options["distributed"] = JsonNode.Parse(
                """{"groups":[{"compositePublicKey":"0xb0e7791fb972fe014159aa33a98622da3cdc98ff707965e536d8636b5fcc5ac7a91a8c46e59a00dca575af0f18fb13dc","threshold":1,"participants":[{"id":"1","publicKey":"0x89ece308f9d1f0131765212deca99697b112d61f9be9a5f1f3780a51335b3ff981747a0b2ca2179b96d2c0c9024e5224","endpoint":"https://a.example"}]}]}"""
            );
        });

        (await CommandResult.OfAsync("kill", ["-HUP", $"{signer.Id}"])).Succeeded();

        var report = (await signer.EndOfReloadAsync()).Json;
        Assert.Equal("completed_with_errors", report.GetProperty("status").GetString());
        Assert.Contains("do not make its public key", report.GetProperty("lastError").GetString(), StringComparison.Ordinal);
        Assert.Equal($"[\"{_home.Keys[0]}\"]", (await client.ReadAsync("/api/v1/eth2/publicKeys")).Text);
    }

    public void Dispose() => _home.Dispose();
}
