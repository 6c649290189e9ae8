using RemoteSigner.Spec;

namespace RemoteSigner.Slashing;

/// <summary>
/// What is known of everything that was ever signed, also of what may be lost: blocks and targets lie before epoch
/// <paramref name="Fence"/>, the source of every vote is <paramref name="Source"/> or earlier. A vote with a target from
/// <paramref name="Fence"/> on and a source from <paramref name="Source"/> on contradicts none of it (proof: RollbackProtection/README.md).
/// </summary>
public readonly record struct SignedBounds(Epoch Fence, Epoch Source)
{
    /// <summary>The loosest bounds with this fence: a source two epochs before it at the latest.</summary>
    public static SignedBounds Before(Epoch fence) => new(fence, new Epoch(fence.Value < 2 ? 0 : fence.Value - 2));

    /// <summary>The bounds with this fence whose source bound is no later than <paramref name="source"/>.</summary>
    public static SignedBounds Before(Epoch fence, Epoch source) => Before(fence).Meet(new SignedBounds(fence, source));

    /// <summary>Does a block of this epoch, or a vote with this target and source, lie within?</summary>
    public bool Cover(ulong epoch, ulong source) => epoch < Fence.Value && source <= Source.Value;

    /// <summary>What lies within one of the two lies within this.</summary>
    public SignedBounds Join(SignedBounds other) =>
        new(Fence > other.Fence ? Fence : other.Fence, Source > other.Source ? Source : other.Source);

    /// <summary>What lies within both.</summary>
    public SignedBounds Meet(SignedBounds other) =>
        new(Fence < other.Fence ? Fence : other.Fence, Source < other.Source ? Source : other.Source);
}
