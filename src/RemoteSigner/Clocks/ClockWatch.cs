using System.Globalization;

namespace RemoteSigner.Clocks;

/// <summary>
/// Holds the system clock against three others: the machine's own monotonic clock, which no command can step; the TPM's, whose progress the
/// machine cannot change; and the chain's, as the slots of the duties that come in show it. While any of them disagrees the clock is in
/// doubt. A doubt ends by itself when the clock is right again, or when the chain's duties confirm it as it is now. Thread-safe.
/// </summary>
/// <remarks>
/// Duties are counted for each client by itself, and a client has one voice however many validators it serves: those that were heard of
/// late decide by majority, and a tie is no doubt. So one client with a wrong clock (or somebody with its certificate) can neither raise a
/// doubt nor keep one where another is served, and a signer with a single client still notices.
/// </remarks>
/// <param name="latest">Slots: duties further behind the clock speak against it. Nearer ones are late for reasons of their own, such as a
/// cluster that needed many rounds to agree.</param>
/// <param name="memory">A client that was not heard for so long has no voice.</param>
public sealed class ClockWatch(TimeProvider time, long latest, TimeSpan memory)
{
    /// <summary>A step beyond this is noticed: more than a leap second, less than half of the shortest slot (5 s).</summary>
    public static readonly TimeSpan StepBound = TimeSpan.FromSeconds(2);

    /// <summary>Duties off by more slots than this are not on time: one for a slow client, one for a slow clock.</summary>
    public const long SlotBound = 2;

    /// <summary>So many duties of a client in a row say that the clock is wrong, or that it is right after all.</summary>
    public const int DutiesInARow = ClientTime.InARow;

    // Even, so that what is kept ends as it is. Between two looks of whoever writes them down there are no more, unless somebody plays.
    private const int MaxChanges = 16;

    // A TPM's oscillator may be off by some per cent (TPM 2.0 Library Part 1, "TPM Clock").
    private const double HardwareDrift = 0.1;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, ClientTime> _clients = new(StringComparer.Ordinal);
    private readonly List<ClockChange> _changes = [];
    private Anchor _anchor = new(time.GetUtcNow(), time.GetTimestamp());
    private (HardwareTime Reading, DateTimeOffset At)? _hardware;
    private string? _hardwareDoubt;
    private bool _inDoubt;

    /// <summary>Why the system clock cannot be relied on now; null when nothing speaks against it.</summary>
    public string? Doubt
    {
        get
        {
            lock (_gate)
            {
                Note();
                return CurrentDoubt();
            }
        }
    }

    /// <summary>The doubt as it would be with this duty counted: the one that confirms the clock is the first to be signed.</summary>
    /// <param name="slotsAhead">Slots from the system clock's to the duty's; negative behind it.</param>
    public string? DoubtWith(string client, long slotsAhead)
    {
        lock (_gate)
        {
            var machine = MachineDoubt();
            var next = Next(client, slotsAhead, machine is not null);
            var tally = Count(client, next);
            return machine is not null && !tally.ConfirmsClock ? machine : ChainDoubt(tally, client, next);
        }
    }

    /// <summary>
    /// A new duty came in; signed or not, it shows what time its client has. One that is on record here already must not be counted:
    /// anybody may repeat it at any time.
    /// </summary>
    public void ObserveDuty(string client, long slotsAhead)
    {
        lock (_gate)
        {
            var machine = MachineDoubt();
            _clients[client] = Next(client, slotsAhead, machine is not null);
            if (machine is not null && Count().ConfirmsClock)
            {
                var ended = $"the last {DutiesInARow} duties of {Names(one => one.Confirms)} were on time";
                Note();
                TakeForRight();
                Note(ended: ended);
            }
            else
            {
                Note(client);
            }
        }
    }

    /// <summary>
    /// What the hardware's clock says now. It is held against the last reading that agreed; one after a reset begins anew.
    /// </summary>
    public void ObserveHardware(HardwareTime reading)
    {
        lock (_gate)
        {
            var now = time.GetUtcNow();
            var (hardware, system) =
                _hardware is { } last && last.Reading.Reset == reading.Reset
                    ? (reading.Elapsed - last.Reading.Elapsed, now - last.At)
                    : default;
            if ((system - hardware).Duration() <= StepBound + (hardware.Duration() * HardwareDrift))
            {
                (_hardware, _hardwareDoubt) = ((reading, now), null);
            }
            else
            {
                _hardwareDoubt = $"it went {Seconds(system)} s while the TPM's clock went {Seconds(hardware)} s";
            }

            Note();
        }
    }

    /// <summary>
    /// Every doubt that began or ended since the last call, in order, for the log and the audit log. Where there were very many the newest
    /// of them are left out in pairs.
    /// </summary>
    public IReadOnlyList<ClockChange> TakeChanges()
    {
        lock (_gate)
        {
            Note();
            ClockChange[] changes = [.. _changes];
            _changes.Clear();
            return changes;
        }
    }

    private string? CurrentDoubt() => MachineDoubt() ?? ChainDoubt(Count());

    // Writes down when the doubt is not what it was.
    private void Note(string? client = null, string? ended = null)
    {
        var doubt = CurrentDoubt();
        if (doubt is not null == _inDoubt)
        {
            return;
        }

        _inDoubt = doubt is not null;
        if (_changes.Count == MaxChanges)
        {
            _changes.RemoveAt(MaxChanges - 1);
        }
        else
        {
            _changes.Add(
                new ClockChange(
                    time.GetUtcNow(),
                    doubt,
                    doubt is not null ? null : ended ?? (client is null ? "the clocks agree again" : $"with a duty of {client}")
                )
            );
        }
    }

    private void TakeForRight()
    {
        _anchor = new Anchor(time.GetUtcNow(), time.GetTimestamp());
        (_hardware, _hardwareDoubt) = (null, null);

        // What was said before was said of another time.
        _clients.Clear();
    }

    private ClientTime Next(string client, long slotsAhead, bool mayConfirm) =>
        (_clients.TryGetValue(client, out var known) && IsHeard(known) ? known : default).Next(
            slotsAhead,
            latest,
            mayConfirm,
            time.GetTimestamp()
        );

    private bool IsHeard(ClientTime client) => time.GetElapsedTime(client.Heard) <= memory;

    private ClockTally Count(string? client = null, ClientTime next = default)
    {
        var tally = new ClockTally();
        foreach (var (name, known) in _clients)
        {
            if (name != client && IsHeard(known))
            {
                tally.Add(known);
            }
        }

        if (client is not null)
        {
            tally.Add(next);
        }

        return tally;
    }

    private string? MachineDoubt() => StepDoubt() ?? _hardwareDoubt;

    // Both clocks run at the rate that NTP gives them, so their difference only changes when one is set, or the machine slept.
    private string? StepDoubt()
    {
        var step = time.GetUtcNow() - _anchor.Wall - time.GetElapsedTime(_anchor.Monotonic);
        return step.Duration() > StepBound ? $"it was stepped by {Seconds(step)} s" : null;
    }

    private string? ChainDoubt(ClockTally tally, string? client = null, ClientTime next = default) =>
        tally switch
        {
            { SaysEarly: true } => $"the last {DutiesInARow} duties of {Names(one => one.SaysEarly, client, next)} were "
                + $"all ahead of it, the newest by {Math.Abs(tally.SlotsOff)} slots",
            { SaysLate: true } => $"the last {DutiesInARow} duties of {Names(one => one.SaysLate, client, next)} were all more "
                + $"than an epoch behind it, the newest by {Math.Abs(tally.SlotsOff)} slots",
            _ => null,
        };

    private string Names(Func<ClientTime, bool> say, string? client = null, ClientTime next = default)
    {
        var others = _clients.Where(known => known.Key != client && IsHeard(known.Value) && say(known.Value)).Select(known => known.Key);
        return string.Join(", ", (client is not null && say(next) ? others.Append(client) : others).Order(StringComparer.Ordinal));
    }

    private static string Seconds(TimeSpan span) => span.TotalSeconds.ToString("F1", CultureInfo.InvariantCulture);

    private sealed record Anchor(DateTimeOffset Wall, long Monotonic);
}
