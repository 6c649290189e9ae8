using System.Net;
using RemoteSigner.Rig;

namespace RemoteSigner.AcceptanceTests;

/// <summary>Which endpoint answers what, on which listener, under which host name.</summary>
public sealed class RoutingTests(SignerScene scene) : IClassFixture<SignerScene>
{
    [Fact]
    public async Task A_key_is_found_with_and_without_prefix_and_in_any_case()
    {
        var hex = Convert.ToHexStringLower(scene.Keys[0].Bytes);
        var answers = new List<ApiAnswer>();
        foreach (var identifier in (string[])["0x" + hex, hex, "0x" + hex.ToUpperInvariant(), hex.ToUpperInvariant()])
        {
            answers.Add(await scene.Client.SignAsync(identifier, Chain.RandaoJson()));
        }

        Assert.All(answers, answer => Assert.Equal(HttpStatusCode.OK, answer.Status));
        Assert.Single(answers.Select(answer => answer.Text).Distinct());
    }

    [Theory]
    [InlineData("0x1234")]
    [InlineData("nonsense")]
    [InlineData("0xaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")]
    public async Task A_key_that_is_not_here_is_not_found(string identifier)
    {
        var answer = await scene.Client.SignAsync(identifier, Chain.RandaoJson());

        Assert.Equal(HttpStatusCode.NotFound, answer.Status);
        Assert.Equal("""{"code":404,"message":"Not Found","reason":"unknown_key"}""", answer.Text);
    }

    [Theory]
    [InlineData("GET", "/api/v1/eth2/sign/0x12", "POST")]
    [InlineData("POST", "/api/v1/eth2/publicKeys", "GET")]
    [InlineData("DELETE", "/reload", "GET, POST")]
    [InlineData("POST", "/upcheck", "GET")]
    public async Task A_wrong_verb_is_refused_and_the_right_ones_are_named(string verb, string path, string allowed)
    {
        using var request = new HttpRequestMessage(new HttpMethod(verb), new Uri(path, UriKind.Relative));

        using var response = await scene.Client.SendAsync(request);

        Assert.Equal(HttpStatusCode.MethodNotAllowed, response.StatusCode);
        Assert.Equal(allowed, string.Join(", ", response.Content.Headers.Allow.Order()));
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/api/v1/eth2/signs")]
    [InlineData("/api/v1/eth1/publicKeys")]
    [InlineData("/eth/v1/keystore")]
    public async Task An_unknown_path_is_not_found(string path)
    {
        var answer = await scene.Client.ReadAsync(path);

        Assert.Equal(HttpStatusCode.NotFound, answer.Status);
        Assert.Equal("Not Found", answer.Json.GetProperty("message").GetString());
    }

    [Fact]
    public async Task The_API_listener_has_no_metrics() =>
        Assert.Equal(HttpStatusCode.NotFound, (await scene.Admin.ReadAsync("/metrics")).Status);

    [Fact]
    public async Task The_operations_listener_neither_signs_nor_lists_keys_nor_reloads()
    {
        Assert.Equal(HttpStatusCode.NotFound, (await scene.Operations.SignAsync(scene.Keys[0], Chain.RandaoJson())).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await scene.Operations.ReadAsync("/api/v1/eth2/publicKeys")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await scene.Operations.ReadAsync("/api/v1/eth2/highWatermark")).Status);
        Assert.NotEqual(HttpStatusCode.Accepted, (await scene.Operations.AskAsync(HttpMethod.Post, "/reload")).Status);
    }

    [Theory]
    [InlineData("localhost", HttpStatusCode.OK)]
    [InlineData("LOCALHOST", HttpStatusCode.OK)]
    [InlineData("127.0.0.1:1234", HttpStatusCode.OK)]
    [InlineData("signer.example", HttpStatusCode.Forbidden)]
    [InlineData("", HttpStatusCode.Forbidden)]
    public async Task Only_listed_host_names_are_served(string host, HttpStatusCode expected)
    {
        using var connection = await RawConnection.OpenAsync(scene.Signer, scene.Home.Data, "vc");

        var answer = await connection.GetAsync("/upcheck", host);

        Assert.Equal(expected, answer!.Status);
        if (expected == HttpStatusCode.Forbidden)
        {
            Assert.Equal("application/json; charset=utf-8", answer.ContentType);
            Assert.Equal("Host not authorized.", answer.Json.GetProperty("message").GetString());
        }
    }

    [Fact]
    public async Task The_operations_listener_has_a_list_of_host_names_too()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri("/metrics", UriKind.Relative))
        {
            Headers = { Host = "signer.example" },
        };

        Assert.Equal(HttpStatusCode.Forbidden, (await scene.Operations.AskAsync(request)).Status);
    }

    [Fact]
    public async Task Every_answer_carries_a_request_id_that_is_its_own()
    {
        var ids = new List<string>();
        foreach (var path in (string[])["/upcheck", "/healthcheck", "/nowhere"])
        {
            using var response = await scene.Client.GetAsync(new Uri(path, UriKind.Relative));
            ids.Add(response.Headers.GetValues("X-Request-Id").Single());
        }

        Assert.Equal(3, ids.Distinct().Count());
    }
}
