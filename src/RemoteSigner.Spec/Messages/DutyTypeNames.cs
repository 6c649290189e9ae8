using System.Diagnostics;

namespace RemoteSigner.Spec;

/// <summary>
/// The name of a duty in the audit log, in metrics and in the log. Kept for years and read by others' programs: a member of the enum may be
/// renamed, its name here not.
/// </summary>
public static class DutyTypeNames
{
    public static string Name(this DutyType duty) =>
        duty switch
        {
            DutyType.AggregationSlot => "AggregationSlot",
            DutyType.AggregateAndProof => "AggregateAndProof",
            DutyType.Attestation => "Attestation",
            DutyType.Block => "Block",
            DutyType.Deposit => "Deposit",
            DutyType.RandaoReveal => "RandaoReveal",
            DutyType.VoluntaryExit => "VoluntaryExit",
            DutyType.SyncCommitteeMessage => "SyncCommitteeMessage",
            DutyType.SyncCommitteeSelectionProof => "SyncCommitteeSelectionProof",
            DutyType.SyncCommitteeContributionAndProof => "SyncCommitteeContributionAndProof",
            DutyType.ValidatorRegistration => "ValidatorRegistration",
            DutyType.PayloadAttestation => "PayloadAttestation",
            DutyType.ProposerPreferences => "ProposerPreferences",
            DutyType.BuilderRequestAuth => "BuilderRequestAuth",
            DutyType.ExecutionPayloadEnvelope => "ExecutionPayloadEnvelope",
            DutyType.ExecutionPayloadBid => "ExecutionPayloadBid",
            DutyType.ClusterLock => "ClusterLock",
            _ => throw new UnreachableException($"the duty {duty} has no name"),
        };
}
