using System.Net;
using System.Text.Json;
using RemoteSigner.Rig;
using RemoteSigner.Spec;

namespace RemoteSigner.AcceptanceTests.Dv;

/// <summary>Partial signatures by group key over mutual TLS, on the running binary. No two tests vote with the same share: a later vote would be the floor of an earlier one.</summary>
public sealed class DvSigningTests(DvScene scene) : IClassFixture<DvScene>
{
    [Fact]
    public async Task A_client_sees_which_share_of_which_cluster_is_open()
    {
        var answer = await scene.Nodes[2].ReadAsync("/api/v1/dv/validators");

        var validators = answer.Json.GetProperty("validators").EnumerateArray().ToList();
        Assert.Equal(new[] { scene.Group(0), scene.Group(1) }.Select(key => key.ToString()).Order(), validators.Select(one => Text(one, "group_pubkey")));
        var first = validators.Single(one => Text(one, "group_pubkey") == scene.Group(0).ToString());
        Assert.Equal(scene.Share(0, 2).ToString(), Text(first, "public_share"));
        Assert.Equal(("3", 3, 4), (Text(first, "share_index"), first.GetProperty("threshold").GetInt32(), first.GetProperty("operators").GetInt32()));
        Assert.Equal(((string)scene.Lock["lock_hash"]!, "lock_file"), (Text(first, "cluster_hash"), Text(first, "provenance")));
    }

    [Fact]
    public async Task Any_three_nodes_make_the_groups_signature()
    {
        var message = new RandaoReveal(new Epoch(7), Chain.Vote().ForkInfo);
        var partials = new List<JsonElement>();
        foreach (var node in scene.Nodes)
        {
            var answer = await DvScene.PostAsync(node, $"/sign/{scene.Group(0)}", Chain.RandaoJson(7));
            Assert.True(answer.Status == HttpStatusCode.OK, answer.Text);
            partials.Add(answer.Json);
        }

        var root = message.SigningRoot(Chain.Network);
        for (var node = 0; node < 4; node++)
        {
            Assert.Equal(($"{node + 1}", scene.Share(0, node).ToString(), root.ToString()), (Text(partials[node], "share_index"), Text(partials[node], "public_share"), Text(partials[node], "signing_root")));
            Assert.Equal(scene.Sign(0, message, node + 1).ToString(), Text(partials[node], "partial_signature"));
            var chosen = partials.Where((_, i) => i != node).Select(PartialJson);
            var combined = await DvScene.PostAsync(scene.Nodes[node], "/combine", $$"""{"group_pubkey":"{{scene.Group(0)}}","duty":{{Chain.RandaoJson(7)}},"partials":[{{string.Join(',', chosen)}}]}""");
            Assert.Equal(scene.Sign(0, message).ToString(), combined.Signature);
        }
    }

    [Fact]
    public async Task Combining_names_the_culprits()
    {
        var message = new RandaoReveal(new Epoch(7), Chain.Vote().ForkInfo);
        string Partial(int index, int by) => $$"""{"share_index":{{index}},"partial_signature":"{{scene.Sign(1, message, by)}}"}""";
        async Task<ApiAnswer> CombineAsync(params string[] partials) => await DvScene.PostAsync(
            scene.Nodes[0], "/combine", $$"""{"group_pubkey":"{{scene.Group(1)}}","signing_root":"{{message.SigningRoot(Chain.Network)}}","partials":[{{string.Join(',', partials)}}]}""");

        Assert.Equal(scene.Sign(1, message).ToString(), (await CombineAsync(Partial(1, 1), Partial(2, 2), Partial(4, 4))).Signature);
        var swapped = await CombineAsync(Partial(1, 1), Partial(2, 3), Partial(3, 2), Partial(4, 4));
        Assert.Equal((HttpStatusCode.UnprocessableEntity, "false_partials"), (swapped.Status, swapped.Reason));
        Assert.Equal(["2", "3"], swapped.Json.GetProperty("share_indices").EnumerateArray().Select(index => index.GetString()));
        Assert.Equal("unknown_shares", (await CombineAsync(Partial(1, 1), Partial(1, 1), Partial(2, 2))).Reason);
        Assert.Equal("too_few_partials", (await CombineAsync(Partial(1, 1), Partial(2, 2))).Reason);
    }

    [Fact]
    public async Task A_batch_has_a_result_for_each_item()
    {
        string First = Chain.VoteJson(1, epochsBack: 6), Second = Chain.VoteJson(2, epochsBack: 6);
        string[] items =
        [
            DvScene.Item(scene.Group(0), First),
            DvScene.Item(scene.Share(1, 1), First, "pubkey"),
            DvScene.Item(scene.Group(0), Second),
            DvScene.Item(scene.Share(0, 0), First),
            DvScene.Item(scene.WholeKey, First, "pubkey"),
        ];

        var answer = await DvScene.PostAsync(scene.Nodes[1], "/sign", $$"""{"items":[{{string.Join(',', items)}}]}""");

        Assert.True(answer.Status == HttpStatusCode.OK, answer.Text);
        var results = answer.Json.GetProperty("items").EnumerateArray().ToList();
        Assert.Equal([200, 200, 412, 404, 404], results.Select(result => result.GetProperty("status").GetInt32()));
        Assert.Equal("double_vote", Text(results[2], "reason"));
        Assert.Equal(scene.Sign(1, Chain.Vote(1, 6), share: 2).ToString(), Text(results[1].GetProperty("signed"), "partial_signature"));
    }

    [Theory]
    [InlineData("""{"items":[]}""", "malformed_member")]
    [InlineData("""{"items":{}}""", "malformed_member")]
    [InlineData("""{"item":[]}""", "missing_member")]
    [InlineData("nonsense", "malformed_json")]
    public async Task A_malformed_batch_is_refused_as_a_whole(string body, string reason)
    {
        var answer = await DvScene.PostAsync(scene.Nodes[0], "/sign", body);

        Assert.Equal((HttpStatusCode.BadRequest, reason), (answer.Status, answer.Reason));
    }

    [Fact]
    public async Task A_batch_is_of_one_duty_type_and_of_bounded_size()
    {
        var (randao, vote) = (DvScene.Item(scene.Group(0), Chain.RandaoJson()), DvScene.Item(scene.Group(0), Chain.VoteJson()));

        Assert.Equal("mixed_duties", (await DvScene.PostAsync(scene.Nodes[0], "/sign", $$"""{"items":[{{randao}},{{vote}}]}""")).Reason);
        var most = string.Join(',', Enumerable.Repeat(randao, 1024));
        Assert.Equal(HttpStatusCode.OK, (await DvScene.PostAsync(scene.Nodes[0], "/sign", $$"""{"items":[{{most}}]}""")).Status);
        Assert.Equal(HttpStatusCode.BadRequest, (await DvScene.PostAsync(scene.Nodes[0], "/sign", $$"""{"items":[{{most}},{{randao}}]}""")).Status);
        Assert.Equal("doubled_member", (await DvScene.PostAsync(scene.Nodes[0], "/slashable", DvScene.Item(scene.Group(0), randao, "pubkey"))).Reason);
    }

    [Fact]
    public async Task A_dry_run_leaves_every_vote_open()
    {
        var (node, key) = (scene.Nodes[0], scene.Group(1));
        foreach (var fill in (byte[])[1, 2, 1])
        {
            var foreseen = await DvScene.PostAsync(node, "/slashable", DvScene.Item(key, Chain.VoteJson(fill, epochsBack: 3)));
            Assert.True(foreseen.Json.GetProperty("would_sign").GetBoolean(), foreseen.Text);
        }

        Assert.Equal(HttpStatusCode.OK, (await DvScene.PostAsync(node, $"/sign/{key}", Chain.VoteJson(2, epochsBack: 3))).Status);
        Assert.True((await DvScene.PostAsync(node, "/slashable", DvScene.Item(key, Chain.VoteJson(2, epochsBack: 3)))).Json.GetProperty("signed_before").GetBoolean());
        var refused = (await DvScene.PostAsync(node, "/slashable", DvScene.Item(key, Chain.VoteJson(1, epochsBack: 3)))).Json;
        Assert.Equal((true, false, "double_vote"), (refused.GetProperty("slashable").GetBoolean(), refused.GetProperty("would_sign").GetBoolean(), Text(refused, "reason")));
    }

    [Fact]
    public async Task Only_group_keys_of_shares_and_only_those_a_client_may_use_are_found()
    {
        foreach (var key in (BlsPublicKey[])[scene.WholeKey, scene.Share(0, 0)])
        {
            Assert.Equal((HttpStatusCode.NotFound, "unknown_key"), await StatusAsync(scene.Nodes[0], $"/sign/{key}", Chain.RandaoJson()));
        }

        Assert.Equal((HttpStatusCode.NotFound, "unknown_key"), await StatusAsync(scene.Nodes[0], $"/sign/{scene.Group(0)}", Chain.ExitJson));
        Assert.Equal(HttpStatusCode.OK, (await DvScene.PostAsync(scene.Admin, $"/sign/{scene.Group(0)}", Chain.ExitJson)).Status);
    }

    [Fact]
    public async Task The_description_is_served_and_operations_have_nothing_of_all_this()
    {
        using var operations = new HttpClient { BaseAddress = scene.Operations };

        Assert.Equal("3.1.0", Text((await scene.Nodes[0].ReadAsync("/api/v1/dv/openapi.json")).Json, "openapi"));
        Assert.Equal(HttpStatusCode.NotFound, (await operations.ReadAsync("/api/v1/dv/validators")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await DvScene.PostAsync(operations, $"/sign/{scene.Group(0)}", Chain.RandaoJson())).Status);
    }

    private static async Task<(HttpStatusCode Status, string? Reason)> StatusAsync(HttpClient client, string path, string body)
    {
        var answer = await DvScene.PostAsync(client, path, body);
        return (answer.Status, answer.Reason);
    }

    private static string PartialJson(JsonElement partial) =>
        $$"""{"share_index":"{{Text(partial, "share_index")}}","partial_signature":"{{Text(partial, "partial_signature")}}"}""";

    private static string Text(JsonElement parent, string member) => parent.GetProperty(member).GetString()!;
}
