using System.Net;
using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using RemoteSigner.AcceptanceTests.RollbackProtection;
using RemoteSigner.Rig;
using RemoteSigner.Tests;
using static RemoteSigner.AcceptanceTests.KeymanagerScene;

namespace RemoteSigner.AcceptanceTests;

/// <summary>The Keymanager API as Charon's key generation and other clients use it.</summary>
public sealed class KeymanagerTests(SignerTemplate template)
{
    [Fact]
    public async Task Pushed_keys_sign_at_once_and_after_the_next_start()
    {
        await using var scene = await StartAsync(template);
        var (folder, keys) = scene.NewKeystores(3);

        var pushed = await scene.PushAsync(Body(folder));

        Assert.Equal(HttpStatusCode.OK, pushed.Status);
        Assert.Equal(["imported", "imported", "imported"], Statuses(pushed));
        Assert.Equal(scene.Home.Keys.Select(key => key.ToString()).Concat(keys).Order(), (await scene.ListAsync()).Order());
        Assert.Equal(HttpStatusCode.OK, (await scene.Admin.SignAsync(keys[0], Chain.VoteJson())).Status);
        Assert.Equal(["duplicate", "duplicate", "duplicate"], Statuses(await scene.PushAsync(Body(folder))));
        await scene.StopAsync();
        await scene.ServeAsync();
        Assert.Equal(HttpStatusCode.OK, (await scene.Admin.SignAsync(keys[0], Chain.VoteJson())).Status);
        Assert.Equal("double_vote", (await scene.Admin.SignAsync(keys[0], Chain.VoteJson(fill: 2))).Reason);
        Assert.Equal(HttpStatusCode.OK, (await scene.Admin.SignAsync(keys[2], Chain.VoteJson())).Status);
    }

    [Fact]
    public async Task One_bad_keystore_makes_the_whole_answer_an_error_and_nothing_is_kept()
    {
        await using var scene = await StartAsync(template);
        var body = Body(scene.NewKeystores(3).Folder);
        body["passwords"]![1] = "another password";
        var vault = await File.ReadAllBytesAsync(scene.Home.VaultFile);

        var refused = await scene.PushAsync(body);

        Assert.Equal(HttpStatusCode.BadRequest, refused.Status);
        Assert.Equal(["error", "error", "error"], Statuses(refused));
        Assert.StartsWith("wrong_password", Messages(refused)[1]);
        Assert.All([0, 2], i => Assert.StartsWith("not_kept", Messages(refused)[i]));
        Assert.Equal(vault, await File.ReadAllBytesAsync(scene.Home.VaultFile));
        Assert.Equal(4, (await scene.ListAsync()).Count);
    }

    [Fact]
    public async Task A_certificate_a_permission_and_the_token_are_needed_together()
    {
        await using var scene = await StartAsync(template, "--loopback-http", "9782=admin");
        using var other = scene.Connect("vc");
        using var tokenless = ClientCertificate.Connect(scene.Signer, scene.Home.Data, "admin");
        using var guessing = ClientCertificate.Connect(scene.Signer, scene.Home.Data, "admin");
        guessing.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", new string('0', 64));
        using var loopback = new HttpClient
        {
            BaseAddress = new Uri("http://127.0.0.1:9782"),
            DefaultRequestHeaders = { Authorization = scene.Admin.DefaultRequestHeaders.Authorization },
        };

        foreach (var path in new[] { "/eth/v1/keystores", "/eth/v1/remotekeys" })
        {
            Assert.Equal(HttpStatusCode.Forbidden, (await other.ReadAsync(path)).Status);
            Assert.Equal(HttpStatusCode.Unauthorized, (await tokenless.ReadAsync(path)).Status);
            Assert.Equal(HttpStatusCode.Unauthorized, (await guessing.ReadAsync(path)).Status);
            Assert.Equal(HttpStatusCode.Forbidden, (await loopback.ReadAsync(path)).Status);
            Assert.Equal(HttpStatusCode.OK, (await scene.Admin.ReadAsync(path)).Status);
        }

        using var operations = new HttpClient { BaseAddress = scene.Signer.Operations };
        Assert.Equal(HttpStatusCode.NotFound, (await operations.ReadAsync("/eth/v1/keystores")).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await scene.Admin.AskAsync(HttpMethod.Post, "/eth/v1/remotekeys")).Status);
        var former = scene.Admin.DefaultRequestHeaders.Authorization;
        await EvidenceAsync();
        await scene.StopAsync();
        (await scene.Home.RunAsync("keymanager", "token")).Succeeded();
        await scene.ServeAsync();
        scene.Admin.DefaultRequestHeaders.Authorization = former;
        Assert.Equal(HttpStatusCode.Unauthorized, (await scene.Admin.ReadAsync("/eth/v1/keystores")).Status);
        await EvidenceAsync();
        await scene.StopAsync();
        var refused = (await AuditLines.ReadAsync(scene.Home.LedgerFile))
            .Where(line => line.Contains("client.refused", StringComparison.Ordinal))
            .ToList();
        Assert.Equal(2, refused.Count(line => line.Contains("may_not_manage_keys", StringComparison.Ordinal)));
        Assert.Equal(2, refused.Count(line => line.Contains("certificate_required", StringComparison.Ordinal)));
        Assert.Equal(
            5,
            refused.Count(line =>
                line.Contains("token_not_valid", StringComparison.Ordinal)
                && line.Contains("\"client\":\"admin\",\"certificate\":", StringComparison.Ordinal)
            )
        );
    }

    [Fact]
    public async Task A_client_whose_keys_are_named_sees_brings_and_takes_out_these_alone()
    {
        await using var scene = await StartAsync(template);
        var (own, other) = (scene.NewKeystores(1), scene.NewKeystores(1));
        await scene.StopAsync();
        scene.Home.Configure(options => options["clients"]!["admin"]!["keys"] = new JsonArray(own.Keys[0], scene.Home.Keys[0].ToString()));
        await scene.ServeAsync();

        Assert.Equal([scene.Home.Keys[0].ToString()], await scene.ListAsync());
        var both = Body(own.Folder);
        both["keystores"]!.AsArray().Add(Body(other.Folder)["keystores"]![0]!.DeepClone());
        both["passwords"]!.AsArray().Add(SignerHome.Password);
        Assert.Equal((HttpStatusCode.Forbidden, "not_allowed"), Told(await scene.PushAsync(both)));
        Assert.Equal(
            (HttpStatusCode.Forbidden, "not_allowed"),
            Told(await scene.DeleteAsync(scene.Home.Keys[0].ToString(), scene.Home.Keys[1].ToString()))
        );
        Assert.Equal([scene.Home.Keys[0].ToString()], await scene.ListAsync());

        // What is said of others' keys besides is passed over: it would keep them from signing.
        var history = Body(own.Folder);
        history["slashing_protection"] = History(own.Keys[0], scene.Home.Keys[1].ToString());
        Assert.Equal(["imported"], Statuses(await scene.PushAsync(history)));
        Assert.Equal(["deleted"], Statuses(await scene.DeleteAsync(own.Keys[0])));

        await scene.StopAsync();
        var status = JsonNode.Parse((await scene.Home.RunAsync("slashing", "status", "--json")).Succeeded().Output)!.AsArray();
        Assert.Null(status.Single(line => line!["publicKeys"]![0]!.GetValue<string>() == scene.Home.Keys[1].ToString())!["lowestTarget"]);
        Assert.Equal(
            2,
            (await AuditLines.ReadAsync(scene.Home.LedgerFile)).Count(line =>
                line.Contains("\"rule\":\"not_allowed\"", StringComparison.Ordinal)
                && line.Contains("\"decision\":\"refused\"", StringComparison.Ordinal)
            )
        );
    }

    [Fact]
    public async Task History_comes_in_before_the_key_is_active_and_faults_in_it_refuse_the_push()
    {
        await using var scene = await StartAsync(template);
        var (folder, keys) = scene.NewKeystores(1);
        var body = Body(folder);
        foreach (
            var bad in new[]
            {
                "{}",
                "no JSON",
                History(keys[0])
                    .Replace(Chain.Network.GenesisValidatorsRoot.ToString()!, "0x" + new string('1', 64), StringComparison.Ordinal),
            }
        )
        {
            body["slashing_protection"] = bad;
            Assert.Equal("slashing_protection", (await scene.PushAsync(body)).Reason);
        }

        body["slashing_protection"] = History("0x" + new string('a', 96));
        Assert.StartsWith("no_slashing_history", Messages(await scene.PushAsync(body))[0]);
        Assert.Equal(4, (await scene.ListAsync()).Count);

        body["slashing_protection"] = History(keys[0]);
        Assert.Equal(["imported"], Statuses(await scene.PushAsync(body)));
        Assert.Equal("source_below_low_watermark", (await scene.Admin.SignAsync(keys[0], Chain.VoteJson())).Reason);
    }

    [Fact]
    public async Task A_deleted_key_takes_its_history_along_and_is_not_active_for_ever()
    {
        await using var scene = await StartAsync(template);
        var (folder, keys) = scene.NewKeystores(1);
        await scene.PushAsync(Body(folder));
        Assert.Equal(HttpStatusCode.OK, (await scene.Admin.SignAsync(keys[0], Chain.VoteJson())).Status);
        var stranger = "0x" + new string('a', 96);

        var deleted = await scene.DeleteAsync(keys[0], stranger);

        Assert.Equal(["deleted", "not_found"], Statuses(deleted));
        var history = JsonNode.Parse(deleted.Json.GetProperty("slashing_protection").GetString()!)!;
        Assert.Equal(keys[0], history["data"]!.AsArray().Single()!["pubkey"]!.GetValue<string>());
        Assert.Equal($"{Chain.Epoch}", history["data"]![0]!["signed_attestations"]![0]!["target_epoch"]!.GetValue<string>());
        Assert.Equal(HttpStatusCode.NotFound, (await scene.Admin.SignAsync(keys[0], Chain.RandaoJson())).Status);
        Assert.StartsWith("was_retired", Messages(await scene.PushAsync(Body(folder)))[0]);
        await scene.StopAsync();
        await scene.ServeAsync();
        Assert.Equal(["not_active"], Statuses(await scene.DeleteAsync(keys[0])));
        Assert.Equal(4, (await scene.ListAsync()).Count);
    }

    [Fact]
    public async Task Shares_of_a_lock_that_is_here_know_their_place()
    {
        await using var scene = await StartAsync(template);
        await scene.StopAsync();
        (
            await scene.Home.RunAsync(
                "cluster",
                "add-lock",
                Vectors.Path("clusters/lock-v1_10-4of3/cluster-lock.json"),
                "--node",
                Vectors.Path("clusters/lock-v1_10-4of3/node2")
            )
        ).Succeeded();
        await scene.ServeAsync();

        Assert.Equal(
            ["imported", "imported"],
            Statuses(await scene.PushAsync(Body(Vectors.Path("clusters/lock-v1_10-4of3/node2/validator_keys"))))
        );
        var other = await scene.PushAsync(Body(Vectors.Path("clusters/lock-v1_10-4of3/node1/validator_keys")));

        Assert.Equal(HttpStatusCode.BadRequest, other.Status);
        Assert.All(Messages(other), message => Assert.Matches("^(other_operator|second_share_of_group)", message));
        var held = JsonNode.Parse((await scene.Home.RunAsync("cluster", "list", "--json")).Succeeded().Output)![0]!;
        Assert.Equal((3, "keymanager_push"), (held["shareIndex"]!.GetValue<int>(), held["shares"]![0]!["provenance"]!.GetValue<string>()));
    }

    [Fact]
    public async Task Until_the_keys_are_open_no_list_of_them_is_empty()
    {
        await using var scene = await StartAsync(template);
        await scene.StopAsync();
        scene.Home.Configure(options =>
        {
            options["seal"]!["token"] = "nobody";
            options["clients"]!["admin"]!["ssv"] = new JsonArray("list");
        });
        await scene.ServeUnreadyAsync("\"failed\"");

        foreach (var list in new[] { "/eth/v1/keystores", "/v1/validators", "/api/v1/eth2/publicKeys", "/api/v1/dv/validators" })
        {
            var answer = await scene.Admin.ReadAsync(list);
            Assert.Equal((list, HttpStatusCode.ServiceUnavailable, "keys_loading"), (list, answer.Status, answer.Reason));
        }
    }

    [Fact]
    public async Task The_vault_from_before_a_push_put_back_is_noticed()
    {
        await using var scene = await StartAsync(template);
        Assert.Equal(HttpStatusCode.OK, (await scene.Admin.SignAsync(scene.Home.Keys[0], Chain.VoteJson())).Status);
        scene.Home.BackUp("before");
        Assert.Equal(HttpStatusCode.OK, (await scene.PushAsync(Body(scene.NewKeystores(1).Folder))).Status);
        await scene.StopAsync();
        scene.Home.PutBack("before", "vault");

        await scene.ServeUnreadyAsync("vault_rolled_back", "\"open\"");

        Assert.Equal("vault_rolled_back", (await scene.Admin.SignAsync(scene.Home.Keys[0], Chain.RandaoJson())).Reason);
        Assert.Equal("vault_rolled_back", (await scene.PushAsync(Body(scene.NewKeystores(1).Folder))).Reason);
    }

    [Theory]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"keystores":["{}"],"passwords":[]}""")]
    [InlineData("""{"keystores":[{}],"passwords":["a"]}""")]
    [InlineData("""{"keystores":["{}"],"keystores":["{}"],"passwords":["a"]}""")]
    [InlineData("""{"keystores":["{}"],"passwords":["a"],"slashing_protection":{}}""")]
    public async Task A_malformed_push_is_refused(string body)
    {
        await using var scene = await StartAsync(template);

        var answer = await scene.SendAsync(HttpMethod.Post, body);

        Assert.Equal((HttpStatusCode.BadRequest, "malformed_json"), (answer.Status, answer.Reason));
    }

    // Refusals are written apart from the answer.
    private static Task EvidenceAsync() => Task.Delay(TimeSpan.FromSeconds(1));

    private static (HttpStatusCode Status, string? Reason) Told(ApiAnswer answer) => (answer.Status, answer.Reason);

    private static string History(params string[] keys) =>
        $$"""{"metadata":{"interchange_format_version":"5","genesis_validators_root":"{{Chain.Network.GenesisValidatorsRoot}}"},"data":[{{string.Join(',', keys.Select(Entry))}}]}""";

    private static string Entry(string key) =>
        $$"""{"pubkey":"{{key}}","signed_blocks":[],"signed_attestations":[{"source_epoch":"{{Chain.Epoch}}","target_epoch":"{{Chain.Epoch + 1}}"}]}""";
}
