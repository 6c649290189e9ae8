using System.Diagnostics;

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

/// <summary>What a role is called outside this program: a member may be renamed, its name and code not.</summary>
public static class SsvRoleNames
{
    /// <summary>The name in the audit log.</summary>
    public static string Name(this SsvRole role) => Of(role).Name;

    /// <summary>The code in metrics.</summary>
    public static string Code(this SsvRole role) => Of(role).Code;

    private static (string Name, string Code) Of(SsvRole role) =>
        role switch
        {
            SsvRole.Committee => ("Committee", "committee"),
            SsvRole.Aggregator => ("Aggregator", "aggregator"),
            SsvRole.Proposer => ("Proposer", "proposer"),
            SsvRole.SyncCommitteeContribution => ("SyncCommitteeContribution", "sync_committee_contribution"),
            SsvRole.ValidatorRegistration => ("ValidatorRegistration", "validator_registration"),
            SsvRole.VoluntaryExit => ("VoluntaryExit", "voluntary_exit"),
            SsvRole.AggregatorCommittee => ("AggregatorCommittee", "aggregator_committee"),
            _ => throw new UnreachableException($"the role {role} has no name"),
        };
}
