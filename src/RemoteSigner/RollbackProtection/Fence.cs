using RemoteSigner.Clocks;
using RemoteSigner.Sealing;
using RemoteSigner.Slashing;
using RemoteSigner.Spec;

namespace RemoteSigner.RollbackProtection;

/// <summary>
/// Sees to it that nothing at or beyond an epoch F, and no vote with a source beyond an epoch B, is signed before the anchor has F and B
/// on its own medium: then whoever lost the history still knows bounds of all of it. Both move ahead in the background, F nine epochs past
/// the duty that comes within one epoch of it, so that a duty in the usual course waits for nothing: <see cref="CoverAsync"/> is one
/// volatile read then. When they move, and how far, says <see cref="FenceCourse"/>. Closed until the start protocol opens it. Thread-safe.
/// </summary>
public sealed partial class Fence(Network network, SlotClock clock, TimeProvider time) : IDisposable
{
    /// <summary>How far past a duty's epoch the fence is put: one write for every eight epochs.</summary>
    public const ulong LeadEpochs = 9;

    // A fence past this could not be stored; slashing protection refuses numbers past 2^63-1 anyway.
    private const ulong MaxEpoch = long.MaxValue - LeadEpochs;

    private static readonly TimeSpan _firstPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan _longestPause = TimeSpan.FromSeconds(30);

    private readonly Lock _gate = new();
    private volatile RollbackRefusal? _closed = new(
        RollbackReason.NotStarted,
        "the signer is not ready: the vault or the anchor of rollback protection is awaited",
        "see /healthcheck"
    );
    private volatile FencePassage _passage = FencePassage.Nothing;
    private RunRecord? _run;
    private FenceCourse? _course;
    private VaultMark _vault;
    private string? _rollback;
    private Task? _move;
    private RollbackAnchorException? _trouble;
    private int _failures;
    private long _notBefore;
    private long _moves;
    private bool _off;

    /// <summary>How long a duty beyond the fence waits for the anchor; a duty that is late is worth nothing.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(3);

    public FenceStatus State
    {
        get
        {
            lock (_gate)
            {
                return new FenceStatus(_closed, _closed is null ? _course?.Covered : null, _trouble, _moves, _off, _rollback);
            }
        }
    }

    /// <summary>An epoch that no fence of a signer with a sound clock can have passed; null where the genesis time is not known.</summary>
    public static Epoch? Ceiling(Network network, SlotClock clock) =>
        clock.Now is { } now ? new Epoch(network.EpochOf(now).Value + LeadEpochs + 1) : null;

    /// <summary>
    /// The fence that covers a history, but no further ahead of the clock than duties can be: a nonsensical import must not close off every
    /// key.
    /// </summary>
    public static Epoch Past(HistoryEnd end, Network network, SlotClock clock)
    {
        var after = end.FirstAfter(network.SlotsPerEpoch);
        return Ceiling(network, clock) is { } ceiling && ceiling < after ? ceiling : after;
    }

    /// <summary>The bounds that the record of a new run begins with; only the start protocol calls this.</summary>
    internal SignedBounds First(Epoch fence, Epoch newestSource) => FenceCourse.First(fence, newestSource, ClockEpoch);

    /// <summary>Lets duties pass from here on. Takes over the run's record; only the start protocol calls this.</summary>
    /// <param name="run">Its first record was seen on the anchor.</param>
    /// <param name="newestSource">The newest source that was signed or imported, or may be lost.</param>
    /// <param name="rollback">Why a restore of the machine would put the anchor back as well; null where nothing says so.</param>
    internal void Open(RunRecord run, Epoch newestSource, string? rollback = null)
    {
        lock (_gate)
        {
            // Not while stopping, and not twice: the fence may have moved since.
            if (_run is not null || _closed is { Reason: RollbackReason.Stopping })
            {
                return;
            }

            (_run, _course, _vault, _rollback) = (run, new FenceCourse(run.Written.Bounds, newestSource), run.Written.Vault, rollback);
            _passage = _course.Passage;
            _closed = null;
        }
    }

    /// <summary>Signs nothing, for this reason; only a start calls this.</summary>
    public void Refuse(RollbackRefusal refusal) => _closed = refusal;

    /// <summary>Why a ledger with an anchor is not taken without one.</summary>
    public static RollbackRefusal SwitchedOff(LedgerStart known) =>
        new(
            RollbackReason.AnchorSwitchedOff,
            $"signer.json says rollbackProtection.anchor none, and the ledger knows start {known.Start} with {known.Anchor}",
            "name the anchor again; to run without one, 'remote-signer rollback-protection leave' shows what is risked"
        );

    /// <summary>
    /// Runs without a fence, which is the operator's explicit choice. A setting alone takes no anchor away: put back with the copy of a
    /// ledger that knows one, it would silence what gives the copy away. Then this refuses, and returns why.
    /// </summary>
    public StartDecision.Refuse? SwitchOff(LedgerStart? known)
    {
        if (known is not null)
        {
            var refusal = SwitchedOff(known);
            Refuse(refusal);
            return new StartDecision.Refuse(refusal);
        }

        lock (_gate)
        {
            _off = true;
            _passage = FencePassage.Everything;
            _closed = null;
        }

        return null;
    }

    /// <summary>Null once the content lies within the bounds on the anchor's medium; else why it may not be signed.</summary>
    /// <param name="timeout">How long to wait for that at most; none left judges by what is covered now. Null is
    /// <see cref="Timeout"/>.</param>
    public ValueTask<RollbackRefusal?> CoverAsync(SlashableContent content, TimeSpan? timeout = null)
    {
        if (content is SlashableContent.None)
        {
            return new(_closed);
        }

        var (epoch, source) = Reach(content);
        return _passage.Allows(epoch, source) ? default : ExtendAndCoverAsync(epoch, source, timeout ?? Timeout);
    }

    /// <summary>
    /// The same for history that came in, as if it had been signed here, though no further ahead of the clock than duties can be.
    /// </summary>
    /// <param name="end">Where the ledger ends with it.</param>
    public async ValueTask<RollbackRefusal?> CoverHistoryAsync(HistoryEnd end)
    {
        var (fence, source) = (Past(end, network, clock), end.Source);
        if (fence.Value == 0)
        {
            return null;
        }

        var newest = SignedBounds.Before(fence, source ?? new Epoch(0)).Source;
        lock (_gate)
        {
            _course?.Import(newest);
        }

        return _passage.Allows(fence.Value - 1, newest.Value)
            ? null
            : await ExtendAndCoverAsync(fence.Value - 1, newest.Value, Timeout, isHistory: true);
    }

    /// <summary>
    /// The same by what is covered now, for a message that is signed only if it was signed before: it waits for nothing, moves nothing and
    /// notes nothing.
    /// </summary>
    public RollbackRefusal? Refusal(SlashableContent content)
    {
        if (_closed is not null || content is SlashableContent.None)
        {
            return _closed;
        }

        var (epoch, source) = Reach(content);
        lock (_gate)
        {
            return _closed is not null ? _closed
                : _passage.Allows(epoch, source) || _course!.Covers(epoch, source) ? null
                : NotMoved(epoch, source, "it is not moved for this");
        }
    }

    /// <summary>
    /// Moves the fence by the clock, for when no duty comes to do it; called every slot. Only one step ahead: a clock that jumps must not
    /// carry the fence away.
    /// </summary>
    public void Tick()
    {
        lock (_gate)
        {
            if (_closed is null && _course is { Covered.Fence: var fence } && ClockEpoch is { } epoch && epoch < fence.Value + LeadEpochs)
            {
                _ = Move(epoch, 0);
            }
        }
    }

    /// <summary>Lets nothing pass any more, and waits for a move that is under way.</summary>
    public async Task CloseAsync()
    {
        Task? move;
        lock (_gate)
        {
            _closed = new(RollbackReason.Stopping, "the signer is stopping", "ask again when it is back");
            _passage = FencePassage.Nothing;
            move = _move;
        }

        if (move is not null)
        {
            await move;
        }
    }

    /// <summary>
    /// Writes that the run ended, and where its ledger ends. Only after <see cref="CloseAsync"/>, and after the ledger was closed: nothing
    /// may be granted behind it.
    /// </summary>
    /// <returns>False when there is nothing to write, because the fence was never opened.</returns>
    /// <exception cref="RollbackAnchorException">It could not be written, or the record is not this run's; the next start will find an
    /// unclean stop.</exception>
    public async Task<bool> WriteCleanStopAsync(HistoryEnd end, CancellationToken cancellation)
    {
        if (_run is null)
        {
            return false;
        }

        // An import that was committed while it stopped has not moved the fence.
        await FinishSuccessionAsync();
        await _run.WriteAsync((_run.Written with { Vault = _vault }).Past(Past(end, network, clock)).EndedAt(end), cancellation);
        return true;
    }

    /// <summary>
    /// The vault was changed while the fence is open: the record names its new generation and code from now on, so that the former vault
    /// put back is noticed. When the anchor does not take it now, the next move brings it; until then a start would take either vault.
    /// </summary>
    /// <returns>Why the anchor did not take it yet; null when it did, or when there is no fence.</returns>
    public async Task<RollbackAnchorException?> AdoptVaultAsync(VaultMark vault)
    {
        while (true)
        {
            Task move;
            bool ours;
            lock (_gate)
            {
                _vault = vault;
                if (_run is null || _closed is not null)
                {
                    return null;
                }

                // One that is under way may still write the former generation: this one comes after it.
                ours = _move is null or { IsCompleted: true };
                move = ours ? Write(_run.Written.Bounds) : _move!;
            }

            await move;
            if (ours)
            {
                return State.Trouble;
            }
        }
    }

    public void Dispose()
    {
        _run?.Dispose();
        _former.ForEach(run => run.Dispose());
    }

    private ulong? ClockEpoch => clock.Now is { } slot ? network.EpochOf(slot).Value : null;

    // The epoch is max(target, source + 1): the loosest source bound is two epochs before the fence. A vote whose source is after
    // its target is refused by slashing protection whatever the fence; it must not carry anything to wherever its source is.
    private (ulong Epoch, ulong Source) Reach(SlashableContent content) =>
        content switch
        {
            SlashableContent.Block(var slot) => (network.EpochOf(slot).Value, 0),
            SlashableContent.Attestation(var source, var target, _) when source > target => (target.Value, 0),
            SlashableContent.Attestation(var source, var target, _) => (
                source == target && target.Value < ulong.MaxValue ? target.Value + 1 : target.Value,
                source.Value
            ),
            _ => throw new System.Diagnostics.UnreachableException(),
        };

    private async ValueTask<RollbackRefusal?> ExtendAndCoverAsync(ulong epoch, ulong source, TimeSpan timeout, bool isHistory = false)
    {
        var started = time.GetTimestamp();
        while (_closed is null)
        {
            if (epoch > MaxEpoch)
            {
                return NotMoved(epoch, source, "no fence goes that far");
            }

            if (TryPass(epoch, source, isHistory, out var move))
            {
                return null;
            }

            var left = timeout - time.GetElapsedTime(started);
            if (move is null || left <= TimeSpan.Zero || !await EndsWithinAsync(move, left))
            {
                return _closed ?? NotMoved(epoch, source, _trouble?.Message ?? "the anchor has not answered in time");
            }
        }

        return _closed;
    }

    /// <summary>The move first: where it makes the source bound exact, it must know this duty's source.</summary>
    private bool TryPass(ulong epoch, ulong source, bool isHistory, out Task? move)
    {
        lock (_gate)
        {
            move = _closed is null ? Move(epoch, source) : Task.CompletedTask;
            if (_closed is not null || !(isHistory ? _course!.Covers(epoch, source) : _course!.Pass(epoch, source)))
            {
                return false;
            }

            _passage = _course.Passage;
            return true;
        }
    }

    private async Task<bool> EndsWithinAsync(Task move, TimeSpan left)
    {
        try
        {
            await move.WaitAsync(left, time);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    private RollbackRefusal NotMoved(ulong epoch, ulong source, string why) =>
        new(
            RollbackReason.FenceNotMoved,
            State.Bounds is { } bounds && source > bounds.Source.Value
                ? $"source epoch {source} is past the source bound, epoch {bounds.Source}: {why}"
                : $"epoch {epoch} is not before the fence, epoch {State.Bounds?.Fence}: {why}",
            _trouble?.Hint ?? "look at the anchor of rollback protection: the token or the TPM"
        );

    /// <summary>The move under way, or a new one where one is needed; null while a failed one is not tried again. Under the gate.</summary>
    private Task? Move(ulong epoch, ulong source)
    {
        if (_move is { IsCompleted: false } || _course!.Next(epoch, source, ClockEpoch) is not { } next)
        {
            return _move ?? Task.CompletedTask;
        }

        return _failures > 0 && time.GetTimestamp() < _notBefore ? null : Write(next);
    }

    // Under the gate. From here on only what lies within both bounds passes, until the anchor shows the next ones.
    private Task Write(SignedBounds next)
    {
        _course!.Begin(next);
        _passage = _course.Passage;
        return _move = WriteAsync(_run!, _run!.Written with { Bounds = next, Vault = _vault });
    }

    private async Task WriteAsync(RunRecord run, FenceRecord next)
    {
        // Not under the gate, and not on the thread of the duty that happened to come first.
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        try
        {
            await FinishSuccessionAsync();
            await run.WriteAsync(next, CancellationToken.None);
            Moved(next);
        }
        catch (RollbackAnchorException failure)
        {
            Failed(failure);
        }
    }

    private void Moved(FenceRecord next)
    {
        lock (_gate)
        {
            (_trouble, _failures) = (null, 0);
            _moves++;
            _course!.Moved(next.Bounds);
            _passage = _closed is null ? _course.Passage : FencePassage.Nothing;
        }
    }

    private void Failed(RollbackAnchorException failure)
    {
        lock (_gate)
        {
            var pause = _firstPause * Math.Pow(2, Math.Min(_failures, 10));
            (_trouble, _failures) = (failure, _failures + 1);
            _notBefore =
                time.GetTimestamp() + (long)((pause < _longestPause ? pause : _longestPause).TotalSeconds * time.TimestampFrequency);
            if (failure.Fault == RollbackAnchorFault.StartedElsewhere)
            {
                // Another run has low watermarks at the bounds as it found them: past them only one of the two may sign.
                _closed ??= new RollbackRefusal(RollbackReason.StartedElsewhere, failure.Message, failure.Hint);
                _passage = FencePassage.Nothing;
            }
        }
    }
}
