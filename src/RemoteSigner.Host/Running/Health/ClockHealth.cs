using RemoteSigner.Clocks;

namespace RemoteSigner.Host.Running;

/// <summary>What health says about the slot clock.</summary>
internal static class ClockHealth
{
    public static HealthReport.Check Check(SlotClock clock) =>
        (clock.IsGuard ? clock.Watch.Doubt : null) is { } doubt
            ? HealthReport.Check.Of(
                "slot-clock-check",
                up: false,
                new HealthReport.CheckFigures(
                    State: "in_doubt",
                    Detail: "blocks and votes that are not on record here are refused, because the system clock is in doubt: "
                        + $"{doubt}; correct it; if it is already correct, restart the signer, "
                        + "or wait until the duties that come in confirm it"
                )
            )
            : HealthReport.Check.Of(
                "slot-clock-check",
                up: true,
                new HealthReport.CheckFigures(Detail: clock.Now is { } slot ? $"slot {slot}" : "no genesis time: the slot window is off")
            );
}
