namespace RemoteSigner.RollbackProtection;

/// <summary>
/// Duties before <paramref name="Epoch"/>, with a source no later than <paramref name="Source"/>, pass the fence at once.
/// </summary>
internal sealed record FencePassage(ulong Epoch, ulong Source)
{
    public static FencePassage Nothing { get; } = new(0, 0);

    public static FencePassage Everything { get; } = new(ulong.MaxValue, ulong.MaxValue);

    public bool Allows(ulong epoch, ulong source) => epoch < Epoch && source <= Source;
}
