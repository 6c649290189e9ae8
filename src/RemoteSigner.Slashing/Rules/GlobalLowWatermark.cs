using RemoteSigner.Spec;

namespace RemoteSigner.Slashing;

/// <summary>
/// A low watermark under every key, present and future, for when some of the history may be lost of which the bounds are known: votes need
/// a source at or after <see cref="LowestSource"/> and a target at or after <see cref="Fence"/>, blocks a slot of that epoch or later.
/// </summary>
/// <param name="Lost">The bounds of everything that may be lost.</param>
/// <param name="Reason">Why it was raised, in words for clients and operators.</param>
/// <param name="AwaitedMarks">The digest of the whole history as it was; once the history here has it, it is complete. Null: not
/// known.</param>
/// <param name="Beneath">The bounds of an earlier low watermark, which stays when the history turns out complete.</param>
public sealed record GlobalLowWatermark(SignedBounds Lost, string Reason, Root? AwaitedMarks = null, SignedBounds? Beneath = null)
{
    /// <summary>The first epoch of which nothing was signed.</summary>
    public Epoch Fence => Lost.Fence;

    /// <summary>The lowest source epoch that passes. All that was signed has its source at or below it.</summary>
    public Epoch LowestSource => Lost.Source;

    /// <summary>Would a vote with this source and target pass?</summary>
    public bool Passes(Epoch source, Epoch target) => source >= LowestSource && target >= Fence;

    /// <summary>
    /// This low watermark over one that stands already: a low watermark never falls, and an earlier one is not forgotten.
    /// </summary>
    internal GlobalLowWatermark Over(GlobalLowWatermark? standing) =>
        standing switch
        {
            null => this,

            // The same start once more, after a crash on its way.
            _ when standing.Lost.Join(Lost) == standing.Lost && standing.AwaitedMarks == AwaitedMarks => standing,
            _ when standing.Fence >= Fence => standing with { Lost = standing.Lost.Join(Lost), AwaitedMarks = null, Beneath = null },
            _ => this with { Lost = Lost.Join(standing.Lost), Beneath = AwaitedMarks is null ? null : standing.Lost },
        };

    internal Verdict.Refused? Refusal(SlashableContent content, ulong slotsPerEpoch) =>
        content switch
        {
            SlashableContent.Block(var slot) when slot.Value / slotsPerEpoch < Fence.Value => Refused($"slot {slot}"),
            SlashableContent.Attestation(var source, _, _) when source < LowestSource => Refused($"source epoch {source}"),
            SlashableContent.Attestation(_, var target, _) when target < Fence => Refused($"target epoch {target}"),
            _ => null,
        };

    private Verdict.Refused Refused(string what) =>
        new(
            SlashingRule.BelowGlobalLowWatermark,
            $"{what} is below the low watermark of epoch {Fence} under all keys (sources from {LowestSource}): {Reason}"
        );
}
