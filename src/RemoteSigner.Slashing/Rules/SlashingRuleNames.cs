using System.Diagnostics;

namespace RemoteSigner.Slashing;

/// <summary>What a rule of slashing protection is called outside this program, and what its refusal says of whoever asked.</summary>
public static class SlashingRuleNames
{
    /// <summary>
    /// The name in the audit log. Kept for years and read by others' programs: a member of the enum may be renamed, its name and code here
    /// not.
    /// </summary>
    public static string Name(this SlashingRule rule) => Of(rule).Name;

    /// <summary>The code in metrics and answers.</summary>
    public static string Code(this SlashingRule rule) => Of(rule).Code;

    private static (string Name, string Code) Of(SlashingRule rule) =>
        rule switch
        {
            SlashingRule.DoubleProposal => ("DoubleProposal", "double_proposal"),
            SlashingRule.BlockBelowLowWatermark => ("BlockBelowLowWatermark", "block_below_low_watermark"),
            SlashingRule.DoubleVote => ("DoubleVote", "double_vote"),
            SlashingRule.SurroundedVote => ("SurroundedVote", "surrounded_vote"),
            SlashingRule.SurroundingVote => ("SurroundingVote", "surrounding_vote"),
            SlashingRule.SourceBelowLowWatermark => ("SourceBelowLowWatermark", "source_below_low_watermark"),
            SlashingRule.TargetBelowLowWatermark => ("TargetBelowLowWatermark", "target_below_low_watermark"),
            SlashingRule.BelowGlobalLowWatermark => ("BelowGlobalLowWatermark", "below_global_low_watermark"),
            SlashingRule.SourceAfterTarget => ("SourceAfterTarget", "source_after_target"),
            SlashingRule.AtOrAboveHighWatermark => ("AtOrAboveHighWatermark", "at_or_above_high_watermark"),
            SlashingRule.WrongGenesisValidatorsRoot => ("WrongGenesisValidatorsRoot", "wrong_genesis_validators_root"),
            SlashingRule.KeyNotActive => ("KeyNotActive", "key_not_active"),
            SlashingRule.NumberOutOfRange => ("NumberOutOfRange", "number_out_of_range"),
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
