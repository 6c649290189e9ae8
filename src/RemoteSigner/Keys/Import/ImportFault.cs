using System.Diagnostics;

namespace RemoteSigner.Keys;

/// <summary>Why shares do not come in.</summary>
public enum ImportFault
{
    /// <summary>The same key stands twice in one import.</summary>
    GivenTwice,

    /// <summary>The vault holds this very key.</summary>
    AlreadyHeld,

    /// <summary>The vault holds this very key under a document that succeeds the one that was given.</summary>
    SupersededDocument,

    /// <summary>The vault holds, or the import has, another share of the same validator: two of t shares in one place.</summary>
    SecondShareOfGroup,

    /// <summary>It is the whole key of a validator of which a share is held: whoever has it needs no cluster.</summary>
    WholeKeyOfHeldGroup,

    /// <summary>The whole key of its validator is held.</summary>
    GroupHeldAsWholeKey,

    /// <summary>Shares of this cluster are held under the index of another operator.</summary>
    OtherOperator,

    /// <summary>Nobody said what the key has signed, and nothing is known.</summary>
    NoSlashingHistory,

    /// <summary>It was said that it never signed, and there is history.</summary>
    HasSlashingHistory,

    /// <summary>It was deleted here, or replaced by another share.</summary>
    WasRetired,

    /// <summary>It was exported for a ceremony that has not ended.</summary>
    Exported,

    /// <summary>The slashing history knows it as another validator's, or as a key of another kind.</summary>
    OtherGroup,

    /// <summary>The lock has no node signatures, so nothing shows that this node confirmed it.</summary>
    UnanchoredLock,

    /// <summary>The node's key is of none of the operators in the lock.</summary>
    ForeignNode,

    /// <summary>The operator's key is of none of the operators in the keyshares file.</summary>
    ForeignOperator,

    /// <summary>What is encrypted to the operator is not the secret of its public key.</summary>
    ShareDoesNotOpen,

    /// <summary>Two documents say of the share what cannot both be true.</summary>
    DisputedShare,

    /// <summary>The validator has another owner than was stated.</summary>
    OtherOwner,

    /// <summary>The validator is none of those that were stated.</summary>
    ValidatorNotStated,

    /// <summary>A validator that was stated is not in the file.</summary>
    ValidatorNotInFile,

    /// <summary>A validator of the lock has no keystore and no share in the vault.</summary>
    MissingKeystore,

    /// <summary>The lock has no validator for a keystore.</summary>
    SurplusKeystore,

    /// <summary>The keystore's key is nobody's share in the lock.</summary>
    KeyNotInLock,

    /// <summary>The keystore has the share of another operator.</summary>
    OtherOperatorsShare,

    /// <summary>The keystore has the share of another validator of the lock.</summary>
    OtherValidatorsShare,

    /// <summary>The network's genesis time is not known, so nobody can say from when on the shares may sign.</summary>
    GenesisUnknown,
}

/// <summary>The error code of a fault: a member may be renamed, its code not.</summary>
public static class ImportFaultCodes
{
    public static string Code(this ImportFault fault) =>
        fault switch
        {
            ImportFault.GivenTwice => "given_twice",
            ImportFault.AlreadyHeld => "already_held",
            ImportFault.SupersededDocument => "superseded_document",
            ImportFault.SecondShareOfGroup => "second_share_of_group",
            ImportFault.WholeKeyOfHeldGroup => "whole_key_of_held_group",
            ImportFault.GroupHeldAsWholeKey => "group_held_as_whole_key",
            ImportFault.OtherOperator => "other_operator",
            ImportFault.NoSlashingHistory => "no_slashing_history",
            ImportFault.HasSlashingHistory => "has_slashing_history",
            ImportFault.WasRetired => "was_retired",
            ImportFault.Exported => "exported",
            ImportFault.OtherGroup => "other_group",
            ImportFault.UnanchoredLock => "unanchored_lock",
            ImportFault.ForeignNode => "foreign_node",
            ImportFault.ForeignOperator => "foreign_operator",
            ImportFault.ShareDoesNotOpen => "share_does_not_open",
            ImportFault.DisputedShare => "disputed_share",
            ImportFault.OtherOwner => "other_owner",
            ImportFault.ValidatorNotStated => "validator_not_stated",
            ImportFault.ValidatorNotInFile => "validator_not_in_file",
            ImportFault.MissingKeystore => "missing_keystore",
            ImportFault.SurplusKeystore => "surplus_keystore",
            ImportFault.KeyNotInLock => "key_not_in_lock",
            ImportFault.OtherOperatorsShare => "other_operators_share",
            ImportFault.OtherValidatorsShare => "other_validators_share",
            ImportFault.GenesisUnknown => "genesis_unknown",
            _ => throw new UnreachableException($"the fault {fault} has no code"),
        };
}
