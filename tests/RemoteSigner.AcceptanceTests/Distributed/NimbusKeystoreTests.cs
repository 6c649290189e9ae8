using System.Text.Json;
using System.Text.Json.Nodes;
using RemoteSigner.AcceptanceTests.Dv;
using RemoteSigner.Clusters;
using RemoteSigner.Rig;
using RemoteSigner.Spec;

namespace RemoteSigner.AcceptanceTests.Distributed;

/// <summary>
/// What Nimbus is given, used as Nimbus uses it: each remote asked by its share's key, the first t answers in the order of the file
/// combined with x = id.
/// </summary>
public sealed class NimbusKeystoreTests(DvScene scene) : IClassFixture<DvScene>
{
    private static readonly string[] _urls =
    [
        .. Enumerable.Range(1, 4).SelectMany(index => new[] { "--url", $"{index}=http://127.0.0.1:910{index}" }),
    ];

    [Fact]
    public async Task The_keystore_leads_to_the_groups_signature()
    {
        var result = (
            await scene.Home.RunAsync([
                "cluster",
                "show",
                (string)scene.Lock["lock_hash"]!,
                "--nimbus",
                "--validator",
                scene.Group(1).ToString(),
                .. _urls,
            ])
        ).Succeeded();

        var keystore = JsonNode.Parse(result.Output)!.AsObject();
        Assert.Equal(["version", "type", "pubkey", "remotes", "threshold"], keystore.Select(member => member.Key));
        Assert.Equal(
            (3, "web3signer", scene.Group(1).ToString(), 3),
            ((int)keystore["version"]!, (string)keystore["type"]!, (string)keystore["pubkey"]!, (int)keystore["threshold"]!)
        );
        var answers = new Dictionary<ulong, BlsSignature>();
        foreach (var remote in keystore["remotes"]!.AsArray().Take((int)keystore["threshold"]!))
        {
            var node = int.Parse(((string)remote!["url"]!)[^1..]) - 1;
            var answer = await scene.Nodes[node].SignAsync((string)remote["pubkey"]!, Chain.RandaoJson(11));
            answers.Add((ulong)remote["id"]!, BlsSignature.Parse(answer.Signature));
        }

        Assert.Equal(scene.Sign(1, new RandaoReveal(new Epoch(11), Chain.Vote().ForkInfo)), ThresholdSignature.Combine(answers));
    }

    [Fact]
    public async Task All_of_a_cluster_are_written_where_Nimbus_looks_for_them()
    {
        var folder = scene.Home.Beside("validators");
        (
            await scene.Home.RunAsync(["cluster", "show", ((string)scene.Lock["lock_hash"]!)[..18], "--nimbus", "--out", folder, .. _urls])
        ).Succeeded();

        foreach (var validator in new[] { 0, 1 })
        {
            using var keystore = JsonDocument.Parse(
                await File.ReadAllTextAsync(
                    Path.Combine(folder, scene.Group(validator).ToString(), "remote_keystore.json"),
                    TestContext.Current.CancellationToken
                )
            );
            Assert.Equal(
                scene.Share(validator, 3).ToString(),
                keystore.RootElement.GetProperty("remotes")[3].GetProperty("pubkey").GetString()
            );
        }
    }

    [Theory]
    [InlineData(
        "names no validator",
        "has 2 validators",
        "--url",
        "1=http://a",
        "--url",
        "2=http://a",
        "--url",
        "3=http://a",
        "--url",
        "4=http://a"
    )]
    [InlineData("lacks a URL", "the shares 2, 3, 4", "--out", "x", "--url", "1=http://a")]
    [InlineData(
        "has a strange index",
        "no share 9",
        "--out",
        "x",
        "--url",
        "1=http://a",
        "--url",
        "2=http://a",
        "--url",
        "3=http://a",
        "--url",
        "4=http://a",
        "--url",
        "9=http://a"
    )]
    [InlineData("has no URL", "is not INDEX=URL", "--out", "x", "--url", "1=ftp://a")]
    [InlineData("has two", "two URLs", "--out", "x", "--url", "1=http://a", "--url", "1=http://b")]
    public async Task What_is_not_said_is_asked_for(string what, string problem, params string[] options)
    {
        var result = await scene.Home.RunAsync(["cluster", "show", (string)scene.Lock["lock_hash"]!, "--nimbus", .. options]);

        Assert.True(
            result.ExitCode == 1
                && result.Error.Contains(problem, StringComparison.Ordinal)
                && result.Error.Contains("hint: ", StringComparison.Ordinal),
            $"{what}: {result.Error}"
        );
    }

    [Fact]
    public async Task Options_that_belong_to_it_are_none_without_it()
    {
        var result = await scene.Home.RunAsync("cluster", "show", (string)scene.Lock["lock_hash"]!, "--url", "1=http://a");

        Assert.Equal(2, result.ExitCode);
        Assert.Contains("--nimbus", result.Error, StringComparison.Ordinal);
    }
}
