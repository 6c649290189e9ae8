using RemoteSigner.Spec;

namespace RemoteSigner.Slashing;

/// <summary>
/// Whether the low watermark under all keys still stands in the way: it does until a vote has passed it, and only votes can tell, because
/// the chain must have justified a source that passes. For health; nothing is decided by it. Thread-safe.
/// </summary>
public sealed class LowWatermarkWatch
{
    private volatile GlobalLowWatermark? _raised;
    private volatile GlobalLowWatermark? _inTheWay;

    /// <summary>The low watermark that stood when the watch began; null when there was none.</summary>
    public GlobalLowWatermark? Raised => _raised;

    /// <summary>The same until a vote has passed it, then null.</summary>
    public GlobalLowWatermark? InTheWay => _inTheWay;

    internal void Begin(GlobalLowWatermark? raised, bool isPassed) => (_raised, _inTheWay) = (raised, isPassed ? null : raised);

    internal void Note(SlashableContent content, Verdict verdict)
    {
        if (
            _inTheWay is { } lowWatermark
            && verdict is Verdict.Allowed
            && content is SlashableContent.Attestation(var source, var target, _)
            && lowWatermark.Passes(source, target)
        )
        {
            _inTheWay = null;
        }
    }
}
