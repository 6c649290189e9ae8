namespace RemoteSigner.Clusters.Charon;

/// <summary>The checks of a cluster file, in the order in which they are told. The names in snake case are their error codes.</summary>
public enum ClusterCheck
{
    /// <summary>The fork version names a network that is known, and the one that was asked for.</summary>
    Network,

    /// <summary>As many validators, addresses, shares and node signatures as the definition says.</summary>
    Counts,

    /// <summary>Neither one share alone nor more than there are; above half.</summary>
    Threshold,

    ConfigHash,

    DefinitionHash,

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
