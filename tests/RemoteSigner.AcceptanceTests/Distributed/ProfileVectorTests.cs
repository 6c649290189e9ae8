using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using RemoteSigner.Clusters;
using RemoteSigner.Rig;
using RemoteSigner.Spec;
using RemoteSigner.Tests;

namespace RemoteSigner.AcceptanceTests.Distributed;

/// <summary>
/// The vectors of the distributed profile through its real endpoints: a signer for each participant, which holds its share of each group.
/// The groups have no cluster document, so that signer.json states them.
/// </summary>
public sealed class ProfileVectorTests : IAsyncLifetime
{
    private static readonly JsonArray _groups = Vectors.Read("distributed-signing/structured.json").AsArray();

    private readonly List<SignerHome> _homes = [];
    private readonly List<SignerProcess> _signers = [];
    private readonly List<HttpClient> _clients = [];

    public async ValueTask InitializeAsync()
    {
        Assert.SkipUnless(SoftToken.IsAvailable || Environment.GetEnvironmentVariable("CI") == "true", "SoftHSM2 is not installed");
        for (var place = 0; place < _groups.Max(group => group!["share_secrets"]!.AsArray().Count); place++)
        {
            var home = SignerHome.Empty();
            _homes.Add(home);
            (await home.InitAsync("sepolia", "--no-slot-window", "--client", "vc")).Succeeded();
            await home.AddKeysAsync([
                .. GroupsAt(place)
                    .Select(group => Convert.FromHexString(group["share_secrets"]![place]!["secret_key"]!.GetValue<string>()[2..]))
                    .DistinctBy(Convert.ToHexString),
            ]);
            home.Configure(options => options["distributed"] = Distributed(place));
            _signers.Add(await home.StartAsync());
            _clients.Add(ClientCertificate.Connect(_signers[place], home.Data, "vc"));
        }
    }

    [Fact]
    public async Task Accounts_partial_signatures_and_what_they_make_together_are_those_of_the_vectors()
    {
        var signatures = 0;
        foreach (var group in _groups.OfType<JsonNode>())
        {
            var (composite, size) = (group["composite_public_key"]!.GetValue<string>(), group["accounts"]!.AsArray().Count);
            for (var place = 0; place < size; place++)
            {
                var expected = group["accounts"]![place]!;
                if (size > 1)
                {
                    Assert.True(
                        JsonNode.DeepEquals(
                            AtHome(expected, place),
                            JsonNode.Parse((await _clients[place].ReadAsync($"/api/v1/eth2/distributed/accounts/{composite}")).Text)
                        )
                    );
                }

                var listed = JsonNode.Parse((await _clients[place].ReadAsync("/api/v1/eth2/distributed/accounts")).Text)!.AsArray();
                Assert.Contains(listed, account => account!["composite_public_key"]!.GetValue<string>() == composite);
            }

            foreach (var signed in group["cases"]!.AsArray().OfType<JsonNode>())
            {
                var partials = new List<(ulong Id, BlsSignature Signature)>();
                for (var place = 0; place < size; place++)
                {
                    var (expected, request) = (signed["responses"]![place]!, signed["request"]!.ToJsonString());
                    var single = await PostAsync(place, $"/{composite}", request);
                    Assert.True(single.Status == HttpStatusCode.OK, single.Text);
                    Assert.True(JsonNode.DeepEquals(expected, JsonNode.Parse(single.Text)), single.Text);
                    var batch = JsonNode
                        .Parse((await PostAsync(place, "", $$"""{"identifiers":["{{composite}}"],"signing_request":{{request}}}""")).Text)!
                        .AsArray();
                    var inBatch = expected.DeepClone();
                    inBatch["identifier"] = composite;
                    Assert.True(JsonNode.DeepEquals(inBatch, Assert.Single(batch)), batch.ToJsonString());
                    partials.Add(
                        (ulong.Parse(single.Json.GetProperty("participant_id").GetString()!), BlsSignature.Parse(single.Signature))
                    );
                    signatures++;
                }

                var threshold = int.Parse(group["threshold"]!.GetValue<string>());
                Assert.All(Subsets(partials, threshold), chosen =>
                    Assert.Equal(
                        signed["recovered_signature"]!.GetValue<string>(),
                        ThresholdSignature.Combine(chosen.ToDictionary(one => one.Id, one => one.Signature)).ToString()
                    )
                );
            }
        }

        Assert.Equal(18, signatures);
    }

    [Theory]
    [InlineData("*,!COMPOSITE", false)]
    [InlineData("*,!operator:2", false)]
    [InlineData("COMPOSITE", true)]
    [InlineData("operator:2", true)]
    public async Task Rights_may_name_a_stated_group_and_its_ids_and_policy_explain_agrees(string words, bool allowed)
    {
        var composite = _groups[0]!["composite_public_key"]!.GetValue<string>();
        var home = _homes[1];
        home.Configure(options =>
            options["clients"]!["vc"]!["keys"] = new JsonArray([
                .. words.Replace("COMPOSITE", composite, StringComparison.Ordinal).Split(',').Select(word => (JsonNode)word),
            ])
        );
        (await CommandResult.OfAsync("kill", ["-HUP", $"{_signers[1].Id}"])).Succeeded();
        await Task.Delay(300);
        Assert.Equal("completed", (await _signers[1].EndOfReloadAsync()).Json.GetProperty("status").GetString());

        var answer = await PostAsync(1, $"/{composite}", _groups[0]!["cases"]![1]!["request"]!.ToJsonString());
        var explained = await home.RunAsync("policy", "explain", "vc", composite, "RANDAO_REVEAL");

        Assert.Equal((allowed ? HttpStatusCode.OK : HttpStatusCode.NotFound, allowed ? 0 : 1), (answer.Status, explained.ExitCode));
        Assert.Contains($"validator {composite}", explained.Output, StringComparison.Ordinal);
    }

    public async ValueTask DisposeAsync()
    {
        _clients.ForEach(client => client.Dispose());
        foreach (var signer in _signers)
        {
            await signer.DisposeAsync();
        }

        _homes.ForEach(home => home.Dispose());
    }

    private static IEnumerable<JsonNode> GroupsAt(int place) =>
        _groups.OfType<JsonNode>().Where(group => group["share_secrets"]!.AsArray().Count > place);

    // Groups of more than one: a whole key needs no words. In each, this signer is at the same place, which the profile wants to be one
    // endpoint.
    private static JsonObject Distributed(int place) =>
        new()
        {
            ["endpoint"] = Endpoint(place),
            ["groups"] = new JsonArray([
                .. GroupsAt(place)
                    .Where(group => group["accounts"]!.AsArray().Count > 1)
                    .Select(group =>
                        (JsonNode)
                            new JsonObject
                            {
                                ["compositePublicKey"] = group["composite_public_key"]!.GetValue<string>(),
                                ["threshold"] = int.Parse(group["threshold"]!.GetValue<string>()),
                                ["participants"] = new JsonArray([
                                    .. group["accounts"]!
                                        .AsArray()
                                        .Select(
                                            (account, i) =>
                                                (JsonNode)
                                                    new JsonObject
                                                    {
                                                        ["id"] = account!["participant_id"]!.GetValue<string>(),
                                                        ["publicKey"] = account["public_key"]!.GetValue<string>(),
                                                        ["endpoint"] = Endpoint(i),
                                                    }
                                        ),
                                ]),
                            }
                    ),
            ]),
        };

    private static string Endpoint(int place) => $"https://signer-{place + 1}.example.com";

    private static JsonNode AtHome(JsonNode account, int place)
    {
        Assert.Equal(Endpoint(place), account["participants"]![place]!["endpoint"]!.GetValue<string>());
        return account;
    }

    private static IEnumerable<IReadOnlyList<T>> Subsets<T>(List<T> all, int size) =>
        Enumerable
            .Range(0, 1 << all.Count)
            .Where(chosen => int.PopCount(chosen) == size)
            .Select(chosen => (IReadOnlyList<T>)[.. all.Where((_, i) => (chosen & (1 << i)) != 0)]);

    private async Task<ApiAnswer> PostAsync(int place, string path, string body)
    {
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        return await _clients[place].AskAsync(HttpMethod.Post, $"/api/v1/eth2/distributed/sign{path}", content);
    }
}
