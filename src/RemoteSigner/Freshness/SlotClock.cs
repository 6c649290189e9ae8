using RemoteSigner.Consensus.Spec;

namespace RemoteSigner.Freshness;

/// <summary>
/// Tells the chain's time and refuses duties from far ahead of it: one signature with a far-future target epoch would raise the
/// validator's floor so high that it could never vote again.
/// </summary>
public sealed class SlotClock
{
    private readonly Network _network;
    private readonly SlotWindow? _window;
    private readonly TimeProvider _time;

    /// <summary>A null <paramref name="window"/> is the operator's explicit choice to run without this guard.</summary>
    /// <exception cref="ArgumentException">A window is asked for and the network's genesis time is not known.</exception>
    public SlotClock(Network network, SlotWindow? window, TimeProvider time)
    {
        if (window is not null && network.GenesisTime is null)
        {
            throw new ArgumentException($"the genesis time of the network {network.Name} is not known: give it, or switch the slot window off", nameof(window));
        }

        (_network, _window, _time) = (network, window, time);
    }

    /// <summary>The slot at this moment; slot 0 before genesis. Null where the genesis time is not known.</summary>
    public Slot? Now
    {
        get
        {
            if (_network.GenesisTime is not { } genesis)
            {
                return null;
            }

            var seconds = (ulong)Math.Max(0, _time.GetUtcNow().ToUnixTimeSeconds());
            return new Slot(seconds <= genesis ? 0 : (seconds - genesis) / _network.SecondsPerSlot);
        }
    }

    /// <summary>Null when the message may be signed now, else why it may not, in words for the client.</summary>
    public string? Refusal(SignableMessage message)
    {
        if (_window is null || Now is not { } now)
        {
            return null;
        }

        return message.Slashable switch
        {
            SlashableContent.Block(var slot) => SlotRefusal(slot, now),
            SlashableContent.Attestation(_, var target, var slot) => SlotRefusal(slot, now) ?? EpochRefusal(target, now),
            _ => null,
        };
    }

    private string? SlotRefusal(Slot slot, Slot now) =>
        slot.Value > now.Value && slot.Value - now.Value > _window!.SlotsAhead
            ? $"slot {slot} is {slot.Value - now.Value} slots ahead of the clock (slot {now}), more than {_window.SlotsAhead}"
            : null;

    private string? EpochRefusal(Epoch target, Slot now)
    {
        var current = _network.EpochOf(now);
        return target.Value > current.Value && target.Value - current.Value > _window!.EpochsAhead
            ? $"target epoch {target} is {target.Value - current.Value} epochs ahead of the clock (epoch {current}), more than {_window.EpochsAhead}"
            : null;
    }
}
