using System.Net;
using RemoteSigner.Rig;

namespace RemoteSigner.AcceptanceTests;

/// <summary>Requests that mean nothing, or something else than they claim: told apart, and nothing is signed.</summary>
public sealed class MalformedRequestTests(SignerScene scene) : IClassFixture<SignerScene>
{
    public static TheoryData<string, string, string> Bodies =>
        new()
        {
            { "malformed_json", "", "" },
            { "malformed_json", "{", "" },
            { "malformed_json", "[]", "" },
            { "malformed_json", "null", "" },
            { "malformed_json", "{}{}", "" },
            { "missing_member", "{}", "type" },
            { "missing_member", """{"type":"RANDAO_REVEAL"}""", "randao_reveal" },
            { "missing_member", """{"type":"RANDAO_REVEAL","randao_reveal":{"epoch":"1"}}""", "fork_info" },
            { "missing_member", """{"type":"RANDAO_REVEAL",FORK,"randao_reveal":{"epok":"1"}}""", "epoch" },
            { "missing_member", """{"type":"RANDAO_REVEAL",FORK,"randao_reveal":{"epoch":null}}""", "epoch" },
            { "doubled_member", """{"type":"RANDAO_REVEAL",FORK,"randao_reveal":{"epoch":"1","epoch":"2"}}""", "epoch" },
            { "doubled_member", """{"type":"RANDAO_REVEAL","type":"RANDAO_REVEAL",FORK,"randao_reveal":{"epoch":"1"}}""", "type" },
            { "malformed_member", """{"type":"RANDAO_REVEAL",FORK,"randao_reveal":{"epoch":"18446744073709551616"}}""", "epoch" },
            { "malformed_member", """{"type":"RANDAO_REVEAL",FORK,"randao_reveal":{"epoch":18446744073709551616}}""", "epoch" },
            { "malformed_member", """{"type":"RANDAO_REVEAL",FORK,"randao_reveal":{"epoch":-1}}""", "epoch" },
            { "malformed_member", """{"type":"RANDAO_REVEAL",FORK,"randao_reveal":{"epoch":"0x10"}}""", "epoch" },
            { "malformed_member", """{"type":"RANDAO_REVEAL",FORK,"randao_reveal":{"epoch":1.5}}""", "epoch" },
            { "malformed_member", """{"type":"RANDAO_REVEAL",FORK,"signingRoot":"0x12","randao_reveal":{"epoch":"1"}}""", "signingRoot" },
            {
                "malformed_member",
                """{"type":"SYNC_COMMITTEE_MESSAGE",FORK,"sync_committee_message":{"slot":"1","beacon_block_root":"0x00"}}""",
                "beacon_block_root"
            },
            { "malformed_member", """{"type":7}""", "type" },
            { "unknown_type", """{"type":"SPECIFIC",FORK}""", "type" },
            { "unknown_fork", """{"type":"BLOCK_V2",FORK,"beacon_block":{"version":"NEXT","block_header":{}}}""", "version" },
            {
                "unsupported_fork",
                """{"type":"PROPOSER_PREFERENCES",FORK,"proposer_preferences":{"version":"FULU","data":{}}}""",
                "version"
            },
        };

    [Theory]
    [MemberData(nameof(Bodies))]
    public async Task A_malformed_request_is_told_what_is_wrong_with_it(string reason, string body, string member)
    {
        var answer = await scene.Client.SignAsync(scene.Keys[0], body.Replace("FORK", Chain.ForkInfo, StringComparison.Ordinal));

        Assert.Equal(HttpStatusCode.BadRequest, answer.Status);
        Assert.Equal("application/json; charset=utf-8", answer.ContentType);
        Assert.Equal("Bad Request", answer.Json.GetProperty("message").GetString());
        Assert.Equal(reason, answer.Reason);
        Assert.Contains(member, answer.Json.GetProperty("detail").GetString());
    }

    [Fact]
    public async Task A_claimed_root_that_is_another_is_refused_and_leaves_no_record()
    {
        var body = Chain
            .VoteJson(fill: 1)
            .Replace("{\"type\"", $"{{\"signingRoot\":\"0x{new string('1', 64)}\",\"type\"", StringComparison.Ordinal);

        var refused = await scene.Client.SignAsync(scene.Keys[1], body);

        Assert.Equal(HttpStatusCode.BadRequest, refused.Status);
        Assert.Equal("signing_root_mismatch", refused.Reason);
        Assert.Equal(HttpStatusCode.OK, (await scene.Client.SignAsync(scene.Keys[1], Chain.VoteJson(fill: 2))).Status);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(11)]
    public async Task A_body_that_is_too_long_is_told_so_in_JSON(int mebibytes)
    {
        var body = new byte[mebibytes << 20];
        body.AsSpan().Fill((byte)' ');

        // As curl does: a server that closes early on a long body may be heard only by a client that asks before it sends.
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri($"/api/v1/eth2/sign/{scene.Keys[0]}", UriKind.Relative))
        {
            Content = new ByteArrayContent(body),
            Headers = { ExpectContinue = true },
        };

        var answer = await scene.Client.AskAsync(request);

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, answer.Status);
        Assert.Equal("application/json; charset=utf-8", answer.ContentType);
        Assert.NotEmpty(answer.Json.GetProperty("message").GetString()!);
    }

    [Fact]
    public async Task A_vote_for_another_chain_is_refused()
    {
        var foreign = Chain
            .VoteJson()
            .Replace(Chain.Network.GenesisValidatorsRoot.ToString()!, "0x" + new string('2', 64), StringComparison.Ordinal);

        var answer = await scene.Client.SignAsync(scene.Keys[0], foreign);

        Assert.Equal(HttpStatusCode.PreconditionFailed, answer.Status);
        Assert.Equal("wrong_genesis_validators_root", answer.Reason);
    }

    [Fact]
    public async Task A_vote_for_the_far_future_is_refused()
    {
        var vote = AttestationRequest.Message(
            Chain.Network.GenesisValidatorsRoot!.Value,
            Chain.Epoch,
            Chain.Epoch + 100,
            Chain.Slot,
            fill: 1
        );

        var answer = await scene.Client.SignAsync(scene.Keys[0], AttestationRequest.Json(vote));

        Assert.Equal(HttpStatusCode.PreconditionFailed, answer.Status);
        Assert.Equal("outside_slot_window", answer.Reason);
    }
}
