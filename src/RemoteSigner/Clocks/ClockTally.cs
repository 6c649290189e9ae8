namespace RemoteSigner.Clocks;

/// <summary>
/// What the clients that were heard of late say about the system clock, one voice each. A majority speaks for all; a tie says nothing
/// against the clock.
/// </summary>
internal record struct ClockTally
{
    private int _early;
    private int _late;
    private int _onTime;
    private int _confirming;

    /// <summary>By how much the duty of a client that speaks against the clock was off, in slots.</summary>
    public long SlotsOff { get; private set; }

    public readonly bool SaysEarly => _early > _onTime + _late;

    public readonly bool SaysLate => _late > _onTime + _early;

    /// <summary>
    /// The clock is right as it is now, whatever the machine's own clocks say: at least one client has confirmed it, and not more speak
    /// against it.
    /// </summary>
    public readonly bool ConfirmsClock => _confirming > 0 && _confirming >= _early + _late;

    public void Add(in ClientTime client)
    {
        _early += client.SaysEarly ? 1 : 0;
        _late += client.SaysLate ? 1 : 0;
        _onTime += client.SaysOnTime ? 1 : 0;
        _confirming += client.Confirms ? 1 : 0;
        SlotsOff = client.SaysEarly || client.SaysLate ? client.SlotsOff : SlotsOff;
    }
}
