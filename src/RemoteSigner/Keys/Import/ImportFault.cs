using System.Diagnostics;

namespace RemoteSigner.Keys;

/// <summary>Why the vault does not take a share.</summary>
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
            _ => throw new UnreachableException($"the fault {fault} has no code"),
        };
}
