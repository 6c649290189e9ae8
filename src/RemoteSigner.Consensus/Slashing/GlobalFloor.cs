using RemoteSigner.Consensus.Spec;

namespace RemoteSigner.Consensus.Slashing;

/// <summary>
/// A floor under every key, present and future, for when some of the history may be lost of which it is known that all of it lies before
/// <paramref name="Fence"/>: votes need source ≥ fence − 2 and target ≥ fence, blocks a slot of the fence's epoch or later.
/// </summary>
/// <param name="Fence">The first epoch of which nothing was signed.</param>
/// <param name="Reason">Why it was raised, in words for clients and operators.</param>
/// <param name="AwaitedMarks">The digest of the whole history as it was; once the history here has it, it is complete. Null: not known.</param>
/// <param name="Beneath">The fence of an earlier floor, which stays when the history turns out complete.</param>
public sealed record GlobalFloor(Epoch Fence, string Reason, Root? AwaitedMarks = null, Epoch? Beneath = null)
{
    /// <summary>The lowest source epoch. All that was signed has its source at or below it, see the proof in Freshness/README.md.</summary>
    public Epoch LowestSource => new(Fence.Value < 2 ? 0 : Fence.Value - 2);

    /// <summary>This floor over one that stands already: a floor never falls, and an earlier one is not forgotten.</summary>
    internal GlobalFloor Over(GlobalFloor? standing) => standing switch
    {
        null => this,

        // The same start once more, after a crash on its way.
        _ when standing.Fence == Fence && standing.AwaitedMarks == AwaitedMarks => standing,
        _ when standing.Fence >= Fence => standing with { AwaitedMarks = null, Beneath = null },
        _ => this with { Beneath = AwaitedMarks is null ? null : standing.Fence },
    };

    internal Verdict.Refused? Refusal(SlashableContent content, ulong slotsPerEpoch) => content switch
    {
        SlashableContent.Block(var slot) when slot.Value / slotsPerEpoch < Fence.Value => Refused($"slot {slot}"),
        SlashableContent.Attestation(var source, _, _) when source < LowestSource => Refused($"source epoch {source}"),
        SlashableContent.Attestation(_, var target, _) when target < Fence => Refused($"target epoch {target}"),
        _ => null,
    };

    private Verdict.Refused Refused(string what) =>
        new(SlashingRule.BelowGlobalFloor, $"{what} is below the floor of epoch {Fence} under all keys (sources from {LowestSource}): {Reason}");
}
