namespace RemoteSigner.Freshness;

/// <summary>
/// Holds the system clock against three others: the machine's own monotonic clock, which no command can step; the TPM's, whose progress the machine
/// cannot change; and the chain's, as the slots of the duties that come in show it. While any of them disagrees by more than a bound the clock is in doubt.
/// A doubt ends by itself when the clock is right again, or when the chain's duties confirm it as it is now. Thread-safe.
/// </summary>
public sealed class ClockWatch(TimeProvider time)
{
    /// <summary>A step beyond this is noticed: more than a leap second, less than half of the shortest slot (5 s).</summary>
    public static readonly TimeSpan StepBound = TimeSpan.FromSeconds(2);

    /// <summary>Duties off by more slots than this are not on time: one for a slow client, one for a slow clock.</summary>
    public const long SlotBound = 2;

    /// <summary>So many duties in a row say that the clock is wrong, or that it is right after all. One alone may come from a client with a wrong clock.</summary>
    public const int DutiesInARow = 8;

    // A TPM's oscillator may be off by some per cent (TPM 2.0 Library Part 1, "TPM Clock").
    private const double HardwareDrift = 0.1;

    private readonly Lock _gate = new();
    private Anchor _anchor = new(time.GetUtcNow(), time.GetTimestamp());
    private (HardwareTime Reading, DateTimeOffset At)? _hardware;
    private string? _hardwareDoubt;
    private int _early;
    private int _late;
    private int _onTime;
    private long _slotsOff;

    /// <summary>Why the system clock cannot be relied on now; null when nothing speaks against it.</summary>
    public string? Doubt
    {
        get
        {
            lock (_gate)
            {
                return StepDoubt() ?? _hardwareDoubt ?? ChainDoubt();
            }
        }
    }

    /// <summary>A duty came in that is <paramref name="slotsAhead"/> of the system clock's slot, or behind it when negative; signed or not, it shows what time its client has.</summary>
    public void ObserveDuty(long slotsAhead)
    {
        lock (_gate)
        {
            _slotsOff = slotsAhead;
            _early = slotsAhead > SlotBound ? _early + 1 : 0;
            _late = slotsAhead < -SlotBound ? _late + 1 : 0;
            _onTime = _early + _late == 0 ? _onTime + 1 : 0;
            if (_onTime == DutiesInARow && (StepDoubt() ?? _hardwareDoubt) is not null)
            {
                TakeForRight();
            }
            else if (_onTime > 0 && (StepDoubt() ?? _hardwareDoubt) is null)
            {
                // Only duties after the doubt began can confirm the clock.
                _onTime = 0;
            }
        }
    }

    /// <summary>What the hardware's clock says now. It is held against the last reading that agreed; one after a reset begins anew.</summary>
    public void ObserveHardware(HardwareTime reading)
    {
        lock (_gate)
        {
            var now = time.GetUtcNow();
            if (_hardware is not { } last || last.Reading.Reset != reading.Reset)
            {
                (_hardware, _hardwareDoubt) = ((reading, now), null);
                return;
            }

            var (hardware, system) = (reading.Elapsed - last.Reading.Elapsed, now - last.At);
            if ((system - hardware).Duration() <= StepBound + (hardware.Duration() * HardwareDrift))
            {
                (_hardware, _hardwareDoubt) = ((reading, now), null);
                return;
            }

            _hardwareDoubt = $"it went {Seconds(system)} s while the TPM's clock went {Seconds(hardware)} s";
        }
    }

    private void TakeForRight()
    {
        _anchor = new Anchor(time.GetUtcNow(), time.GetTimestamp());
        (_hardware, _hardwareDoubt) = (null, null);
        (_early, _late, _onTime) = (0, 0, 0);
    }

    // Both clocks run at the rate that NTP gives them, so their difference only changes when one is set, or the machine slept.
    private string? StepDoubt()
    {
        var step = time.GetUtcNow() - _anchor.Wall - time.GetElapsedTime(_anchor.Monotonic);
        return step.Duration() > StepBound ? $"it was stepped by {Seconds(step)} s" : null;
    }

    private string? ChainDoubt() => _early >= DutiesInARow || _late >= DutiesInARow
        ? $"the last {Math.Max(_early, _late)} duties were all {(_early > 0 ? "ahead of" : "behind")} it, the newest by {Math.Abs(_slotsOff)} slots"
        : null;

    private static string Seconds(TimeSpan span) => span.TotalSeconds.ToString("F1", System.Globalization.CultureInfo.InvariantCulture);

    private sealed record Anchor(DateTimeOffset Wall, long Monotonic);
}
