using RemoteSigner.Slashing;
using RemoteSigner.Spec;

namespace RemoteSigner.Clocks;

/// <summary>
/// Tells the chain's time and refuses duties from far ahead of it: one signature with a far-future target epoch would raise the
/// validator's low watermark so high that it could never vote again. Where it guards, it must be right: while its <see cref="Watch"/>
/// doubts it, no block and no vote passes that is not on record already. A duty that is late is no business of this clock: slashing
/// protection holds at any time.
/// </summary>
public sealed class SlotClock
{
    // A validator votes once in an epoch, wherever in it: whoever serves one is heard within two.
    private const int EpochsOfMemory = 2;

    private readonly Network _network;
    private readonly SlotWindow? _window;
    private readonly TimeProvider _time;

    /// <summary>A null <paramref name="window"/> is the operator's explicit choice to run without this guard.</summary>
    /// <exception cref="ArgumentException">A window is asked for and the network's genesis time is not known.</exception>
    public SlotClock(Network network, SlotWindow? window, TimeProvider time)
    {
        if (window is not null && network.GenesisTime is null)
        {
            throw new ArgumentException(
                $"the genesis time of the network {network.Name} is not known: give it, or switch the slot window off",
                nameof(window)
            );
        }

        (_network, _window, _time) = (network, window, time);
        var epoch = network.SlotDuration(network.EpochOf(Now ?? default)) * network.SlotsPerEpoch;
        Watch = new ClockWatch(time, (long)network.SlotsPerEpoch, EpochsOfMemory * epoch);
    }

    /// <summary>Whether the system clock can be relied on.</summary>
    public ClockWatch Watch { get; }

    /// <summary>Does this clock guard anything? False where the operator switched the slot window off.</summary>
    public bool IsGuard => _window is not null;

    /// <summary>The moment itself, for records that name a time.</summary>
    public DateTimeOffset Moment => _time.GetUtcNow();

    /// <summary>The slot at this moment; slot 0 before genesis. Null where the genesis time is not known.</summary>
    public Slot? Now => _network.SlotAt((ulong)Math.Max(0, _time.GetUtcNow().ToUnixTimeSeconds()));

    /// <summary>The epoch at this moment, like <see cref="Now"/>.</summary>
    public Epoch? Epoch => Now is { } now ? _network.EpochOf(now) : null;

    /// <summary>
    /// The newest slot and epoch that anybody with a sound clock can have signed by now: the clock plus the slot window, the usual one
    /// where the operator switched it off. Null where the genesis time is not known.
    /// </summary>
    public HistoryLimit? Newest
    {
        get
        {
            var window = _window ?? SlotWindow.Default;
            return Now is { } now
                ? new HistoryLimit(new Slot(now.Value + window.SlotsAhead), new Epoch(_network.EpochOf(now).Value + window.EpochsAhead))
                : null;
        }
    }

    /// <summary>
    /// The time with what follows from it for low watermarks. Without a slot window nothing is held against the clock, and nothing bounds
    /// what others signed.
    /// </summary>
    public ChainTime Read()
    {
        if (Now is not { } now)
        {
            return new ChainTime.Unknown();
        }

        if (_window is null)
        {
            return new ChainTime.Known(now, now, _network.EpochOf(now));
        }

        return Watch.Doubt is { } doubt
            ? new ChainTime.InDoubt(doubt)
            : new ChainTime.Known(
                now,
                new Slot(After(now.Value, _window.SlotsAhead)),
                new Epoch(After(_network.EpochOf(now).Value, _window.EpochsAhead))
            );
    }

    // A window without bounds reaches as far as can be recorded.
    private static ulong After(ulong number, ulong ahead) => ahead > long.MaxValue - number ? long.MaxValue : number + ahead;

    /// <summary>What stands against signing the message now, if it is a new one; null where nothing does.</summary>
    /// <param name="client">Who asks: his duty counts for him alone.</param>
    public SlotWindowViolation? Refusal(string client, SignableMessage message)
    {
        if (_window is null || Now is not { } now)
        {
            return null;
        }

        if (DutySlot(message.Slashable) is not { } slot)
        {
            // Not held against a clock in doubt: to be wrong costs nothing that could not be made good.
            return EarlyDuty(message, now) is { } early ? new SlotWindowViolation(ClockInDoubt: false, early) : null;
        }

        return Watch.DoubtWith(client, SlotsAhead(slot, now)) is { } doubt
                ? new SlotWindowViolation(ClockInDoubt: true, $"the signer's clock is in doubt: {doubt}")
            : Untimely(message.Slashable, slot, now) is { } detail ? new SlotWindowViolation(ClockInDoubt: false, detail)
            : null;
    }

    /// <summary>
    /// The message turned out to be a new one, so that it shows what time its client has. Not for one that is on record: that may be
    /// repeated at any time.
    /// </summary>
    public void Observe(string client, SignableMessage message)
    {
        if (_window is not null && Now is { } now && DutySlot(message.Slashable) is { } slot)
        {
            Watch.ObserveDuty(client, SlotsAhead(slot, now));
        }
    }

    private static Slot? DutySlot(SlashableContent content) =>
        content switch
        {
            SlashableContent.Block(var slot) => slot,
            SlashableContent.Attestation(_, _, var slot) => slot,
            _ => null,
        };

    // Duties of Gloas that nobody prepares for long: what is signed far ahead of its time could be kept for it.
    private string? EarlyDuty(SignableMessage message, Slot now) =>
        message switch
        {
            PayloadAttestation { Slot: var slot } => SlotRefusal(slot, now),
            ExecutionPayloadEnvelope { Payload.Slot: var slot } => SlotRefusal(slot, now),
            ExecutionPayloadBid { Slot: var slot } => SlotRefusal(slot, now),
            ProposerPreferences { ProposalSlot: var slot } => EpochRefusal("slot", _network.EpochOf(slot), now),
            BuilderRequestAuth { Slot: var slot } => EpochRefusal("slot", _network.EpochOf(slot), now),
            _ => null,
        };

    private static long SlotsAhead(Slot slot, Slot now) =>
        slot.Value >= now.Value
            ? (long)Math.Min(slot.Value - now.Value, long.MaxValue)
            : -(long)Math.Min(now.Value - slot.Value, long.MaxValue);

    private string? Untimely(SlashableContent content, Slot slot, Slot now) =>
        SlotRefusal(slot, now)
        ?? (content is SlashableContent.Attestation { Target: var target } ? EpochRefusal("target", target, now) : null);

    private string? SlotRefusal(Slot slot, Slot now) =>
        slot.Value > now.Value && slot.Value - now.Value > _window!.SlotsAhead
            ? $"slot {slot} is {slot.Value - now.Value} slots ahead of the clock (slot {now}), more than {_window.SlotsAhead}"
            : null;

    private string? EpochRefusal(string what, Epoch epoch, Slot now)
    {
        var current = _network.EpochOf(now);
        return epoch.Value > current.Value && epoch.Value - current.Value > _window!.EpochsAhead
            ? $"the epoch {epoch} of its {what} is {epoch.Value - current.Value} epochs ahead "
                + $"of the clock (epoch {current}), more than {_window.EpochsAhead}"
            : null;
    }
}
