using System.Net;
using System.Text.Json;
using RemoteSigner.Rig;
using RemoteSigner.Spec;

namespace RemoteSigner.AcceptanceTests.Dv;

/// <summary>
/// What is known of clusters, dry runs and combining, by group key over mutual TLS, on the running binary. No two tests vote with the same
/// share: a later vote would be the low watermark of an earlier one.
/// </summary>
public sealed class DvTests(DvScene scene) : IClassFixture<DvScene>
{
    [Fact]
    public async Task A_client_sees_which_share_of_which_cluster_is_open()
    {
        var answer = await scene.Nodes[2].ReadAsync("/api/v1/dv/validators");

        var validators = answer.Json.GetProperty("validators").EnumerateArray().ToList();
        Assert.Equal(
            new[] { scene.Group(0), scene.Group(1) }.Select(key => key.ToString()).Order(),
            validators.Select(one => Text(one, "group_pubkey"))
        );
        var first = validators.Single(one => Text(one, "group_pubkey") == scene.Group(0).ToString());
        Assert.Equal(scene.Share(0, 2).ToString(), Text(first, "public_share"));
        Assert.Equal(
            ("3", 3, 4),
            (Text(first, "share_index"), first.GetProperty("threshold").GetInt32(), first.GetProperty("operators").GetInt32())
        );
        Assert.Equal(((string)scene.Lock["lock_hash"]!, "lock_file"), (Text(first, "cluster_hash"), Text(first, "provenance")));
    }

    [Fact]
    public async Task Combining_names_the_culprits()
    {
        var message = new RandaoReveal(new Epoch(7), Chain.Vote().ForkInfo);
        string Partial(int index, int by) => $$"""{"share_index":{{index}},"partial_signature":"{{scene.Sign(1, message, by)}}"}""";
        async Task<ApiAnswer> CombineAsync(params string[] partials) =>
            await DvScene.PostAsync(
                scene.Nodes[0],
                "/combine",
                $$"""{"group_pubkey":"{{scene.Group(1)}}","signing_root":"{{message.SigningRoot(Chain.Network)}}","partials":[{{string.Join(',', partials)}}]}"""
            );

        Assert.Equal(scene.Sign(1, message).ToString(), (await CombineAsync(Partial(1, 1), Partial(2, 2), Partial(4, 4))).Signature);
        var swapped = await CombineAsync(Partial(1, 1), Partial(2, 3), Partial(3, 2), Partial(4, 4));
        Assert.Equal((HttpStatusCode.UnprocessableEntity, "invalid_partials"), (swapped.Status, swapped.Reason));
        Assert.Equal(["2", "3"], swapped.Json.GetProperty("share_indices").EnumerateArray().Select(index => index.GetString()));
        Assert.Equal("unknown_shares", (await CombineAsync(Partial(1, 1), Partial(1, 1), Partial(2, 2))).Reason);
        Assert.Equal("too_few_partials", (await CombineAsync(Partial(1, 1), Partial(2, 2))).Reason);
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

        Assert.Equal(
            HttpStatusCode.OK,
            (await DvScene.PostAsync(node, $"/{key}", Chain.VoteJson(2, epochsBack: 3), DvScene.Distributed)).Status
        );
        Assert.True(
            (await DvScene.PostAsync(node, "/slashable", DvScene.Item(key, Chain.VoteJson(2, epochsBack: 3))))
                .Json.GetProperty("signed_before")
                .GetBoolean()
        );
        var refused = (await DvScene.PostAsync(node, "/slashable", DvScene.Item(key, Chain.VoteJson(1, epochsBack: 3)))).Json;
        Assert.Equal(
            (true, false, "double_vote"),
            (refused.GetProperty("slashable").GetBoolean(), refused.GetProperty("would_sign").GetBoolean(), Text(refused, "reason"))
        );
    }

    [Fact]
    public async Task Whole_keys_and_keys_named_twice_are_no_validators_of_a_dry_run()
    {
        var group = DvScene.Item(scene.Group(0), Chain.RandaoJson());
        Assert.Equal(
            "doubled_member",
            (await DvScene.PostAsync(scene.Nodes[0], "/slashable", DvScene.Item(scene.Group(0), group, "pubkey"))).Reason
        );
        Assert.Equal(
            "unknown_key",
            (await DvScene.PostAsync(scene.Nodes[0], "/slashable", DvScene.Item(scene.WholeKey, Chain.RandaoJson(), "pubkey"))).Reason
        );
    }

    [Fact]
    public async Task The_descriptions_are_served_and_operations_have_nothing_of_all_this()
    {
        using var operations = new HttpClient { BaseAddress = scene.Operations };

        foreach (var name in new[] { "eth2", "dv", "keymanager", "ssv", "operations" })
        {
            Assert.Equal("3.1.0", Text((await scene.Nodes[0].ReadAsync($"/openapi/{name}.json")).Json, "openapi"));
        }

        Assert.Equal("unknown_document", (await scene.Nodes[0].ReadAsync("/openapi/nothing.json")).Reason);
        Assert.Equal(HttpStatusCode.NotFound, (await operations.ReadAsync("/api/v1/dv/validators")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await operations.ReadAsync("/openapi/eth2.json")).Status);
    }

    private static string Text(JsonElement parent, string member) => parent.GetProperty(member).GetString()!;
}
