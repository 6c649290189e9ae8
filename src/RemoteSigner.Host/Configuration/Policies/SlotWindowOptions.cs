using RemoteSigner.Clocks;

namespace RemoteSigner.Host.Configuration;

/// <summary>How far ahead of the clock a duty may be.</summary>
internal sealed class SlotWindowOptions
{
    public bool Enabled { get; set; } = true;

    public ulong SlotsAhead { get; set; } = SlotWindow.Default.SlotsAhead;

    public ulong EpochsAhead { get; set; } = SlotWindow.Default.EpochsAhead;

    public SlotWindow? ToWindow() => Enabled ? new SlotWindow(SlotsAhead, EpochsAhead) : null;
}
