using RemoteSigner.AcceptanceTests.Dv;
using RemoteSigner.Rig;
using RemoteSigner.Spec;

namespace RemoteSigner.AcceptanceTests;

/// <summary>One duty of every type of a distributed validator, all of the present moment: what is posted, and what it means.</summary>
internal static class EveryDuty
{
    /// <param name="recipient">Where a registration sends the fees.</param>
    /// <param name="group">Signs with the validator's own key: selection proofs are the group's.</param>
    /// <param name="deposit">Null where deposits are none of its duties.</param>
    public static IReadOnlyList<(string Json, SignableMessage Message)> Of(
        BlsPublicKey validator,
        string recipient,
        Func<SignableMessage, BlsSignature> group,
        Deposit? deposit = null
    )
    {
        var slot = new Slot(Chain.Slot);
        var fork = Chain.Vote().ForkInfo;
        var block = BlockRequest.Message(fork.GenesisValidatorsRoot, Chain.Slot, fill: 4);
        var (selection, syncSelection) = (new AggregationSlot(slot, fork), new SyncCommitteeSelectionProof(slot, 2, fork));
        var root = new Root(new byte[32]);
        return
        [
            (Chain.VoteJson(3), Chain.Vote(3)),
            (BlockRequest.Json(block), block),
            (Chain.RandaoJson(11), new RandaoReveal(new Epoch(11), fork)),
            (Duty("AGGREGATION_SLOT", $$"""  "aggregation_slot":{"slot":"{{slot}}"}"""), selection),
            (
                Duty("SYNC_COMMITTEE_MESSAGE", $$"""  "sync_committee_message":{"slot":"{{slot}}","beacon_block_root":"{{root}}"}"""),
                new SyncCommitteeMessage(slot, root, fork)
            ),
            (
                Duty(
                    "SYNC_COMMITTEE_SELECTION_PROOF",
                    $$"""  "sync_aggregator_selection_data":{"slot":"{{slot}}","subcommittee_index":"2"}"""
                ),
                syncSelection
            ),
            (
                ClusterRuleTests.AggregateJson("AGGREGATE_AND_PROOF_V2", wrapped: true, slot, group(selection)),
                Aggregate(selection, group(selection))
            ),
            (ClusterRuleTests.ContributionJson(syncSelection, group(syncSelection)), Contribution(syncSelection, group(syncSelection))),
            (
                ClusterRuleTests.RegistrationJson(validator, recipient),
                new ValidatorRegistration(ExecutionAddress.Parse(recipient), 30_000_000, 1_700_000_000, validator)
            ),
            (Chain.ExitJson, Exit(5)),
            .. deposit is null
                ? []
                : new (string, SignableMessage)[]
                {
                    (
                        $$"""{"type":"DEPOSIT","deposit":{"pubkey":"{{deposit.PublicKey}}","withdrawal_credentials":"{{deposit.WithdrawalCredentials}}","amount":"{{deposit.Amount}}","genesis_fork_version":"{{deposit.GenesisForkVersion}}"} }""",
                        deposit
                    ),
                },
        ];
    }

    /// <summary>An exit from this epoch on.</summary>
    public static VoluntaryExit Exit(ulong index)
    {
        var fork = ForkVersion.Parse("0x40000910");
        return new VoluntaryExit(
            new Epoch(Chain.Epoch),
            index,
            new ForkInfo(fork, fork, new Epoch(0), Chain.Network.GenesisValidatorsRoot!.Value)
        );
    }

    private static string Duty(string type, string member) => $$"""{"type":"{{type}}",{{Chain.ForkInfo}},{{member}} }""";

    private static AggregateAndProof Aggregate(AggregationSlot selection, BlsSignature proof)
    {
        var root = new Root(new byte[32]);
        var data = new AttestationData(selection.Slot, 0, root, new Checkpoint(new Epoch(1), root), new Checkpoint(new Epoch(2), root));
        return new AggregateAndProof(7, new SignedAggregate([1], data, proof, [1, 0, 0, 0, 0, 0, 0, 0]), proof, selection.ForkInfo);
    }

    private static SyncCommitteeContributionAndProof Contribution(SyncCommitteeSelectionProof selection, BlsSignature proof) =>
        new(
            7,
            new SyncCommitteeContribution(selection.Slot, new Root(new byte[32]), selection.SubcommitteeIndex, [.. new byte[16]], proof),
            proof,
            selection.ForkInfo
        );
}
