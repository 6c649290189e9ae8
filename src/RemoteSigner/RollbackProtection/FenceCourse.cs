using RemoteSigner.Slashing;
using RemoteSigner.Spec;

namespace RemoteSigner.RollbackProtection;

/// <summary>
/// What one run may sign, and where its bounds go next; no clock, no anchor and no lock of its own. Never lets anything pass that does not
/// lie within the bounds on the anchor's medium, whichever of those that were written last are there.
/// </summary>
/// <remarks>
/// The source bound is loose, two epochs before the fence, while the chain justifies: then it costs no write. When justification lags it is
/// made exact, the newest source that may have been signed, so that after a crash the chain need not justify anything new before a vote
/// passes. A vote with a newer source waits for the bound then, as a duty waits for the fence.
/// </remarks>
/// <param name="written">On the anchor's medium.</param>
/// <param name="newestSource">The newest source that was signed or imported before this run, or may be lost.</param>
internal sealed class FenceCourse(SignedBounds written, Epoch newestSource)
{
    /// <summary>
    /// Justification lags when the newest source is this many epochs behind. In good times a vote's source is one epoch before its target,
    /// two where the head is late or the votes of an epoch came in late: the third says that the chain has failed to justify an epoch.
    /// </summary>
    public const ulong Lag = 3;

    private SignedBounds _written = written;
    private ulong _formerSource = newestSource.Value;

    // Of the votes that passed in this run: what the chain justifies. None yet, when null.
    private ulong? _passedSource;

    /// <summary>What may be signed without a further write.</summary>
    public SignedBounds Covered { get; private set; } = written;

    /// <summary>What passes without looking further: epochs that need no move, sources that were noted.</summary>
    public FencePassage Passage =>
        new(
            Math.Min(
                _written.Fence.Value == 0 ? 0 : _written.Fence.Value - 1,
                _written.Source.Value > Newest ? (_passedSource ?? _formerSource) + Lag : ulong.MaxValue
            ),
            _passedSource ?? 0
        );

    private ulong Newest => Math.Max(_formerSource, _passedSource ?? 0);

    /// <summary>The bounds that a run begins with.</summary>
    public static SignedBounds First(Epoch fence, Epoch newestSource, ulong? clockEpoch) =>
        clockEpoch is { } now && Lags(now, newestSource.Value) ? SignedBounds.Before(fence, newestSource) : SignedBounds.Before(fence);

    /// <summary>Does it lie within the bounds?</summary>
    public bool Covers(ulong epoch, ulong source) => Covered.Cover(epoch, source);

    /// <summary>True when it may be signed; its source counts as signed from here on.</summary>
    public bool Pass(ulong epoch, ulong source)
    {
        if (!Covers(epoch, source))
        {
            return false;
        }

        _passedSource = source > (_passedSource ?? 0) ? source : _passedSource;
        return true;
    }

    /// <summary>History came in with this source: an exact bound is not before it.</summary>
    public void Import(Epoch source) => _formerSource = Math.Max(_formerSource, source.Value);

    /// <summary>Where the bounds are to go because of a duty in this epoch with this source (a block: 0); null: they may stay.</summary>
    public SignedBounds? Next(ulong epoch, ulong source, ulong? clockEpoch)
    {
        // By the clock where it is behind: a duty from ahead of its time says nothing about the chain.
        var lags = Lags(
            Math.Min(epoch, clockEpoch ?? ulong.MaxValue),
            Math.Max(_passedSource ?? (source == 0 ? _formerSource : 0), source)
        );
        var newest = Math.Max(Newest, source);
        if (epoch + 1 < _written.Fence.Value && source <= Covered.Source.Value && !(lags && _written.Source.Value > newest))
        {
            return null;
        }

        var fence = new Epoch(Math.Max(_written.Fence.Value, epoch + Fence.LeadEpochs));
        return lags ? SignedBounds.Before(fence, new Epoch(newest)) : SignedBounds.Before(fence);
    }

    /// <summary>
    /// A write has begun: until it is known to be done, only what lies within the former and the next bounds may be signed.
    /// </summary>
    public void Begin(SignedBounds next) => Covered = Covered.Meet(next);

    /// <summary>The anchor shows these bounds.</summary>
    public void Moved(SignedBounds now) => (_written, Covered) = (now, now);

    private static bool Lags(ulong epoch, ulong source) => epoch >= source && epoch - source >= Lag;
}
