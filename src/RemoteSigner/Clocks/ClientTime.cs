namespace RemoteSigner.Clocks;

/// <summary>
/// What the newest duties of one client say about the system clock: so many in a row, counted up to <see cref="InARow"/>.
/// </summary>
/// <param name="Early">Ahead of the clock by more than <see cref="ClockWatch.SlotBound"/> slots.</param>
/// <param name="Late">Behind it by more than an epoch.</param>
/// <param name="Confirming">On time since the machine's own clocks disagree; a duty that is merely late neither counts nor begins it
/// anew.</param>
/// <param name="SlotsOff">The newest duty's slot less the clock's.</param>
/// <param name="Heard">When that was, on the monotonic clock.</param>
internal readonly record struct ClientTime(int Early, int Late, int Confirming, long SlotsOff, long Heard)
{
    /// <summary>So many duties in a row are a client's word. One alone may be a replay, or a duty that was decided late.</summary>
    public const int InARow = 8;

    public bool SaysEarly => Early == InARow;

    public bool SaysLate => Late == InARow;

    /// <summary>Its newest duty does not speak against the clock.</summary>
    public bool SaysOnTime => Early == 0 && Late == 0;

    public bool Confirms => Confirming == InARow;

    /// <summary>With one more duty.</summary>
    /// <param name="latest">Duties further behind than this speak against the clock.</param>
    /// <param name="mayConfirm">Is there anything to confirm?</param>
    public ClientTime Next(long slotsAhead, long latest, bool mayConfirm, long heard)
    {
        var (isEarly, isLate) = (slotsAhead > ClockWatch.SlotBound, slotsAhead < -latest);
        return new ClientTime(
            isEarly ? Math.Min(Early + 1, InARow) : 0,
            isLate ? Math.Min(Late + 1, InARow) : 0,
            !mayConfirm || isEarly || isLate ? 0
                : slotsAhead < -ClockWatch.SlotBound ? Confirming
                : Math.Min(Confirming + 1, InARow),
            slotsAhead,
            heard
        );
    }
}
