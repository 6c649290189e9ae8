namespace RemoteSigner.Keys;

/// <summary>Why the vault does not take a share. The names in snake case are the error codes.</summary>
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
