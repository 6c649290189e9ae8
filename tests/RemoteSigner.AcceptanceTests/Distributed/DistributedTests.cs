using System.Net;
using System.Text.Json.Nodes;
using RemoteSigner.AcceptanceTests.Dv;
using RemoteSigner.Rig;
using RemoteSigner.Spec;

namespace RemoteSigner.AcceptanceTests.Distributed;

/// <summary>
/// The distributed profile for the shares of a cluster with a lock, and for whole keys: what is told to whom, and one path to a signature.
/// </summary>
public sealed class DistributedTests(DvScene scene) : IClassFixture<DvScene>
{
    [Fact]
    public async Task A_validator_is_listed_with_the_share_indices_of_its_lock_and_the_endpoints_of_the_configuration()
    {
        var accounts = (await ReadAsync(scene.Nodes[2], "/accounts")).AsArray().OfType<JsonNode>().ToList();

        Assert.Equal(
            new[] { scene.Group(0), scene.Group(1) }.Concat(scene.WholeKeys).Select(key => key.ToString()).Order(StringComparer.Ordinal),
            accounts.Select(account => (string)account["composite_public_key"]!)
        );
        var first = accounts.Single(account => (string)account["composite_public_key"]! == scene.Group(0).ToString());
        Assert.Equal(
            ("3", scene.Share(0, 2).ToString(), "3"),
            ((string)first["participant_id"]!, (string)first["public_key"]!, (string)first["signing_threshold"]!)
        );
        Assert.Equal(
            Enumerable.Range(0, 4).Select(node => ($"{node + 1}", DvScene.Endpoint(node))),
            first["participants"]!.AsArray().Select(one => ((string)one!["id"]!, (string)one["endpoint"]!))
        );
        Assert.True(JsonNode.DeepEquals(first, await ReadAsync(scene.Nodes[2], $"/accounts/{scene.Group(0)}")));
        var whole = await ReadAsync(scene.Nodes[2], $"/accounts/{scene.WholeKey}");
        Assert.Equal(
            ("1", scene.WholeKey.ToString(), "1"),
            ((string)whole["participant_id"]!, (string)whole["public_key"]!, (string)whole["signing_threshold"]!)
        );
        Assert.Equal(DvScene.Endpoint(2), (string)Assert.Single(whole["participants"]!.AsArray())!["endpoint"]!);
    }

    [Fact]
    public async Task Any_three_participants_make_the_groups_signature_and_a_whole_key_its_own()
    {
        var message = new RandaoReveal(new Epoch(9), Chain.Vote().ForkInfo);
        var partials = new List<string>();
        for (var node = 0; node < 4; node++)
        {
            var answer = await DvScene.PostAsync(scene.Nodes[node], $"/{scene.Group(0)}", Chain.RandaoJson(9), DvScene.Distributed);
            Assert.True(answer.Status == HttpStatusCode.OK, answer.Text);
            Assert.Equal(
                ($"{node + 1}", message.SigningRoot(Chain.Network).ToString()),
                (answer.Json.GetProperty("participant_id").GetString(), answer.Json.GetProperty("signing_root").GetString())
            );
            Assert.Equal(scene.Sign(0, message, node + 1).ToString(), answer.Signature);
            partials.Add($$"""{"share_index":"{{node + 1}}","partial_signature":"{{answer.Signature}}"}""");
        }

        for (var left = 0; left < 4; left++)
        {
            var combined = await DvScene.PostAsync(
                scene.Nodes[left],
                "/combine",
                $$"""{"group_pubkey":"{{scene.Group(0)}}","duty":{{Chain.RandaoJson(9)}},"partials":[{{string.Join(',', partials.Where((_, i) => i != left))}}]}"""
            );
            Assert.Equal(scene.Sign(0, message).ToString(), combined.Signature);
        }

        var whole = await DvScene.PostAsync(scene.Nodes[0], $"/{scene.WholeKey}", Chain.RandaoJson(9), DvScene.Distributed);
        Assert.Equal((await scene.Nodes[0].SignAsync(scene.WholeKey, Chain.RandaoJson(9))).Signature, whole.Signature);
    }

    [Fact]
    public async Task A_batch_has_a_result_for_each_validator_and_one_that_is_refused_fails_alone()
    {
        var first = await DvScene.PostAsync(scene.Nodes[1], $"/{scene.Group(1)}", Chain.VoteJson(1, epochsBack: 6), DvScene.Distributed);
        Assert.True(first.Status == HttpStatusCode.OK, first.Text);
        string[] keys = [scene.Group(0).ToString(), scene.Share(0, 1).ToString(), scene.Group(1).ToString(), scene.WholeKey.ToString()];

        var answer = await DvScene.PostAsync(scene.Nodes[1], "", Batch(Chain.VoteJson(2, epochsBack: 6), keys), DvScene.Distributed);

        var results = JsonNode.Parse(answer.Text)!.AsArray().OfType<JsonNode>().ToList();
        Assert.Equal(keys, results.Select(result => (string)result["identifier"]!));
        Assert.Equal([null, 404, 412, null], results.Select(result => (int?)result["error"]?["code"]));
        Assert.StartsWith("double_vote: ", (string)results[2]["error"]!["message"]!, StringComparison.Ordinal);
        Assert.Equal(
            ("2", scene.Sign(0, Chain.Vote(2, 6), share: 2).ToString()),
            ((string)results[0]["participant_id"]!, (string)results[0]["signature"]!)
        );
        Assert.Equal([4, 2, 2, 4], results.Select(result => result.AsObject().Count));
    }

    [Fact]
    public async Task What_the_standard_cannot_batch_is_asked_for_one_by_one()
    {
        Assert.Equal(
            "not_batchable",
            (await DvScene.PostAsync(scene.Nodes[0], "", Batch(Chain.ExitJson, scene.Group(0).ToString()), DvScene.Distributed)).Reason
        );
        Assert.Equal(
            "doubled_member",
            (
                await DvScene.PostAsync(
                    scene.Nodes[0],
                    "",
                    Batch(Chain.RandaoJson(), scene.Group(0).ToString(), scene.Group(0).ToString()),
                    DvScene.Distributed
                )
            ).Reason
        );
        Assert.Equal(
            "malformed_member",
            (await DvScene.PostAsync(scene.Nodes[0], "", Batch(Chain.RandaoJson()), DvScene.Distributed)).Reason
        );
        var digest = Batch("""{"type":"GENERIC","signing_data":{}}""", scene.Group(0).ToString());
        Assert.Equal(
            501,
            (int)JsonNode.Parse((await DvScene.PostAsync(scene.Nodes[0], "", digest, DvScene.Distributed)).Text)![0]!["error"]!["code"]!
        );
        Assert.Equal(
            "generic_not_supported",
            (await DvScene.PostAsync(scene.Nodes[0], $"/{scene.Group(0)}", """{"type":"GENERIC"}""", DvScene.Distributed)).Reason
        );
    }

    [Fact]
    public async Task Shares_by_their_own_key_strangers_and_what_a_client_may_not_do_are_not_found()
    {
        var node = scene.Nodes[0];
        Assert.Equal(
            HttpStatusCode.NotFound,
            (await DvScene.PostAsync(node, $"/{scene.Share(0, 0)}", Chain.RandaoJson(), DvScene.Distributed)).Status
        );
        Assert.Equal("malformed_member", (await DvScene.PostAsync(node, "/0x1234", Chain.RandaoJson(), DvScene.Distributed)).Reason);
        Assert.Equal(
            HttpStatusCode.NotFound,
            (await DvScene.PostAsync(node, $"/{scene.Group(0)}", Chain.ExitJson, DvScene.Distributed)).Status
        );
        Assert.Equal(
            HttpStatusCode.OK,
            (await DvScene.PostAsync(scene.Admin, $"/{scene.Group(0)}", Chain.ExitJson, DvScene.Distributed)).Status
        );
        Assert.Equal((HttpStatusCode.NotFound, "unknown_key"), await StatusAsync(node, $"/accounts/{scene.Share(0, 0)}"));
        Assert.Equal((HttpStatusCode.BadRequest, "malformed_member"), await StatusAsync(node, "/accounts/0x1234"));
    }

    [Fact]
    public async Task A_loopback_door_and_operations_have_nothing_of_it()
    {
        foreach (var path in new[] { "/accounts", $"/accounts/{scene.Group(0)}" })
        {
            Assert.Equal((HttpStatusCode.Forbidden, "certificate_required"), await StatusAsync(scene.Keepers[0], path));
        }

        foreach (var path in new[] { "", $"/{scene.Group(0)}" })
        {
            Assert.Equal(
                "certificate_required",
                (await DvScene.PostAsync(scene.Keepers[0], path, Chain.RandaoJson(), DvScene.Distributed)).Reason
            );
        }

        using var operations = new HttpClient { BaseAddress = scene.Operations };
        Assert.Equal(HttpStatusCode.NotFound, (await operations.ReadAsync("/api/v1/eth2/distributed/accounts")).Status);
    }

    private static string Batch(string request, params string[] keys) =>
        $$"""{"identifiers":[{{string.Join(',', keys.Select(key => $"\"{key}\""))}}],"signing_request":{{request}}}""";

    private static async Task<JsonNode> ReadAsync(HttpClient client, string path)
    {
        var answer = await client.ReadAsync($"/api/v1/eth2/distributed{path}");
        Assert.True(answer.Status == HttpStatusCode.OK, answer.Text);
        return JsonNode.Parse(answer.Text)!;
    }

    private static async Task<(HttpStatusCode Status, string? Reason)> StatusAsync(HttpClient client, string path)
    {
        var answer = await client.ReadAsync($"/api/v1/eth2/distributed{path}");
        return (answer.Status, answer.Reason);
    }
}
