using System.Diagnostics;

namespace RemoteSigner.Clusters;

/// <summary>
/// The name of a cluster rule in the audit log; in snake case it is the reason code of answers and metrics. Kept for years and read by
/// others' programs: a member of the enum may be renamed, its name here not.
/// </summary>
public static class ClusterRuleNames
{
    public static string Name(this ClusterRule rule) =>
        rule switch
        {
            ClusterRule.SelectionProofNotOfGroup => "SelectionProofNotOfGroup",
            ClusterRule.RegistrationForAnotherKey => "RegistrationForAnotherKey",
            ClusterRule.FeeRecipientNotAllowed => "FeeRecipientNotAllowed",
            ClusterRule.GasLimitOutsideBand => "GasLimitOutsideBand",
            ClusterRule.DepositForAnotherKey => "DepositForAnotherKey",
            ClusterRule.DepositNotOfCluster => "DepositNotOfCluster",
            ClusterRule.ClusterDocumentMissing => "ClusterDocumentMissing",
            ClusterRule.NotABuilder => "NotABuilder",
            ClusterRule.BidAboveLimit => "BidAboveLimit",
            ClusterRule.OtherPayloadVote => "OtherPayloadVote",
            _ => throw new UnreachableException($"the rule {rule} has no name"),
        };
}
