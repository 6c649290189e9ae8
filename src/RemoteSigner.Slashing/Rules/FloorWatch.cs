using RemoteSigner.Spec;

namespace RemoteSigner.Slashing;

/// <summary>
/// Whether the floor under all keys still stands in the way: it does until a vote has passed it, and only votes can tell, because the chain
/// must have justified a source that passes. For health; nothing is decided by it. Thread-safe.
/// </summary>
public sealed class FloorWatch
{
    private volatile GlobalFloor? _raised;
    private volatile GlobalFloor? _inTheWay;

    /// <summary>The floor that stood when the watch began; null when there was none.</summary>
    public GlobalFloor? Raised => _raised;

    /// <summary>The same until a vote has passed it, then null.</summary>
    public GlobalFloor? InTheWay => _inTheWay;

    internal void Begin(GlobalFloor? raised, bool isPassed) => (_raised, _inTheWay) = (raised, isPassed ? null : raised);

    internal void Note(SlashableContent content, Verdict verdict)
    {
        if (
            _inTheWay is { } floor
            && verdict is Verdict.Allowed
            && content is SlashableContent.Attestation(var source, var target, _)
            && floor.Passes(source, target)
        )
        {
            _inTheWay = null;
        }
    }
}
