using RemoteSigner.Consensus.Slashing;
using RemoteSigner.Consensus.Spec;

namespace RemoteSigner.Freshness;

/// <summary>
/// Sees to it that nothing at or beyond an epoch F is signed before the witness has F on its own medium: then whoever lost the history still knows that all of it lies
/// before F. F moves ahead in the background, nine epochs past the duty that comes within one epoch of it, so that a duty in the usual course waits for nothing:
/// <see cref="CoverAsync"/> is one volatile read then. Closed until the start protocol opens it. Thread-safe.
/// </summary>
public sealed class Fence(Network network, SlotClock clock, TimeProvider time) : IDisposable
{
    /// <summary>How far past a duty's epoch the fence is put: one write for every eight epochs.</summary>
    public const ulong Ahead = 9;

    // A fence past this could not be stored; slashing protection refuses numbers past 2^63-1 anyway.
    private const ulong Farthest = long.MaxValue - Ahead;

    private static readonly TimeSpan _firstPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan _longestPause = TimeSpan.FromSeconds(30);

    private readonly Lock _gate = new();
    private volatile FreshnessRefusal? _closed = new(FreshnessReason.NotStarted, "the signer is not ready: the vault or the witness of freshness is awaited", "see /healthcheck");
    private ulong _calm;
    private IFreshnessWitness? _witness;
    private FenceKeys? _keys;
    private FenceRecord? _record;
    private ulong _generation;
    private Task? _move;
    private WitnessException? _trouble;
    private int _failures;
    private long _notBefore;
    private long _moves;
    private bool _off;

    /// <summary>How long a duty beyond the fence waits for the witness; a duty that is late is worth nothing.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(3);

    public FenceState State
    {
        get
        {
            lock (_gate)
            {
                return new FenceState(_closed, _closed is null ? _record?.Fence : null, _trouble, _moves, _off);
            }
        }
    }

    /// <summary>Lets duties pass from here on. Takes over the keys; only the start protocol calls this.</summary>
    internal void Open(IFreshnessWitness witness, FenceKeys keys, FenceRecord record)
    {
        lock (_gate)
        {
            // Not while stopping, and not twice: the fence may have moved since.
            if (_witness is not null || _closed is { Reason: FreshnessReason.Stopping })
            {
                return;
            }

            (_witness, _keys, _record, _generation) = (witness, keys, record, record.VaultGeneration);
            Volatile.Write(ref _calm, Calm(record.Fence));
            _closed = null;
        }
    }

    /// <summary>Signs nothing, for this reason; only the start protocol calls this.</summary>
    internal void Refuse(FreshnessRefusal refusal) => _closed = refusal;

    /// <summary>
    /// Runs without a fence, which is the operator's explicit choice. A setting alone takes no witness away: put back with the copy of a ledger that knows one, it
    /// would silence what gives the copy away. Then this refuses, and returns why.
    /// </summary>
    public StartDecision.Refuse? SwitchOff(LedgerStart? known)
    {
        if (known is not null)
        {
            var refusal = new FreshnessRefusal(
                FreshnessReason.WitnessSwitchedOff,
                $"signer.json says freshness.witness none, and the ledger knows start {known.Start} with {known.Witness}",
                "name the witness again; to run without one, 'remote-signer freshness leave' shows what is risked");
            Refuse(refusal);
            return new StartDecision.Refuse(refusal);
        }

        lock (_gate)
        {
            _off = true;
            Volatile.Write(ref _calm, ulong.MaxValue);
            _closed = null;
        }

        return null;
    }

    /// <summary>Null once the content lies before the fence and the fence is on the witness's medium; else why it may not be signed.</summary>
    public ValueTask<FreshnessRefusal?> CoverAsync(SlashableContent content)
    {
        if (content is SlashableContent.None)
        {
            return new(_closed);
        }

        var epoch = EpochToCover(content);
        return epoch < Volatile.Read(ref _calm) ? default : CoverSlowlyAsync(epoch);
    }

    /// <summary>Moves the fence by the clock, for when no duty comes to do it; called every slot. Only one step ahead: a clock that jumps must not carry the fence away.</summary>
    public void Tick()
    {
        if (clock.Now is { } slot && network.EpochOf(slot).Value is var epoch && State is { Edge: { } edge } && epoch + 1 >= edge.Value && epoch < edge.Value + Ahead)
        {
            _ = Move(epoch);
        }
    }

    /// <summary>Lets nothing pass any more, and waits for a move that is under way.</summary>
    public async Task CloseAsync()
    {
        Task? move;
        lock (_gate)
        {
            _closed = new(FreshnessReason.Stopping, "the signer is stopping", "ask again when it is back");
            Volatile.Write(ref _calm, 0);
            move = _move;
        }

        if (move is not null)
        {
            await move;
        }
    }

    /// <summary>Writes that the run ended, and where its ledger ends. Only after <see cref="CloseAsync"/>, and after the ledger was closed: nothing may be granted behind it.</summary>
    /// <returns>False when there is nothing to write, because the fence was never opened.</returns>
    /// <exception cref="WitnessException">It could not be written; the next start will find an unclean stop.</exception>
    public async Task<bool> WriteCleanStopAsync(HistoryEnd end, CancellationToken cancellation)
    {
        if (_witness is null)
        {
            return false;
        }

        await RequireOwnAsync(_witness, _record!.Start, cancellation);
        await _witness.WriteRecordAsync((_record.EndedAt(end) with { VaultGeneration = _generation }).Write(_keys!.Record), cancellation);
        return true;
    }

    /// <summary>
    /// The vault was changed while the fence is open: the record names its new generation from now on, so that the former vault put back is noticed. When the witness does
    /// not take it now, the next move brings it; until then a start would take either vault.
    /// </summary>
    /// <returns>Why the witness did not take it yet; null when it did, or when there is no fence.</returns>
    public async Task<WitnessException?> AdoptVaultAsync(ulong generation)
    {
        while (true)
        {
            Task move;
            bool ours;
            lock (_gate)
            {
                _generation = generation;
                if (_witness is null || _closed is not null)
                {
                    return null;
                }

                // One that is under way may still write the former generation: this one comes after it.
                ours = _move is null or { IsCompleted: true };
                move = ours ? _move = MoveAsync(_witness, _record! with { VaultGeneration = generation }) : _move!;
            }

            await move;
            if (ours)
            {
                return State.Trouble;
            }
        }
    }

    public void Dispose() => _keys?.Dispose();

    // max(target, source + 1): floors let pass votes from source F - 2 on, so none of these may have a source beyond. A vote whose source is after
    // its target is refused by slashing protection whatever the fence; it must not carry the fence to wherever its source is.
    private ulong EpochToCover(SlashableContent content) => content switch
    {
        SlashableContent.Block(var slot) => network.EpochOf(slot).Value,
        SlashableContent.Attestation(var source, var target, _) => source == target && target.Value < ulong.MaxValue ? target.Value + 1 : target.Value,
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    private static ulong Calm(Epoch fence) => fence.Value == 0 ? 0 : fence.Value - 1;

    private async ValueTask<FreshnessRefusal?> CoverSlowlyAsync(ulong epoch)
    {
        var started = time.GetTimestamp();
        while (_closed is null)
        {
            if (epoch > Farthest)
            {
                return NotMoved(epoch, "no fence goes that far");
            }

            var move = Move(epoch);
            if (IsCovered(epoch))
            {
                return null;
            }

            var left = Patience - time.GetElapsedTime(started);
            if (move is null || left <= TimeSpan.Zero || !await EndsWithinAsync(move, left))
            {
                return IsCovered(epoch) ? null : NotMoved(epoch, _trouble?.Message ?? "the witness has not answered in time");
            }
        }

        return _closed;
    }

    private bool IsCovered(ulong epoch)
    {
        lock (_gate)
        {
            return _closed is null && epoch < _record!.Fence.Value;
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

    private FreshnessRefusal NotMoved(ulong epoch, string why) =>
        new(FreshnessReason.FenceNotMoved, $"epoch {epoch} is not before the fence, epoch {State.Edge}: {why}", _trouble?.Hint ?? "look at the witness of freshness: the token or the TPM");

    /// <summary>The move under way, or a new one; null while a failed one is not tried again.</summary>
    private Task? Move(ulong epoch)
    {
        lock (_gate)
        {
            if (_move is { IsCompleted: false } || _closed is not null || epoch < Calm(_record!.Fence))
            {
                return _move ?? Task.CompletedTask;
            }

            if (_failures > 0 && time.GetTimestamp() < _notBefore)
            {
                return null;
            }

            return _move = MoveAsync(_witness!, _record.MovedTo(new Epoch(epoch + Ahead)) with { VaultGeneration = _generation });
        }
    }

    private async Task MoveAsync(IFreshnessWitness witness, FenceRecord next)
    {
        // Not under the gate, and not on the thread of the duty that happened to come first.
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        try
        {
            await RequireOwnAsync(witness, next.Start, CancellationToken.None);
            await witness.WriteRecordAsync(next.Write(_keys!.Record), CancellationToken.None);

            // Again: a start that counted before this is noticed here, and one that counts after it finds this fence and raises its floors to it.
            await RequireOwnAsync(witness, next.Start, CancellationToken.None);
            Moved(next);
        }
        catch (WitnessException failure)
        {
            Failed(failure);
        }
    }

    // Another signer that started with a copy of this data directory has floors at the fence as it found it: beyond it only one of the two may sign.
    private async Task RequireOwnAsync(IFreshnessWitness witness, ulong start, CancellationToken cancellation)
    {
        if (await witness.ReadAsync(cancellation) is { } reading && reading.Count == start)
        {
            return;
        }

        const string Hint = "stop one of the two signers for good, then restart the other";
        var detail = $"the {witness.Description} no longer counts this start, number {start}, as the newest: another signer was started with a copy of this data directory";
        lock (_gate)
        {
            Volatile.Write(ref _calm, 0);
            _closed ??= new FreshnessRefusal(FreshnessReason.StartedElsewhere, detail, Hint);
        }

        throw new WitnessException(WitnessFault.Tampered, detail, Hint);
    }

    private void Moved(FenceRecord next)
    {
        lock (_gate)
        {
            (_record, _trouble, _failures) = (next, null, 0);
            _moves++;
            if (_closed is null)
            {
                Volatile.Write(ref _calm, Calm(next.Fence));
            }
        }
    }

    private void Failed(WitnessException failure)
    {
        lock (_gate)
        {
            var pause = _firstPause * Math.Pow(2, Math.Min(_failures, 10));
            (_trouble, _failures) = (failure, _failures + 1);
            _notBefore = time.GetTimestamp() + (long)((pause < _longestPause ? pause : _longestPause).TotalSeconds * time.TimestampFrequency);
        }
    }
}
