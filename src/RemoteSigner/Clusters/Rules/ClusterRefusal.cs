namespace RemoteSigner.Clusters;

/// <summary>Why a message is not signed with a share; <paramref name="Detail"/> is for the client and the log.</summary>
public sealed record ClusterRefusal(ClusterRule Rule, string Detail);

/// <summary>
/// What a signer can hold against a message because it knows the cluster of its share. The names in snake case are reason codes.
/// </summary>
public enum ClusterRule
{
    /// <summary>
    /// The selection proof inside the message is not the group's: no threshold of nodes has agreed that the validator aggregates.
    /// </summary>
    SelectionProofNotOfGroup,

    /// <summary>A builder registration names a validator other than the key's.</summary>
    RegistrationForAnotherKey,

    /// <summary>A builder registration sends the fees neither where the cluster lock says nor to an address on the list.</summary>
    FeeRecipientNotAllowed,

    /// <summary>A builder registration's gas limit is outside the configured band.</summary>
    GasLimitOutsideBand,

    /// <summary>
    /// A deposit is for another key than the share's group; of a whole key, and of a share whose group is not known, than the key itself.
    /// </summary>
    DepositForAnotherKey,

    /// <summary>A deposit has a network, withdrawal credentials or an amount that the cluster lock does not have.</summary>
    DepositNotOfCluster,

    /// <summary>The document of the share's cluster is not in the archive, or damaged, so that nothing can be compared with it.</summary>
    ClusterDocumentMissing,

    /// <summary>A builder's bid or envelope, and the key is not configured as a builder's.</summary>
    NotABuilder,

    /// <summary>A builder's bid offers more than the configured limit, or a payment that is not allowed.</summary>
    BidAboveLimit,

    /// <summary>Another vote about the payload of the same slot was asked for before, and one vote a slot is configured.</summary>
    OtherPayloadVote,
}
