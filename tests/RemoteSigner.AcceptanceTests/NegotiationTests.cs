using System.Net;
using RemoteSigner.Rig;

namespace RemoteSigner.AcceptanceTests;

/// <summary>Which form an answer has, by the Accept header: Web3Signer's rules.</summary>
public sealed class NegotiationTests(SignerScene scene) : IClassFixture<SignerScene>
{
    [Theory]
    [InlineData("application/json")]
    [InlineData("*/*")]
    [InlineData("Application/JSON")]
    [InlineData("text/plain, application/json;q=0.1")]
    [InlineData("application/json; q=0")]
    [InlineData("text/html, */*;q=0.8")]
    public async Task A_client_that_accepts_JSON_gets_the_signature_as_JSON(string accept)
    {
        var answer = await SignAsync(accept);

        Assert.Equal(HttpStatusCode.OK, answer.Status);
        Assert.Equal("application/json; charset=utf-8", answer.ContentType);
        Assert.Matches("^0x[0-9a-f]{192}$", answer.Signature);
        Assert.Single(answer.Json.EnumerateObject());
    }

    [Theory]
    [InlineData(null)]
    [InlineData("text/plain")]
    [InlineData("application/*")]
    [InlineData("application/json-seq")]
    public async Task Any_other_client_gets_bare_hex(string? accept)
    {
        var answer = await SignAsync(accept);

        Assert.Equal(HttpStatusCode.OK, answer.Status);
        Assert.Equal("text/plain; charset=utf-8", answer.ContentType);
        Assert.Matches("^0x[0-9a-f]{192}$", answer.Text);
    }

    [Theory]
    [InlineData("text/plain")]
    [InlineData("application/xml")]
    public async Task The_content_type_of_a_request_does_not_matter(string contentType)
    {
        using var content = new StringContent(Chain.RandaoJson(), null, contentType);

        var answer = await scene.Client.AskAsync(HttpMethod.Post, $"/api/v1/eth2/sign/{scene.Keys[0]}", content);

        Assert.Equal(HttpStatusCode.OK, answer.Status);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("application/json")]
    [InlineData("text/plain")]
    [InlineData("image/png")]
    public async Task Upcheck_answers_whatever_is_accepted(string? accept)
    {
        var answer = await AskAsync(HttpMethod.Get, "/upcheck", accept);

        Assert.Equal(new ApiAnswer(HttpStatusCode.OK, "text/plain; charset=utf-8", "OK"), answer);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("application/json")]
    [InlineData("application/*")]
    [InlineData("text/plain, */*;q=0.1")]
    public async Task Public_keys_are_a_JSON_array_of_hex(string? accept)
    {
        var answer = await AskAsync(HttpMethod.Get, "/api/v1/eth2/publicKeys", accept);

        Assert.Equal(HttpStatusCode.OK, answer.Status);
        Assert.Equal("application/json; charset=utf-8", answer.ContentType);
        Assert.Equal(
            scene.Keys.Select(key => $"0x{Convert.ToHexStringLower(key.Bytes)}").Order(),
            answer.Json.EnumerateArray().Select(key => key.GetString()!).Order()
        );
    }

    [Theory]
    [InlineData("text/plain")]
    [InlineData("application/xml, text/*")]
    public async Task Public_keys_are_not_acceptable_to_a_client_that_takes_no_JSON(string accept)
    {
        var answer = await AskAsync(HttpMethod.Get, "/api/v1/eth2/publicKeys", accept);

        Assert.Equal(HttpStatusCode.NotAcceptable, answer.Status);
        Assert.Equal("Not Acceptable", answer.Json.GetProperty("message").GetString());
    }

    private Task<ApiAnswer> SignAsync(string? accept)
    {
        var content = new StringContent(Chain.RandaoJson());
        return AskAsync(HttpMethod.Post, $"/api/v1/eth2/sign/{scene.Keys[0]}", accept, content);
    }

    private async Task<ApiAnswer> AskAsync(HttpMethod method, string path, string? accept, HttpContent? content = null)
    {
        using var client = scene.Connect("vc");
        client.DefaultRequestHeaders.Accept.Clear();
        using var request = new HttpRequestMessage(method, new Uri(path, UriKind.Relative)) { Content = content };
        if (accept is not null)
        {
            request.Headers.TryAddWithoutValidation("Accept", accept);
        }

        return await client.AskAsync(request);
    }
}
