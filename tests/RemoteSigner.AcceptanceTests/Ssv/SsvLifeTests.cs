using System.Net;
using System.Text.Json.Nodes;
using RemoteSigner.AcceptanceTests.RollbackProtection;
using RemoteSigner.Clusters.Ssv;
using RemoteSigner.Rig;

namespace RemoteSigner.AcceptanceTests;

/// <summary>
/// The months of an SSV operator: validators are registered, removed, resigned and reshared in the contract, and the node follows, also
/// from the first block on with an empty database.
/// </summary>
public sealed class SsvLifeTests
{
    private static readonly SsvNode.Share _single = SsvNode.SharesOf("single")[0];
    private static readonly SsvNode.Share _resigned = SsvNode.SharesOf("resign")[0];
    private static readonly SsvNode.Share _reshared = SsvNode.SharesOf("reshare")[0];

    /// <summary>W1: a resign keeps the share; the contract has it removed and added.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Every_order_of_the_contract_is_followed_and_ends_with_the_contracts_set(bool documents)
    {
        using var home = await SsvNode.PrepareAsync();
        if (documents)
        {
            foreach (var name in new[] { "single", "reshare" })
            {
                (await home.RunAsync(["cluster", "add-lock", SsvNode.PathOf(name), .. SsvNode.Stated(name)])).Succeeded();
            }
        }

        await using var signer = await home.StartAsync();
        using var node = SsvNode.Connect(home, signer);
        Assert.Equal(_single.Key, _resigned.Key);
        (SsvNode.Share Share, bool Adds)[] history =
        [
            (_single, true),
            (_single, false),
            (_resigned, true),
            (_resigned, false),
            (_reshared, true),
        ];

        // As it happens, and then with three databases that begin anew: a node does not know what is here.
        for (var databases = 0; databases < 4; databases++)
        {
            foreach (var (share, adds) in history)
            {
                if (adds)
                {
                    Assert.Contains(SsvNode.StatusOf(await node.AddAsync(share)), new[] { "imported", "duplicate" });
                    if (documents)
                    {
                        Assert.Equal([share.Key], await node.ListAsync());
                    }

                    Assert.Equal(HttpStatusCode.OK, (await node.SignAsync(share, Chain.RandaoJson())).Status);
                }
                else
                {
                    Assert.Equal("deleted", SsvNode.StatusOf(await node.RemoveAsync(share)));
                    Assert.Equal("not_found", SsvNode.StatusOf(await node.RemoveAsync(share)));
                }
            }

            Assert.Equal([_reshared.Key], await node.ListAsync());
        }

        // What may be under way elsewhere lies below its low watermarks, and that is what the answer says.
        var vote = await node.SignAsync(_reshared, Chain.VoteJson());
        Assert.Equal((HttpStatusCode.PreconditionFailed, "source_below_low_watermark"), (vote.Status, vote.Reason));
        await signer.StopAsync();
        (await home.RunAsync("audit", "verify")).Succeeded();
    }

    /// <summary>
    /// Both are registered at once where an owner registers anew before the node has seen the removal: the contract's newest word counts.
    /// </summary>
    [Fact]
    public async Task A_share_that_was_parked_for_another_comes_back_and_goes_by_the_nodes_word()
    {
        using var home = await SsvNode.PrepareAsync();
        foreach (var name in new[] { "single", "reshare" })
        {
            (await home.RunAsync(["cluster", "add-lock", SsvNode.PathOf(name), .. SsvNode.Stated(name)])).Succeeded();
        }

        await using var signer = await home.StartAsync();
        using var node = SsvNode.Connect(home, signer);

        Assert.Equal("imported", SsvNode.StatusOf(await node.AddAsync(_single)));
        Assert.Equal("imported", SsvNode.StatusOf(await node.AddAsync(_reshared)));
        Assert.Equal([_reshared.Key], await node.ListAsync());
        Assert.Equal(HttpStatusCode.NotFound, (await node.SignAsync(_single, Chain.RandaoJson())).Status);

        Assert.Equal("imported", SsvNode.StatusOf(await node.AddAsync(_single)));
        Assert.Equal([_single.Key], await node.ListAsync());
        Assert.Equal("duplicate", SsvNode.StatusOf(await node.AddAsync(_single)));

        Assert.Equal("deleted", SsvNode.StatusOf(await node.RemoveAsync(_reshared)));
        Assert.Equal([_single.Key], await node.ListAsync());
        var status = JsonNode.Parse((await home.RunAsync("slashing", "status", "--json")).Succeeded().Output)!.AsArray().Single()!;
        Assert.Equal(
            [(_single.Key, "active"), (_reshared.Key, "released")],
            status["keys"]!
                .AsArray()
                .Select(key => ((string)key!["publicKey"]!, (string)key["state"]!))
                .OrderBy(key => key.Item2, StringComparer.Ordinal)
        );
        Assert.Equal(SsvNode.Keyshares("single").Validators[0].GroupKey.ToString(), (string)status["publicKeys"]!.AsArray()[^1]!);
        await signer.StopAsync();
        (await home.RunAsync("audit", "verify")).Succeeded();
    }

    /// <summary>A person's deletion is not undone by a node; the node goes on all the same, and the log says what it lacks.</summary>
    [Fact]
    public async Task A_share_that_a_person_deleted_is_passed_over_by_the_node_and_told_loudly()
    {
        using var home = await SsvNode.PrepareAsync();
        await using var signer = await home.StartAsync();
        using var node = SsvNode.Connect(home, signer);
        Assert.Equal("imported", SsvNode.StatusOf(await node.AddAsync(_single)));
        (await home.RunAsync("keys", "delete", _single.Key)).Succeeded();

        var refused = await node.AddAsync(_single);

        Assert.Equal((HttpStatusCode.UnprocessableEntity, "was_retired"), (refused.Status, refused.Reason));
        Assert.Equal("not_found", SsvNode.StatusOf(await node.RemoveAsync(_single)));
        Assert.Equal("imported", SsvNode.StatusOf(await node.AddAsync(SsvNode.SharesOf("bulk")[0])));
        Assert.Contains("passes this registration over", signer.Output, StringComparison.Ordinal);
        Assert.Contains("keys enable", signer.Output, StringComparison.Ordinal);

        await signer.StopAsync();
        (await home.RunAsync("keys", "enable", _single.Key)).Succeeded();
        await using var again = await home.StartAsync();
        using var anew = SsvNode.Connect(home, again);
        Assert.Equal("imported", SsvNode.StatusOf(await anew.AddAsync(_single)));
    }

    /// <summary>W37: bad registrations cost who guesses, and nobody else.</summary>
    [Fact]
    public async Task Bad_shares_keep_no_good_one_out()
    {
        using var home = await SsvNode.PrepareAsync();
        await using var signer = await home.StartAsync();
        using var node = SsvNode.Connect(home, signer);
        using var other = SsvNode.Connect(home, signer, "other");
        var bad = Enumerable.Range(0, 12).Select(_ => node.AddAsync(_single with { Encrypted = "0x" + new string('0', 512) })).ToList();

        // How long nobody waits is the pace of GuessBudget, which has tests on a clock of its own.
        Assert.Equal("imported", SsvNode.StatusOf(await other.AddAsync(_single)));
        Assert.Equal("imported", SsvNode.StatusOf(await node.AddAsync(SsvNode.SharesOf("bulk")[0])));

        Assert.All(await Task.WhenAll(bad), answer =>
            Assert.Equal((HttpStatusCode.UnprocessableEntity, "share_does_not_open"), (answer.Status, answer.Reason))
        );
    }

    /// <summary>
    /// W4 and W10: the staker keeps the keyshares, and the operator speaks all the same; ssv-signer takes a body without keys.
    /// </summary>
    [Fact]
    public async Task Without_keyshares_here_the_operator_speaks_about_every_validator_in_its_own_network()
    {
        using var home = await SsvNode.PrepareAsync();
        await using var signer = await home.StartAsync();
        using var node = SsvNode.Connect(home, signer);
        Assert.Equal("imported", SsvNode.StatusOf(await node.AddAsync(_single)));
        var validator = SsvNode.Keyshares("single").Validators[0].GroupKey;

        Assert.Equal(
            HttpStatusCode.OK,
            (
                await node.SignMessageAsync(
                    SsvMessages.Consensus(SsvMessages.Identifier(new SsvDomain(0x503), SsvRole.Proposer, validator))
                )
            ).Status
        );
        var foreign = await node.SignMessageAsync(
            SsvMessages.Consensus(SsvMessages.Identifier(new SsvDomain(1), SsvRole.Proposer, validator))
        );
        Assert.Equal((HttpStatusCode.Forbidden, "other_ssv_network"), (foreign.Status, foreign.Reason));
        using (var operations = new HttpClient { BaseAddress = signer.Operations })
        {
            var metrics = (await operations.ReadAsync("/metrics")).Text;
            Assert.Contains(
                "remote_signer_operator_sign_outcomes_total{role=\"proposer\",kind=\"consensus\",outcome=\"signed\"} 1",
                metrics,
                StringComparison.Ordinal
            );
            Assert.Contains(
                "remote_signer_operator_sign_outcomes_total{role=\"proposer\",kind=\"consensus\",outcome=\"other_ssv_network\"} 1",
                metrics,
                StringComparison.Ordinal
            );
            Assert.Contains("remote_signer_operator_signing_duration_count 2", metrics, StringComparison.Ordinal);
        }

        foreach (var nothing in new[] { "{}", """{"pubkeys":null}""", """{"pubkeys":[]}""" })
        {
            var answer = await node.AskAsync(HttpMethod.Delete, "/v1/validators", nothing);
            Assert.Equal((HttpStatusCode.OK, 0), (answer.Status, answer.Json.GetProperty("data").GetArrayLength()));
        }

        await signer.StopAsync();
        var spoken = Assert.Single(await AuditLines.ReadAsync(home.LedgerFile), line =>
            line.Contains("\"operator.sign\"", StringComparison.Ordinal) && line.Contains("\"granted\"", StringComparison.Ordinal)
        );
        Assert.Contains(validator.ToString(), spoken, StringComparison.Ordinal);
        Assert.Contains("consensus, Proposer", spoken, StringComparison.Ordinal);
        (await home.RunAsync("audit", "verify")).Succeeded();
    }

    /// <summary>W4: who chooses to know his validators is told of a share whose messages he would not sign.</summary>
    [Fact]
    public async Task With_known_validators_alone_health_names_a_share_of_which_nothing_is_known()
    {
        using var home = await SsvNode.PrepareAsync();
        home.Configure(options => options["ssv"]!["validators"] = "known");
        await using var signer = await home.StartAsync();
        using var node = SsvNode.Connect(home, signer);
        Assert.Equal("imported", SsvNode.StatusOf(await node.AddAsync(_single)));

        var health = await signer.HealthWhenAsync(report => report.Text.Contains("ssv.validators", StringComparison.Ordinal));
        Assert.Contains(_single.Key, health.Text, StringComparison.Ordinal);
        var message = SsvMessages.Consensus(
            SsvMessages.Identifier(new SsvDomain(0x503), SsvRole.Proposer, SsvNode.Keyshares("single").Validators[0].GroupKey)
        );
        Assert.Equal("unknown_validator", (await node.SignMessageAsync(message)).Reason);

        (await home.RunAsync(["cluster", "add-lock", SsvNode.PathOf("single"), .. SsvNode.Stated("single")])).Succeeded();

        Assert.DoesNotContain(
            "ssv.validators",
            (await signer.HealthWhenAsync(report => !report.Text.Contains("ssv.validators", StringComparison.Ordinal))).Text,
            StringComparison.Ordinal
        );
        Assert.Equal(HttpStatusCode.OK, (await node.SignMessageAsync(message)).Status);
        Assert.Equal("duplicate", SsvNode.StatusOf(await node.AddAsync(_single)));
    }
}
