using System.Diagnostics;

namespace RemoteSigner.Clusters.Charon;

/// <summary>The checks of a cluster file, in the order in which they are told.</summary>
public enum ClusterCheck
{
    /// <summary>The fork version names a network that is known, and the one that was asked for.</summary>
    Network,

    /// <summary>As many validators, addresses, shares and node signatures as the definition says.</summary>
    Counts,

    /// <summary>Neither one share alone nor more than there are; above half.</summary>
    Threshold,

    /// <summary>The config hash is that of the definition.</summary>
    ConfigHash,

    /// <summary>The definition hash is that of the definition with its signatures.</summary>
    DefinitionHash,

    /// <summary>The lock hash is that of the definition and the validators.</summary>
    LockHash,

    /// <summary>Every operator's ENR is signed by its own key, and no two have the same.</summary>
    NodeRecords,

    /// <summary>The creator's account signed the config hash.</summary>
    CreatorSignature,

    /// <summary>Every operator's account signed the config hash and its ENR.</summary>
    OperatorSignatures,

    /// <summary>Every key is a point of the right subgroup and not infinity.</summary>
    PublicKeys,

    /// <summary>No key stands twice in the file.</summary>
    DistinctKeys,

    /// <summary>Every share lies on the polynomial of its group key.</summary>
    Interpolation,

    /// <summary>No smaller number of shares than the threshold gives the group key.</summary>
    Degree,

    /// <summary>Every share signed the lock hash.</summary>
    SignatureAggregate,

    /// <summary>Every node signed the lock hash with the key of its ENR.</summary>
    NodeSignatures,

    /// <summary>The groups signed registrations for the fee recipients of the definition.</summary>
    BuilderRegistrations,

    /// <summary>The groups signed deposits to the withdrawal addresses of the definition.</summary>
    Deposits,
}

/// <summary>The error code of a check: a member may be renamed, its code not.</summary>
public static class ClusterCheckCodes
{
    public static string Code(this ClusterCheck check) =>
        check switch
        {
            ClusterCheck.Network => "network",
            ClusterCheck.Counts => "counts",
            ClusterCheck.Threshold => "threshold",
            ClusterCheck.ConfigHash => "config_hash",
            ClusterCheck.DefinitionHash => "definition_hash",
            ClusterCheck.LockHash => "lock_hash",
            ClusterCheck.NodeRecords => "node_records",
            ClusterCheck.CreatorSignature => "creator_signature",
            ClusterCheck.OperatorSignatures => "operator_signatures",
            ClusterCheck.PublicKeys => "public_keys",
            ClusterCheck.DistinctKeys => "distinct_keys",
            ClusterCheck.Interpolation => "interpolation",
            ClusterCheck.Degree => "degree",
            ClusterCheck.SignatureAggregate => "signature_aggregate",
            ClusterCheck.NodeSignatures => "node_signatures",
            ClusterCheck.BuilderRegistrations => "builder_registrations",
            ClusterCheck.Deposits => "deposits",
            _ => throw new UnreachableException($"the check {check} has no code"),
        };
}
