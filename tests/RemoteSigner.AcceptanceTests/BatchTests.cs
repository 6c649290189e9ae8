using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using RemoteSigner.AcceptanceTests.RollbackProtection;
using RemoteSigner.Rig;

namespace RemoteSigner.AcceptanceTests;

/// <summary>One message for many keys, whole ones, at the standard's batch endpoint; and a digest, which nothing signs.</summary>
public sealed class BatchTests(SignerTemplate template) : IDisposable
{
    private const string Generic =
        """{"type":"GENERIC","signing_data":{"object_root":"0x2222222222222222222222222222222222222222222222222222222222222222","domain":"0x0200000033333333333333333333333333333333333333333333333333333333"} }""";

    private readonly SignerHome _home = template.Copy();

    [Fact]
    public async Task Each_key_has_its_result_in_the_order_asked_for_and_one_that_is_refused_fails_alone()
    {
        await using var signer = await _home.StartAsync();
        using var client = ClientCertificate.Connect(signer, _home.Data, "vc");
        Assert.Equal(HttpStatusCode.OK, (await client.SignAsync(_home.Keys[1], Chain.VoteJson(fill: 2))).Status);
        var stranger = "0x" + new string('a', 96);
        string[] keys = [_home.Keys[2].ToString(), stranger, _home.Keys[1].ToString(), _home.Keys[0].ToString()];

        var results = await ResultsAsync(client, Batch(Chain.VoteJson(), keys));

        Assert.Equal(keys, results.Select(result => result["identifier"]!.GetValue<string>()));
        Assert.Equal((await client.SignAsync(_home.Keys[2], Chain.VoteJson())).Signature, results[0]["signature"]!.GetValue<string>());
        Assert.Equal((404, "unknown_key"), ErrorOf(results[1]));
        Assert.Equal(412, ErrorOf(results[2]).Code);
        Assert.StartsWith("double_vote: ", ErrorOf(results[2]).Message, StringComparison.Ordinal);
        Assert.Equal((await client.SignAsync(_home.Keys[0], Chain.VoteJson())).Signature, results[3]["signature"]!.GetValue<string>());
        Assert.All(results, result => Assert.Equal(2, result.AsObject().Count));
        Assert.All(await ResultsAsync(client, Batch(Chain.RandaoJson(), keys[0], keys[3])), result => Assert.NotNull(result["signature"]));
    }

    /// <summary>But not an envelope, which is as long as the protocol makes it: GloasTests.</summary>
    [Fact]
    public async Task What_signer_json_says_of_the_largest_body_holds_for_a_request_and_a_batch()
    {
        _home.Configure(options => options["api"]!["maxBodyBytes"] = 64 << 10);
        await using var signer = await _home.StartAsync();
        using var client = ClientCertificate.Connect(signer, _home.Data, "vc");
        var (fits, tooLong) = (new string(' ', 60 << 10), new string(' ', 70 << 10));
        var batch = Batch(Chain.RandaoJson(), _home.Keys[0].ToString());

        Assert.Equal(HttpStatusCode.OK, (await client.SignAsync(_home.Keys[0], Chain.RandaoJson() + fits)).Status);
        Assert.Equal(HttpStatusCode.OK, (await PostAsync(client, batch + fits)).Status);
        Assert.Equal(
            (HttpStatusCode.RequestEntityTooLarge, "body_too_large"),
            await client.SignAsync(_home.Keys[0], Chain.RandaoJson() + tooLong) is var refused ? (refused.Status, refused.Reason) : default
        );

        // The web server refuses this one by its length and closes the connection: a client that sends on all the same may see that first.
        using var asking = new HttpRequestMessage(HttpMethod.Post, "/api/v1/eth2/sign")
        {
            Content = new StringContent(batch + tooLong, Encoding.UTF8, "application/json"),
        };
        asking.Headers.ExpectContinue = true;
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, (await client.AskAsync(asking)).Status);
    }

    [Fact]
    public async Task A_body_that_is_no_batch_is_refused_before_any_key_is_looked_at()
    {
        await using var signer = await _home.StartAsync();
        using var client = ClientCertificate.Connect(signer, _home.Data, "vc");
        var (key, vote) = (_home.Keys[0].ToString(), Chain.VoteJson());
        (string Body, int Status, string Reason)[] bad =
        [
            (Batch(vote), 400, "malformed_member"),
            (Batch(vote, key, "0x" + key[2..].ToUpperInvariant()), 400, "doubled_member"),
            (Batch(vote, key, "0x1234"), 400, "malformed_member"),
            (Batch(Chain.ExitJson, key), 400, "not_batchable"),
            (Batch("""{"type":"NOTHING"}""", key), 400, "unknown_type"),
            (Batch(vote, key).Replace("\"identifiers\"", "\"hint\":1,\"identifiers\"", StringComparison.Ordinal), 400, "malformed_member"),
            ($$"""{"identifiers":["{{key}}"]}""", 400, "missing_member"),
            (Batch(vote, [.. Strangers(41_600)]), 413, "body_too_large"),
            (
                Batch(vote, key)
                    .Replace("\"identifiers\"", new string(' ', 1 << 20) + "\"hint\":1,\"identifiers\"", StringComparison.Ordinal),
                400,
                "malformed_member"
            ),
        ];

        foreach (var (body, status, reason) in bad)
        {
            var answer = await PostAsync(client, body);
            Assert.True(
                ((int)answer.Status, answer.Reason) == (status, reason),
                $"{status} {reason} was expected: {answer.Status} {answer.Text}"
            );
            Assert.Equal(status, answer.Json.GetProperty("code").GetInt32());
        }

        Assert.Equal(HttpStatusCode.OK, (await client.SignAsync(key, Chain.VoteJson(fill: 9))).Status);
    }

    [Fact]
    public async Task A_slot_of_mainnet_goes_in_one_request_and_the_results_keep_their_order()
    {
        await using var signer = await _home.StartAsync();
        using var client = ClientCertificate.Connect(signer, _home.Data, "vc");
        string[] keys = [.. Strangers(31_250)];
        (keys[0], keys[4_096], keys[^1]) = (_home.Keys[0].ToString(), _home.Keys[1].ToString(), _home.Keys[2].ToString());

        var results = await ResultsAsync(client, Batch(Chain.VoteJson(), keys));

        Assert.Equal(keys, results.Select(result => result["identifier"]!.GetValue<string>()));
        Assert.Equal([0, 4_096, 31_249], Enumerable.Range(0, results.Length).Where(i => results[i]["signature"] is not null));
        Assert.Equal((await client.SignAsync(_home.Keys[1], Chain.VoteJson())).Signature, results[4_096]["signature"]!.GetValue<string>());
        Assert.Equal((404, "unknown_key"), ErrorOf(results[^2]));
    }

    [Fact]
    public async Task A_batch_that_is_too_long_is_told_how_long_it_may_be_before_it_was_sent()
    {
        await using var signer = await _home.StartAsync();
        using var client = ClientCertificate.Connect(signer, _home.Data, "vc");
        client.DefaultRequestHeaders.ExpectContinue = true;

        var answer = await PostAsync(client, Batch(Chain.VoteJson(), [.. Strangers(50_000)]));

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, answer.Status);
        Assert.Contains("at most 4194304 bytes", answer.Text, StringComparison.Ordinal);
        Assert.Contains("send the others in another request", answer.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("portable", "what many keys sign at once is computed by portable")]
    [InlineData("off", "what many keys sign at once is computed by blst")]
    public async Task However_it_is_computed_the_signatures_are_the_same_and_the_log_says_how(string setting, string told)
    {
        string[] keys = [.. _home.Keys.Select(key => key.ToString())];
        var usual = await SignAsync();
        _home.Configure(settings => settings["signTogether"] = setting);

        Assert.Equal(usual, await SignAsync(told));

        async Task<string[]> SignAsync(string line = "what many keys sign at once is computed by ")
        {
            await using var signer = await _home.StartAsync();
            using var client = ClientCertificate.Connect(signer, _home.Data, "vc");
            var signatures = (await ResultsAsync(client, Batch(Chain.VoteJson(), keys)))
                .Select(result => result["signature"]!.GetValue<string>())
                .ToArray();
            Assert.Contains(line, signer.Output, StringComparison.Ordinal);
            return signatures;
        }
    }

    /// <summary>An answer that nobody takes is held in memory: no client has more than two of them.</summary>
    [Fact]
    public async Task Whoever_does_not_take_his_answers_is_told_to_ask_again_until_he_does()
    {
        await using var signer = await _home.StartAsync();
        using var client = ClientCertificate.Connect(signer, _home.Data, "vc");
        var body = Batch(Chain.VoteJson(), [.. Strangers(41_000)]);
        var first = await BeginAsync();
        var second = await BeginAsync();

        var third = await PostAsync(client, body);

        Assert.Equal((HttpStatusCode.ServiceUnavailable, "busy"), (third.Status, third.Reason));
        Assert.Equal(HttpStatusCode.OK, (await PostAsync(client, Batch(Chain.VoteJson(), _home.Keys[0].ToString()))).Status);
        Assert.Equal(41_000, JsonNode.Parse(await first.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))!.AsArray().Count);
        first.Dispose();
        Assert.Equal(41_000, (await ResultsAsync(client, body)).Length);
        second.Dispose();

        Task<HttpResponseMessage> BeginAsync() =>
            client.SendAsync(
                new HttpRequestMessage(HttpMethod.Post, "/api/v1/eth2/sign")
                {
                    Content = new StringContent(body, Encoding.UTF8, "application/json"),
                },
                HttpCompletionOption.ResponseHeadersRead,
                TestContext.Current.CancellationToken
            );
    }

    [Fact]
    public async Task A_digest_is_signed_for_nobody_and_the_log_says_who_asked()
    {
        await using (var signer = await _home.StartAsync())
        {
            using var client = ClientCertificate.Connect(signer, _home.Data, "vc");
            var single = await client.SignAsync(_home.Keys[0], Generic);
            Assert.Equal((HttpStatusCode.NotImplemented, "generic_not_supported"), (single.Status, single.Reason));
            Assert.Equal(
                (501, "generic_not_supported"),
                ErrorOf(Assert.Single(await ResultsAsync(client, Batch(Generic, _home.Keys[0].ToString()))))
            );
        }

        var told = (await AuditLines.ReadAsync(_home.LedgerFile))
            .Where(line => line.Contains("generic_not_supported", StringComparison.Ordinal))
            .ToList();
        Assert.Equal(2, told.Count);
        Assert.All(told, line => Assert.Contains("\"client\":\"vc\"", line, StringComparison.Ordinal));
        (await _home.RunAsync("audit", "verify")).Succeeded();
    }

    public void Dispose() => _home.Dispose();

    private static IEnumerable<string> Strangers(int count) => Enumerable.Range(0, count).Select(i => $"0x{i:x96}");

    private static string Batch(string request, params string[] keys) =>
        $$"""{"identifiers":[{{string.Join(',', keys.Select(key => $"\"{key}\""))}}],"signing_request":{{request}}}""";

    private static async Task<ApiAnswer> PostAsync(HttpClient client, string body)
    {
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        return await client.AskAsync(HttpMethod.Post, "/api/v1/eth2/sign", content);
    }

    private static async Task<JsonNode[]> ResultsAsync(HttpClient client, string body)
    {
        var answer = await PostAsync(client, body);
        Assert.True(answer.Status is HttpStatusCode.OK, answer.Text);
        return [.. JsonNode.Parse(answer.Text)!.AsArray().OfType<JsonNode>()];
    }

    private static (int Code, string Message) ErrorOf(JsonNode result) =>
        (result["error"]!["code"]!.GetValue<int>(), result["error"]!["message"]!.GetValue<string>());
}
