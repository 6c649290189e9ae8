using System.Text.Json.Nodes;
using RemoteSigner.Rig;
using RemoteSigner.Tests;

namespace RemoteSigner.AcceptanceTests.Dv;

/// <summary><c>cluster complete</c>, with signers that hold the shares and with files that their operators send.</summary>
public sealed class CompleteTests(OperatorsScene scene) : IClassFixture<OperatorsScene>
{
    public static TheoryData<string> Locks => ["clusters-charon/add-validators", $"clusters/{DvScene.Cluster}"];

    [Theory]
    [MemberData(nameof(Locks))]
    public async Task Three_of_four_signers_give_the_lock_back_as_it_was_byte_for_byte(string name)
    {
        var original = Vectors.Path($"{name}/cluster-lock.json");
        var (unsigned, completed) = (await scene.UnsignedAsync(original), scene.New("completed.json"));

        (await scene.RunAsync([0, 1, 3], "complete", unsigned, "--out", completed)).Succeeded();

        Assert.Equal(await File.ReadAllTextAsync(original), await File.ReadAllTextAsync(completed));
    }

    [Fact]
    public async Task Files_of_operators_that_cannot_ask_each_others_signers_do_as_well_and_two_are_too_few()
    {
        var (unsigned, completed) = (await scene.UnsignedAsync(OperatorsScene.CharonLock), scene.New("completed.json"));
        var files = new[] { scene.New("1.json"), scene.New("2.json"), scene.New("4.json") };
        foreach (var (file, node) in files.Zip([0, 1, 3]))
        {
            (await scene.RunAsync([node], "complete", unsigned, "--write-partials", file)).Succeeded();
        }

        var two = await scene.RunAsync([], "complete", unsigned, "--partials", files[0], "--partials", files[1], "--out", completed);
        Refusal.IsTold(two, "2 of 3 partials for", $"kept in {completed}.partials.json");
        Assert.Contains("those of the shares 3, 4 are missing, and 2 more validators", two.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(completed));

        // What was kept counts: the third alone completes it.
        (await scene.RunAsync([], "complete", unsigned, "--partials", files[2], "--out", completed)).Succeeded();
        Assert.Equal(await File.ReadAllTextAsync(OperatorsScene.CharonLock), await File.ReadAllTextAsync(completed));
    }

    /// <summary>Shares that were pushed know no cluster until they are bound to its lock, which has to be signed first.</summary>
    [Fact]
    public async Task Shares_that_know_no_cluster_yet_sign_its_lock_too()
    {
        using var home = scene.Template.Copy();
        home.Configure(options => options["clients"]!["admin"]!["duties"] = new JsonArray("CLUSTER_LOCK"));
        (
            await home.RunAsync(
                "keys",
                "import",
                "--keystores",
                Vectors.Path("clusters-charon/add-validators/node3/validator_keys"),
                "--never-signed"
            )
        ).Succeeded();
        await using var signer = await home.StartAsync();
        var (unsigned, completed) = (await scene.UnsignedAsync(OperatorsScene.CharonLock), scene.New("completed.json"));

        (await scene.RunAsync([0, 1], "complete", unsigned, "--out", completed, "--signer", signer.Api.AbsoluteUri)).Succeeded();

        Assert.Equal(await File.ReadAllTextAsync(OperatorsScene.CharonLock), await File.ReadAllTextAsync(completed));
    }

    [Fact]
    public async Task A_false_partial_is_named_and_not_counted()
    {
        var unsigned = await scene.UnsignedAsync(OperatorsScene.CharonLock);
        var (file, completed) = (scene.New("2.json"), scene.New("completed.json"));
        (await scene.RunAsync([1], "complete", unsigned, "--write-partials", file)).Succeeded();
        var forged = JsonNode.Parse(await File.ReadAllTextAsync(file))!;
        forged["validators"]![0]!["partials"]![0]!["signature"] = (string)forged["validators"]![1]!["partials"]![0]!["signature"]!;
        await File.WriteAllTextAsync(file, forged.ToJsonString());

        var tooFew = await scene.RunAsync([0, 2], "complete", unsigned, "--partials", file, "--out", completed, "--json");
        Refusal.IsTold(tooFew, "2 of 3 partials for");
        var report = JsonNode.Parse(tooFew.Output)!;
        Assert.False((bool)report["complete"]!);
        Assert.Equal((file, "false_partial"), ((string)report["problems"]![0]!["source"]!, (string)report["problems"]![0]!["reason"]!));
        Assert.Equal(
            (string)forged["validators"]![0]!["pubkey"]!,
            (string)Assert.Single(report["problems"]![0]!["validators"]!.AsArray())!
        );
        Assert.Equal("2,4", string.Join(',', report["validators"]![0]!["missing"]!.AsArray()));
        Assert.Contains("signatures of share 2", tooFew.Error, StringComparison.Ordinal);

        // Others make up for it, and it is said all the same.
        var enough = (await scene.RunAsync([0, 2, 3], "complete", unsigned, "--partials", file, "--out", completed)).Succeeded();
        Assert.Contains("signatures of share 2", enough.Error, StringComparison.Ordinal);
        Assert.Equal(await File.ReadAllTextAsync(OperatorsScene.CharonLock), await File.ReadAllTextAsync(completed));
    }

    [Fact]
    public async Task What_cannot_go_together_is_refused_before_a_signer_is_asked()
    {
        var (unsigned, own) = (await scene.UnsignedAsync(OperatorsScene.CharonLock), await scene.UnsignedAsync(OperatorsScene.OwnLock));
        var (file, target) = (scene.New("1.json"), scene.New("completed.json"));
        (await scene.RunAsync([0], "complete", own, "--write-partials", file)).Succeeded();

        Refusal.IsTold(await scene.RunAsync([0], "complete", unsigned, "--partials", file, "--out", target), "of the lock", "same lock");
        Refusal.IsTold(
            await scene.RunAsync([0], "complete", unsigned, "--partials", unsigned, "--out", target),
            "holds no partial signatures",
            "--write-partials"
        );
        Refusal.IsTold(await scene.RunAsync([0], "complete", unsigned, "--out", file), "is there already", "nothing is overwritten");
        Refusal.IsTold(
            await scene.RunAsync([0], "complete", Vectors.Path("clusters/neg-degree-too-low/cluster-lock.json"), "--out", target),
            "degree: "
        );
        var edited = JsonNode.Parse(await File.ReadAllTextAsync(unsigned))!;
        edited["lock_hash"] = "0x" + new string('1', 64);
        await File.WriteAllTextAsync(unsigned, edited.ToJsonString());
        Refusal.IsTold(await scene.RunAsync([0], "complete", unsigned, "--out", target), "lock_hash");
        Assert.False(File.Exists(target));

        Assert.Contains(
            "nothing to do",
            (await scene.RunAsync([], "complete", OperatorsScene.CharonLock, "--partials", file, "--out", target)).Succeeded().Error,
            StringComparison.Ordinal
        );
        Refusal.IsWrongUsage(await scene.RunAsync([], "complete", own, "--out", target));
        Refusal.IsWrongUsage(await scene.RunAsync([0], "complete", own));
        Refusal.IsWrongUsage(
            await SignerProcess.RunAsync(null, "cluster", "complete", own, "--out", target, "--signer", scene.Apis[0].AbsoluteUri)
        );
    }

    [Fact]
    public async Task A_signer_that_refuses_or_is_not_there_is_told_with_what_helps()
    {
        var (unsigned, target) = (await scene.UnsignedAsync(OperatorsScene.CharonLock), scene.New("completed.json"));

        var refused = await scene.RunAsync("vc", [0, 1, 2], "complete", unsigned, "--out", target);
        Refusal.IsTold(refused, "0 of 3 partials for", "nothing came");
        Assert.Contains("policy explain", refused.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(target + ".partials.json"));

        var silent = (
            await scene.RunAsync([0, 1, 2], "complete", unsigned, "--out", target, "--signer", $"https://127.0.0.1:{LoopbackPort.Free()}")
        ).Succeeded();
        Assert.Contains("cannot be reached", silent.Error, StringComparison.Ordinal);
    }

    /// <summary>The one lock that Charon makes while shares live in signers.</summary>
    [Fact]
    public async Task Whoever_uses_a_lock_without_an_aggregate_is_told_of_this_command()
    {
        var unsigned = Vectors.Path("clusters-charon/add-validators-unverified/cluster-lock.json");

        var verify = await SignerProcess.RunAsync(null, "cluster", "verify", unsigned);
        Assert.Equal(1, verify.ExitCode);
        Assert.Contains("remote-signer cluster complete", verify.Output, StringComparison.Ordinal);
        (
            await SignerProcess.RunAsync(
                null,
                "cluster",
                "verify",
                Vectors.Path("clusters-charon/add-validators-unverified/cluster-lock.completed.json")
            )
        ).Succeeded();
        Refusal.IsTold(
            await scene.RunAsync(
                [],
                "exit",
                $"0x{new string('a', 96)}=1",
                "--lock",
                unsigned,
                "--epoch",
                "1",
                "--write-partials",
                scene.New("1.json")
            ),
            "signature_aggregate",
            "cluster complete"
        );
        using var home = scene.Template.Copy();
        var node = Vectors.Path("clusters-charon/add-validators-unverified/node0");
        foreach (
            var verb in (string[][])
                [
                    ["import", "--never-signed", "--lock", unsigned],
                    ["bind", "--lock", unsigned],
                    ["add-lock", unsigned],
                ]
        )
        {
            Refusal.IsTold(await home.RunAsync(["cluster", .. verb, "--node", node]), "", "cluster complete");
        }
    }
}
