using System.Net;
using System.Text;
using RemoteSigner.Rig;

namespace RemoteSigner.AcceptanceTests;

/// <summary>
/// Requests that a proxy in front of the signer may read in another way than the signer does, and requests that end in the middle.
/// </summary>
public sealed class FramingTests(SignerScene scene, SignerTemplate template) : IClassFixture<SignerScene>
{
    private string Sign => $"/api/v1/eth2/sign/{scene.Keys[0]}";

    private static string Body => Chain.RandaoJson();

    private static string Chunked => $"{Body.Length:x}\r\n{Body}\r\n0\r\n\r\n";

    private static string Length => $"Content-Length: {Body.Length}\r\n";

    [Fact]
    public async Task A_body_in_chunks_is_signed() =>
        Assert.Equal(HttpStatusCode.OK, (await PostAsync(Sign, "Transfer-Encoding: chunked\r\n", Chunked)).Status);

    [Theory]
    [InlineData("Transfer-Encoding: gzip, chunked\r\n", "transfer_encoding")]
    [InlineData("Transfer-Encoding: Chunked\r\n", "transfer_encoding")]
    [InlineData("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n", "transfer_encoding")]
    [InlineData("Transfer-Encoding: identity, chunked\r\n", "transfer_encoding")]
    [InlineData("Transfer-Encoding: chunked\r\nContent-Length: 5\r\n", "two_lengths")]
    [InlineData("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", "two_lengths")]
    public async Task A_body_whose_length_two_programs_may_read_differently_is_refused(string headers, string reason)
    {
        var answer = await PostAsync(Sign, headers, Chunked);

        Assert.Equal(HttpStatusCode.BadRequest, answer.Status);
        Assert.Equal(reason, answer.Reason);
    }

    /// <summary>The web server refuses these by itself, before anything of ours sees them.</summary>
    [Fact]
    public async Task A_head_that_two_programs_may_read_differently_is_refused_counted_and_a_line_for_who_debugs()
    {
        using var home = template.Copy();
        home.Configure(options => options["log"]!["level"] = "debug");
        await using var signer = await home.StartAsync();
        string[] heads =
        [
            $"{Length}{Length}",
            "Content-Length: 5, 5\r\n",
            $"{Length}X-Odd: a\r\n b\r\n",
            $"X-Odd: a\n{Length}",
            $"X-Odd : a\r\n{Length}",
        ];
        foreach (var head in heads)
        {
            using var connection = await RawConnection.OpenAsync(signer, home.Data, "admin");
            await connection.SendAsync(Head("POST", $"/api/v1/eth2/sign/{home.Keys[0]}", head) + Body);
            Assert.StartsWith("HTTP/1.1 400 ", await connection.ReadSomeAsync());
        }

        using var first = await RawConnection.OpenAsync(signer, home.Data, "admin");
        await first.SendAsync($"POST /api/v1/eth2/sign/{home.Keys[0]} HTTP/1.1\nHost: localhost\r\n{Length}\r\n{Body}");
        Assert.StartsWith("HTTP/1.1 400 ", await first.ReadSomeAsync());

        using var operations = new HttpClient { BaseAddress = signer.Operations };
        await WaitForAsync(async () =>
            (await operations.GetStringAsync("/metrics")).Contains(
                $"remote_signer_requests_turned_away_total{{reason=\"bad_request\"}} {heads.Length + 1}",
                StringComparison.Ordinal
            )
        );
        await WaitForAsync(() =>
            Task.FromResult(
                signer
                    .Output.Split('\n')
                    .Count(line =>
                        line.Contains(" dbug: ", StringComparison.Ordinal)
                        && line.Contains("a request of 127.0.0.1:", StringComparison.Ordinal)
                    )
                    == heads.Length + 1
            )
        );
        Assert.Contains(signer.Output.Split('\n'), line =>
            line.Contains(" warn: ", StringComparison.Ordinal)
            && line.Contains("refused a head that cannot be read, of 127.0.0.1: bad_request: ", StringComparison.Ordinal)
        );
        Assert.DoesNotContain("   at ", signer.Output);
    }

    [Theory]
    [InlineData("X)Odd: a\r\n")]
    [InlineData("X-Odd: a\u000fb\r\n")]
    [InlineData("X-Odd: a\u007f\r\n")]
    [InlineData("X-Odd: a\u001b[2J\r\n")]
    public async Task A_header_that_two_programs_may_cut_differently_is_refused(string header)
    {
        var answer = await PostAsync(Sign, header + Length, Body);

        Assert.Equal((HttpStatusCode.BadRequest, "header_not_plain"), (answer.Status, answer.Reason));
    }

    [Fact]
    public async Task A_tab_in_a_header_is_plain() =>
        Assert.Equal(HttpStatusCode.OK, (await PostAsync(Sign, "X-Odd: a\tb\r\n" + Length, Body)).Status);

    [Theory]
    [InlineData("gzip")]
    [InlineData("identity")]
    [InlineData("br, gzip")]
    public async Task A_body_that_says_it_is_compressed_is_refused(string encoding)
    {
        var answer = await PostAsync(Sign, $"{Length}Content-Encoding: {encoding}\r\n", Body);

        Assert.Equal(HttpStatusCode.UnsupportedMediaType, answer.Status);
        Assert.Equal("content_encoding", answer.Reason);
    }

    [Theory]
    [InlineData("/api/v1/eth2/sign/KEY/", HttpStatusCode.NotFound)]
    [InlineData("/api/v1/eth2/SIGN/KEY", HttpStatusCode.NotFound)]
    [InlineData("/API/v1/eth2/sign/KEY", HttpStatusCode.NotFound)]
    [InlineData("/api/v1/eth2/sign/", HttpStatusCode.NotFound)]
    [InlineData("/api/v1//eth2/sign/KEY", HttpStatusCode.NotFound)]
    [InlineData("/api/v1/eth2/sign/%30xKEY", HttpStatusCode.BadRequest)]
    [InlineData("/api/v1/eth2/%73ign/KEY", HttpStatusCode.BadRequest)]
    [InlineData("/api/v1/eth2/nowhere/../sign/KEY", HttpStatusCode.BadRequest)]
    [InlineData("/api/v1/eth2/./sign/KEY", HttpStatusCode.BadRequest)]
    [InlineData("https://localhost/api/v1/eth2/sign/KEY", HttpStatusCode.BadRequest)]
    [InlineData("/api/v1/eth2/sign/KEY?x=%30", HttpStatusCode.OK)]
    public async Task A_path_is_taken_as_it_is_documented_and_in_no_other_way(string path, HttpStatusCode expected) =>
        Assert.Equal(expected, (await PostAsync(path.Replace("KEY", $"{scene.Keys[0]}", StringComparison.Ordinal), Length, Body)).Status);

    [Theory]
    [InlineData("POST", "/api/v1/eth2/sign/KEY")]
    [InlineData("POST", "/api/v1/eth2/sign")]
    [InlineData("POST", "/api/v1/eth2/distributed/sign")]
    [InlineData("POST", "/api/v1/eth2/distributed/sign/KEY")]
    [InlineData("POST", "/api/v1/dv/slashable")]
    [InlineData("POST", "/api/v1/dv/combine")]
    [InlineData("POST", "/api/v1/dv/clusters/0x00/lock-signatures")]
    [InlineData("POST", "/eth/v1/keystores")]
    [InlineData("DELETE", "/eth/v1/keystores")]
    [InlineData("POST", "/v1/validators")]
    [InlineData("DELETE", "/v1/validators")]
    [InlineData("POST", "/v1/validators/sign/KEY")]
    [InlineData("POST", "/v1/operator/sign")]
    [InlineData("POST", "/attestation/credential")]
    public async Task A_chunk_that_is_none_is_a_bad_request_at_every_door(string verb, string path)
    {
        var before = scene.Signer.Output.Length;
        foreach (var chunk in (string[])["80000000\r\n{}\r\n", "ffffffffffffffff\r\n{}\r\n", "-1\r\n{}\r\n", "zz\r\n{}\r\n", "2\r\n{}XX"])
        {
            var answer = await PostAsync(
                path.Replace("KEY", $"{scene.Keys[0]}", StringComparison.Ordinal),
                "Transfer-Encoding: chunked\r\n",
                chunk,
                verb
            );

            // A door that refuses the client looks at no body.
            Assert.True((int)answer.Status is 400 or 401 or 403, $"{chunk.ReplaceLineEndings(" ")}: {(int)answer.Status}");
        }

        Assert.DoesNotContain("   at ", scene.Signer.Output[before..]);
    }

    [Theory]
    [InlineData("/api/v1/eth2/sign/KEY")]
    [InlineData("/api/v1/eth2/distributed/sign")]
    [InlineData("/api/v1/dv/combine")]
    public async Task A_client_that_goes_away_in_the_middle_of_its_body_is_counted_and_no_error(string path)
    {
        var before = scene.Signer.Output.Length;
        var counted = await AbandonedAsync();
        for (var i = 0; i < 3; i++)
        {
            using var connection = await RawConnection.OpenAsync(scene.Signer, scene.Home.Data, "vc");
            await connection.SendAsync(
                Head(
                    "POST",
                    path.Replace("KEY", $"{scene.Keys[0]}", StringComparison.Ordinal),
                    "Content-Length: 5000\r\nExpect: 100-continue\r\n"
                )
            );

            // The door reads the body: a reset that came earlier would take the request along.
            Assert.StartsWith("HTTP/1.1 100 Continue", await connection.ReadSomeAsync());
            if (i > 0)
            {
                connection.Reset();
            }
        }

        await WaitForAsync(async () => await AbandonedAsync() >= counted + 3);

        Assert.DoesNotContain("   at ", scene.Signer.Output[before..]);
        Assert.DoesNotContain("fail: ", scene.Signer.Output[before..]);
    }

    [Fact]
    public async Task A_client_that_cancels_a_stream_of_HTTP2_is_counted_and_no_error()
    {
        var before = scene.Signer.Output.Length;
        var counted = await AbandonedAsync();
        using var client = scene.Connect("vc");
        for (var i = 0; i < 5; i++)
        {
            using var cancel = new CancellationTokenSource();
            using var body = new SlowBody(cancel);
            using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(Sign, UriKind.Relative))
            {
                Version = HttpVersion.Version20,
                VersionPolicy = HttpVersionPolicy.RequestVersionExact,
                Content = body,
            };
            await Assert.ThrowsAnyAsync<Exception>(() => client.SendAsync(request, cancel.Token));
        }

        await WaitForAsync(async () => await AbandonedAsync() >= counted + 5);
        Assert.DoesNotContain("   at ", scene.Signer.Output[before..]);
        Assert.DoesNotContain("fail: ", scene.Signer.Output[before..]);
    }

    [Theory]
    [InlineData("{\"type\":truePASSWORD\u0007}", "malformed_json")]
    [InlineData("{\"type\":PASSWORD}", "malformed_json")]
    [InlineData("\"PASSWORD\u001b[2J\"", "malformed_json")]
    [InlineData("{\"type\":\"PASSWORD\"}", "unknown_type")]
    [InlineData("{\"PASSWORD\":1,\"type\":1}", "malformed_member")]
    public async Task Nothing_of_a_body_that_is_refused_is_in_answer_or_log(string body, string reason)
    {
        var before = scene.Signer.Output.Length;
        var secret = string.Concat(Enumerable.Repeat("hunter2", 20_000));

        var answer = await scene.Admin.SignAsync(scene.Keys[0], body.Replace("PASSWORD", secret, StringComparison.Ordinal));

        Assert.Equal(HttpStatusCode.BadRequest, answer.Status);
        Assert.Equal(reason, answer.Reason);
        Assert.DoesNotContain("hunter2", answer.Text);
        Assert.InRange(answer.Text.Length, 1, 400);
        Assert.DoesNotContain("hunter2", scene.Signer.Output[before..]);
        Assert.DoesNotContain(scene.Signer.Output[before..], character => char.IsControl(character) && character is not ('\r' or '\n'));
    }

    [Theory]
    [InlineData("\"SigningRoot\":\"0x12\",")]
    [InlineData("\"signing-root\":\"0x12\",")]
    [InlineData("\"Type\":\"BLOCK\",")]
    [InlineData("\"forkInfo\":{},")]
    public async Task A_member_that_another_reader_may_take_for_ours_is_refused(string member)
    {
        var answer = await scene.Client.SignAsync(scene.Keys[0], $"{{{member}{Body[1..]}");

        Assert.Equal(HttpStatusCode.BadRequest, answer.Status);
        Assert.Equal("malformed_member", answer.Reason);
    }

    [Fact]
    public async Task The_log_names_who_asked_for_what_with_which_key_and_a_repeat_is_counted()
    {
        var key = scene.Keys[2];
        var vote = AttestationRequest.Message(
            Chain.Network.GenesisValidatorsRoot!.Value,
            Chain.Epoch,
            Chain.Epoch + 100,
            Chain.Slot,
            fill: 1
        );
        for (var i = 0; i < 50; i++)
        {
            Assert.Equal(HttpStatusCode.PreconditionFailed, (await scene.Client.SignAsync(key, AttestationRequest.Json(vote))).Status);
            Assert.Equal(HttpStatusCode.BadRequest, (await scene.Admin.SignAsync(key, "{\"type\":\"BLOCK_V2\"}")).Status);
        }

        await WaitForAsync(() => Task.FromResult(scene.Signer.Output.Contains("admin: missing_member", StringComparison.Ordinal)));
        var lines = scene.Signer.Output.Split('\n');
        Assert.Contains(
            $"refused attestation of slot {vote.DutySlot} with {key} for vc: outside_slot_window: ",
            Assert.Single(lines, line => line.Contains("for vc: outside_slot_window", StringComparison.Ordinal))
        );
        Assert.Contains(
            $"refused block v2 with {key} for admin: missing_member: beacon_block is required",
            Assert.Single(lines, line => line.Contains("for admin: missing_member", StringComparison.Ordinal))
        );
        Assert.DoesNotContain("(null)", scene.Signer.Output);
        Assert.DoesNotContain(" { ", scene.Signer.Output);
    }

    private static async Task WaitForAsync(Func<Task<bool>> holds)
    {
        for (var attempt = 0; attempt < 200 && !await holds(); attempt++)
        {
            await Task.Delay(50);
        }

        Assert.True(await holds());
    }

    private async Task<double> AbandonedAsync()
    {
        var metrics = await scene.Operations.ReadAsync("/metrics");
        return double.Parse(
            metrics
                .Text.Split('\n')
                .Single(line => line.StartsWith("remote_signer_requests_abandoned_total ", StringComparison.Ordinal))
                .Split(' ')[1]
        );
    }

    private async Task<ApiAnswer> PostAsync(string path, string headers, string body, string verb = "POST")
    {
        using var connection = await RawConnection.OpenAsync(scene.Signer, scene.Home.Data, "admin");
        await connection.SendAsync(Head(verb, path, headers) + body);
        return (await connection.ReadAnswerAsync())!;
    }

    private static string Head(string verb, string path, string headers) =>
        $"{verb} {path} HTTP/1.1\r\nHost: localhost\r\nAccept: application/json\r\nContent-Type: application/json\r\n{headers}\r\n";

    /// <summary>A body that begins, and whose request is given up then.</summary>
    private sealed class SlowBody(CancellationTokenSource cancel) : HttpContent
    {
        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            await stream.WriteAsync(Encoding.UTF8.GetBytes("{\"type\":"));
            await stream.FlushAsync();
            await cancel.CancelAsync();
            await Task.Delay(Timeout.Infinite, cancel.Token);
        }

        protected override bool TryComputeLength(out long length) => (length = 0) != 0;
    }
}
