using System.Diagnostics;

namespace RemoteSigner.Clusters;

/// <summary>
/// The name of a cluster rule in the audit log, and its code in answers and metrics. Kept for years and read by others' programs: a member
/// of the enum may be renamed, its name and code here not.
/// </summary>
public static class ClusterRuleNames
{
    public static string Name(this ClusterRule rule) => Of(rule).Name;

    /// <summary>The code in metrics and answers.</summary>
    public static string Code(this ClusterRule rule) => Of(rule).Code;

    private static (string Name, string Code) Of(ClusterRule rule) =>
        rule switch
        {
            ClusterRule.SelectionProofNotOfGroup => ("SelectionProofNotOfGroup", "selection_proof_not_of_group"),
            ClusterRule.RegistrationForAnotherKey => ("RegistrationForAnotherKey", "registration_for_another_key"),
            ClusterRule.FeeRecipientNotAllowed => ("FeeRecipientNotAllowed", "fee_recipient_not_allowed"),
            ClusterRule.GasLimitOutsideBand => ("GasLimitOutsideBand", "gas_limit_outside_band"),
            ClusterRule.DepositForAnotherKey => ("DepositForAnotherKey", "deposit_for_another_key"),
            ClusterRule.DepositNotOfCluster => ("DepositNotOfCluster", "deposit_not_of_cluster"),
            ClusterRule.ClusterDocumentMissing => ("ClusterDocumentMissing", "cluster_document_missing"),
            ClusterRule.NotABuilder => ("NotABuilder", "not_a_builder"),
            ClusterRule.BidAboveLimit => ("BidAboveLimit", "bid_above_limit"),
            ClusterRule.OtherPayloadVote => ("OtherPayloadVote", "other_payload_vote"),
            _ => throw new UnreachableException($"the rule {rule} has no name"),
        };
}
