using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using RemoteSigner.Rig;

namespace RemoteSigner.AcceptanceTests;

/// <summary>Rights as people write them: bundles, labels with patterns, and what explains them.</summary>
public sealed class RightsTests(SignerTemplate template) : IDisposable
{
    private readonly SignerHome _home = template.Copy();

    [Fact]
    public async Task A_client_may_use_the_keys_whose_labels_its_patterns_select()
    {
        var labels = JsonNode
            .Parse((await _home.RunAsync("keys", "list", "--json")).Succeeded().Output)!
            .AsArray()
            .ToDictionary(key => (string)key!["publicKey"]!, key => (string)key!["label"]!);
        var (first, second) = (_home.Keys[0].ToString(), _home.Keys[1].ToString());
        _home.Configure(options => options["clients"]!["vc"]!["keys"] = new JsonArray("label:*", $"!label:{labels[second]}"));
        await using var signer = await _home.StartAsync();
        using var client = ClientCertificate.Connect(signer, _home.Data, "vc");

        Assert.Equal(
            labels.Keys.Where(key => key != second).Order(),
            JsonSerializer.Deserialize<string[]>((await client.ReadAsync("/api/v1/eth2/publicKeys")).Text)!.Order()
        );
        Assert.Equal(HttpStatusCode.OK, (await client.SignAsync(first, Chain.RandaoJson())).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await client.SignAsync(second, Chain.RandaoJson())).Status);
        await ExplainAsync(0, "selects the key", "vc", first, "RANDAO_REVEAL");
        await ExplainAsync(1, "takes the key away", "vc", second, "RANDAO_REVEAL");
        await ExplainAsync(0, "selects the key", "vc", labels[first], "ATTESTATION");
        await ExplainAsync(1, "none of clients.vc.duties has it", "vc", first, "VOLUNTARY_EXIT");
        await ExplainAsync(1, "has no 'nobody'", "nobody", first, "ATTESTATION");
        await ExplainAsync(0, "every key is the client's", "admin", second, "VOLUNTARY_EXIT");
    }

    [Theory]
    [InlineData("ATTESTATIONS", "is not one duty")]
    [InlineData("everyday", "is not one duty")]
    public async Task What_is_no_duty_is_not_explained(string duty, string problem)
    {
        var result = await _home.RunAsync("policy", "explain", "vc", _home.Keys[0].ToString(), duty);

        Assert.True(
            result.ExitCode == 1
                && result.Error.Contains(problem, StringComparison.Ordinal)
                && result.Error.Contains("hint: ", StringComparison.Ordinal),
            result.Error
        );
    }

    [Fact]
    public async Task A_key_that_is_not_there_and_a_word_that_selects_nothing_are_said()
    {
        var stranger = await _home.RunAsync("policy", "explain", "vc", "0x" + new string('a', 96), "ATTESTATION");
        Assert.Contains("is not in the vault", stranger.Error, StringComparison.Ordinal);
        _home.Configure(options => options["clients"]!["vc"]!["keys"] = new JsonArray("lable:x"));
        var word = await _home.RunAsync("serve");
        Assert.Equal(1, word.ExitCode);
        Assert.Contains("clients.vc.keys: 'lable:x' is not", word.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Bundles_are_written_out_as_the_rights_that_each_kind_of_client_needs()
    {
        Assert.SkipUnless(SoftToken.IsAvailable || Environment.GetEnvironmentVariable("CI") == "true", "SoftHSM2 is not installed");
        using var home = SignerHome.Empty();
        var unknown = await home.InitAsync("hoodi", "--client", "a=nothing");
        Assert.Equal(1, unknown.ExitCode);
        Assert.Contains("no bundle of rights 'nothing'", unknown.Error, StringComparison.Ordinal);
        (
            await home.InitAsync(
                "hoodi",
                "--client",
                "vc",
                "--client",
                "node=ssv-node",
                "--client",
                "charon=charon-push",
                "--client",
                "person=operator",
                "--client",
                "every=all"
            )
        ).Succeeded();

        home.Configure(options =>
        {
            var clients = options["clients"]!;
            Assert.Equal("""{"duties":["everyday"]}""", clients["vc"]!.ToJsonString());
            Assert.Equal("""{"duties":["everyday","VOLUNTARY_EXIT"],"ssv":["all"]}""", clients["node"]!.ToJsonString());
            Assert.Equal("""{"duties":[],"manageKeys":true}""", clients["charon"]!.ToJsonString());
            Assert.Equal(
                """{"duties":["VOLUNTARY_EXIT","VALIDATOR_REGISTRATION","DEPOSIT","CLUSTER_LOCK"],"manageKeys":true}""",
                clients["person"]!.ToJsonString()
            );
            Assert.Equal("""{"duties":["all"]}""", clients["every"]!.ToJsonString());
        });
        await using var signer = await home.StartAsync();
    }

    public void Dispose() => _home.Dispose();

    private async Task ExplainAsync(int exitCode, string reason, params string[] arguments)
    {
        var result = await _home.RunAsync(["policy", "explain", .. arguments]);
        Assert.True(
            result.ExitCode == exitCode && result.Output.Contains(reason, StringComparison.Ordinal),
            $"{string.Join(' ', arguments)}: {result.ExitCode} {result.Output}{result.Error}"
        );
        var json = JsonNode.Parse((await _home.RunAsync(["policy", "explain", .. arguments, "--json"])).Output)!;
        Assert.Equal(exitCode == 0, (bool)json["allowed"]!);
    }
}
