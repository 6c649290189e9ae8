using System.Diagnostics;

namespace RemoteSigner.Slashing;

/// <summary>What a rule of slashing protection is called outside this program, and what its refusal says of whoever asked.</summary>
public static class SlashingRuleNames
{
    /// <summary>
    /// The name in the audit log; in snake case it is the reason code of answers and metrics. Kept for years and read by others' programs:
    /// a member of the enum may be renamed, its name here not.
    /// </summary>
    public static string Name(this SlashingRule rule) =>
        rule switch
        {
            SlashingRule.DoubleProposal => "DoubleProposal",
            SlashingRule.BlockBelowLowWatermark => "BlockBelowLowWatermark",
            SlashingRule.DoubleVote => "DoubleVote",
            SlashingRule.SurroundedVote => "SurroundedVote",
            SlashingRule.SurroundingVote => "SurroundingVote",
            SlashingRule.SourceBelowLowWatermark => "SourceBelowLowWatermark",
            SlashingRule.TargetBelowLowWatermark => "TargetBelowLowWatermark",
            SlashingRule.BelowGlobalLowWatermark => "BelowGlobalLowWatermark",
            SlashingRule.SourceAfterTarget => "SourceAfterTarget",
            SlashingRule.AtOrAboveHighWatermark => "AtOrAboveHighWatermark",
            SlashingRule.WrongGenesisValidatorsRoot => "WrongGenesisValidatorsRoot",
            SlashingRule.KeyNotActive => "KeyNotActive",
            SlashingRule.NumberOutOfRange => "NumberOutOfRange",
            _ => throw new UnreachableException($"the rule {rule} has no name"),
        };

    /// <summary>
    /// True where the message collides with one on record, so that both together are a slashable offence: an attack, or a key that is used
    /// twice. Every other rule refuses what is not known to collide with anything: it lies below a low watermark, is for another chain, or
    /// the operator has stopped.
    /// </summary>
    public static bool IsOffence(this SlashingRule rule) =>
        rule is SlashingRule.DoubleProposal or SlashingRule.DoubleVote or SlashingRule.SurroundedVote or SlashingRule.SurroundingVote;
}
