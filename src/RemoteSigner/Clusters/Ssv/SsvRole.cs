namespace RemoteSigner.Clusters.Ssv;

/// <summary>Which duty a message is about (ssv-spec, types/runner_role.go). The numbers are on the wire.</summary>
public enum SsvRole
{
    /// <summary>Attestations and sync committee messages of all validators of one committee.</summary>
    Committee = 0,

    Aggregator = 1,

    Proposer = 2,

    SyncCommitteeContribution = 3,

    ValidatorRegistration = 4,

    VoluntaryExit = 5,

    /// <summary>Aggregations and contributions of all validators of one committee, from SSV's Boole fork on.</summary>
    AggregatorCommittee = 6,
}
