namespace RemoteSigner.Slashing;

/// <summary>Why slashing protection refused.</summary>
public enum SlashingRule
{
    /// <summary>Another root is recorded for this slot, or the same slot without a root (EIP-3076 condition 1).</summary>
    DoubleProposal,

    /// <summary>The slot is at or below the lowest that may be signed, and this very root is not recorded (EIP-3076 condition 2).</summary>
    BlockBelowLowWatermark,

    /// <summary>Another root is recorded for this target epoch, or the same target without a root (EIP-3076 condition 3).</summary>
    DoubleVote,

    /// <summary>A recorded vote surrounds this one, or this one surrounds a recorded vote (EIP-3076 condition 3).</summary>
    SurroundedVote,

    /// <summary>See <see cref="SurroundedVote"/>: this vote surrounds a recorded one.</summary>
    SurroundingVote,

    /// <summary>The source epoch is below the lowest that may be signed (EIP-3076 condition 4).</summary>
    SourceBelowLowWatermark,

    /// <summary>
    /// The target epoch is at or below the lowest that may be signed, and this very root is not recorded (EIP-3076 condition 5).
    /// </summary>
    TargetBelowLowWatermark,

    /// <summary>Below the low watermark that was raised under all keys after an unclean stop; the detail says why and until when.</summary>
    BelowGlobalLowWatermark,

    /// <summary>The source epoch is after the target epoch: no valid vote.</summary>
    SourceAfterTarget,

    /// <summary>The operator stopped signing at this slot or epoch (the high watermark).</summary>
    AtOrAboveHighWatermark,

    /// <summary>The message is for another chain than the pinned or configured genesis validators root names.</summary>
    WrongGenesisValidatorsRoot,

    /// <summary>The key has no slashing history here: it was never registered, or was deleted.</summary>
    KeyNotActive,

    /// <summary>A slot or epoch past 2^63-1, which cannot be recorded; no chain gets there.</summary>
    NumberOutOfRange,
}
