using System.Diagnostics;

namespace RemoteSigner.Spec;

/// <summary>
/// The name of a duty in the audit log, in metrics and in the log. Kept for years and read by others' programs: a member of the enum may be
/// renamed, its name here not.
/// </summary>
public static class DutyTypeNames
{
    public static string Name(this DutyType duty) => Of(duty).Name;

    /// <summary>The code in metrics and answers.</summary>
    public static string Code(this DutyType duty) => Of(duty).Code;

    private static (string Name, string Code) Of(DutyType duty) =>
        duty switch
        {
            DutyType.AggregationSlot => ("AggregationSlot", "aggregation_slot"),
            DutyType.AggregateAndProof => ("AggregateAndProof", "aggregate_and_proof"),
            DutyType.Attestation => ("Attestation", "attestation"),
            DutyType.Block => ("Block", "block"),
            DutyType.Deposit => ("Deposit", "deposit"),
            DutyType.RandaoReveal => ("RandaoReveal", "randao_reveal"),
            DutyType.VoluntaryExit => ("VoluntaryExit", "voluntary_exit"),
            DutyType.SyncCommitteeMessage => ("SyncCommitteeMessage", "sync_committee_message"),
            DutyType.SyncCommitteeSelectionProof => ("SyncCommitteeSelectionProof", "sync_committee_selection_proof"),
            DutyType.SyncCommitteeContributionAndProof => ("SyncCommitteeContributionAndProof", "sync_committee_contribution_and_proof"),
            DutyType.ValidatorRegistration => ("ValidatorRegistration", "validator_registration"),
            DutyType.PayloadAttestation => ("PayloadAttestation", "payload_attestation"),
            DutyType.ProposerPreferences => ("ProposerPreferences", "proposer_preferences"),
            DutyType.BuilderRequestAuth => ("BuilderRequestAuth", "builder_request_auth"),
            DutyType.ExecutionPayloadEnvelope => ("ExecutionPayloadEnvelope", "execution_payload_envelope"),
            DutyType.ExecutionPayloadBid => ("ExecutionPayloadBid", "execution_payload_bid"),
            DutyType.ClusterLock => ("ClusterLock", "cluster_lock"),
            _ => throw new UnreachableException($"the duty {duty} has no name"),
        };
}
