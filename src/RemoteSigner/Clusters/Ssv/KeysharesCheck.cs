using System.Diagnostics;

namespace RemoteSigner.Clusters.Ssv;

/// <summary>The checks of a <c>keyshares.json</c>, in the order in which they are told.</summary>
public enum KeysharesCheck
{
    /// <summary>3f + 1 operators: 4, 7, 10 or 13.</summary>
    ClusterSize,

    /// <summary>Their ids rise, none is zero, and both lists of the file have the same.</summary>
    OperatorIds,

    /// <summary>Every operator has an RSA key of 2048 bits, and no two have the same.</summary>
    OperatorKeys,

    /// <summary>The shares' bytes are as many as so many operators take.</summary>
    SharesData,

    /// <summary>Both parts of the file are about one validator.</summary>
    ValidatorKey,

    /// <summary>Every key is a point of the right subgroup and not infinity.</summary>
    PublicKeys,

    /// <summary>No key stands twice in the file.</summary>
    DistinctKeys,

    /// <summary>Every share lies on the polynomial of its group key, at its operator's id.</summary>
    Interpolation,

    /// <summary>No smaller number of shares than the threshold gives the group key.</summary>
    Degree,

    /// <summary>The group key signed the owner's address and nonce.</summary>
    OwnerSignature,
}

/// <summary>The error code of a check: a member may be renamed, its code not.</summary>
public static class KeysharesCheckCodes
{
    public static string Code(this KeysharesCheck check) =>
        check switch
        {
            KeysharesCheck.ClusterSize => "cluster_size",
            KeysharesCheck.OperatorIds => "operator_ids",
            KeysharesCheck.OperatorKeys => "operator_keys",
            KeysharesCheck.SharesData => "shares_data",
            KeysharesCheck.ValidatorKey => "validator_key",
            KeysharesCheck.PublicKeys => "public_keys",
            KeysharesCheck.DistinctKeys => "distinct_keys",
            KeysharesCheck.Interpolation => "interpolation",
            KeysharesCheck.Degree => "degree",
            KeysharesCheck.OwnerSignature => "owner_signature",
            _ => throw new UnreachableException($"the check {check} has no code"),
        };
}
