using System.Net;
using RemoteSigner.Rig;
using RemoteSigner.Spec;

namespace RemoteSigner.AcceptanceTests.Dv;

/// <summary>What a share of a known cluster does not sign, through Web3Signer's door and through our own.</summary>
public sealed class ClusterRuleTests(DvScene scene) : IClassFixture<DvScene>
{
    private static readonly ForkInfo _fork = Chain.Vote().ForkInfo;

    [Theory]
    [InlineData("AGGREGATE_AND_PROOF", false)]
    [InlineData("AGGREGATE_AND_PROOF", true)]
    [InlineData("AGGREGATE_AND_PROOF_V2", false)]
    [InlineData("AGGREGATE_AND_PROOF_V2", true)]
    public async Task An_aggregate_whose_proof_is_not_the_groups(string type, bool wrapped)
    {
        var selection = new AggregationSlot(new Slot(Chain.Slot), _fork);

        await AssertOnlyAsync(
            proof => AggregateJson(type, wrapped, selection.Slot, proof),
            scene.Sign(0, selection),
            scene.Sign(0, selection, share: 1),
            "selection_proof_not_of_group"
        );
    }

    [Fact]
    public async Task A_contribution_whose_proof_is_not_the_groups()
    {
        var selection = new SyncCommitteeSelectionProof(new Slot(Chain.Slot), 2, _fork);

        await AssertOnlyAsync(
            proof => ContributionJson(selection, proof),
            scene.Sign(0, selection),
            scene.Sign(1, selection),
            "selection_proof_not_of_group"
        );
    }

    [Fact]
    public async Task A_registration_for_another_validator_or_another_fee_recipient()
    {
        var locked = (string)scene.Lock["cluster_definition"]!["validators"]![0]!["fee_recipient_address"]!;

        Assert.Equal(HttpStatusCode.OK, (await SignAsync(RegistrationJson(scene.Share(0, 0), locked))).Status);
        Assert.Equal(HttpStatusCode.OK, (await SignAsync(RegistrationJson(scene.Group(0), locked))).Status);
        Assert.Equal("registration_for_another_key", (await SignAsync(RegistrationJson(scene.Group(1), locked))).Reason);
        Assert.Equal("fee_recipient_not_allowed", (await SignAsync(RegistrationJson(scene.Group(0), "0x" + new string('9', 40)))).Reason);
    }

    [Fact]
    public async Task A_deposit_to_another_address()
    {
        var signed = scene.Lock["distributed_validators"]![0]!["partial_deposit_data"]![0]!;
        string Json(string credentials) =>
            $$"""{"type":"DEPOSIT","deposit":{"pubkey":"{{scene.Group(0)}}","withdrawal_credentials":"{{credentials}}","amount":"{{signed["amount"]}}","genesis_fork_version":"0x10000910"} }""";

        Assert.Equal(
            HttpStatusCode.OK,
            (await scene.Admin.SignAsync(scene.Share(0, 0), Json((string)signed["withdrawal_credentials"]!))).Status
        );
        Assert.Equal("deposit_not_of_cluster", (await scene.Admin.SignAsync(scene.Share(0, 0), Json("0x01" + new string('0', 62)))).Reason);
    }

    private async Task AssertOnlyAsync(Func<BlsSignature, string> body, BlsSignature right, BlsSignature wrong, string reason)
    {
        Assert.Equal(HttpStatusCode.OK, (await SignAsync(body(right))).Status);
        foreach (
            var refused in (ApiAnswer[])
                [
                    await SignAsync(body(wrong)),
                    await DvScene.PostAsync(scene.Nodes[0], $"/{scene.Group(0)}", body(wrong), DvScene.Distributed),
                ]
        )
        {
            Assert.Equal((HttpStatusCode.PreconditionFailed, reason), (refused.Status, refused.Reason));
        }
    }

    private Task<ApiAnswer> SignAsync(string body) => scene.Nodes[0].SignAsync(scene.Share(0, 0), body);

    internal static string RegistrationJson(BlsPublicKey key, string recipient) =>
        $$"""{"type":"VALIDATOR_REGISTRATION","validator_registration":{"fee_recipient":"{{recipient}}","gas_limit":"30000000","timestamp":"1700000000","pubkey":"{{key}}"} }""";

    internal static string AggregateJson(string type, bool wrapped, Slot slot, BlsSignature proof)
    {
        var root = new Root(new byte[32]);
        var data =
            $$"""{"slot":"{{slot}}","index":"0","beacon_block_root":"{{root}}","source":{"epoch":"1","root":"{{root}}"},"target":{"epoch":"2","root":"{{root}}"} }""";
        var aggregate = $$"""{"aggregation_bits":"0x01","data":{{data}},"signature":"{{proof}}","committee_bits":"0x0100000000000000"}""";
        var message = $$"""{"aggregator_index":"7","aggregate":{{aggregate}},"selection_proof":"{{proof}}"}""";
        return $$"""{"type":"{{type}}",{{Chain.ForkInfo}},"aggregate_and_proof":{{(wrapped ? $$"""{"version":"ELECTRA","data":{{message}}}""" : message)}}}""";
    }

    internal static string ContributionJson(SyncCommitteeSelectionProof selection, BlsSignature proof)
    {
        var contribution =
            $$"""{"slot":"{{selection.Slot}}","beacon_block_root":"{{default(Root)}}","subcommittee_index":"{{selection.SubcommitteeIndex}}","aggregation_bits":"0x{{new string('0', 32)}}","signature":"{{proof}}"}""";
        return $$"""{"type":"SYNC_COMMITTEE_CONTRIBUTION_AND_PROOF",{{Chain.ForkInfo}},"contribution_and_proof":{"aggregator_index":"7","contribution":{{contribution}},"selection_proof":"{{proof}}"} }""";
    }
}
