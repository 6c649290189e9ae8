using RemoteSigner.Clocks;
using RemoteSigner.Host.Running;
using RemoteSigner.Keys;
using RemoteSigner.RollbackProtection;
using RemoteSigner.Sealing;

namespace RemoteSigner.Host.Http;

/// <summary>
/// <c>GET /healthcheck</c>: readiness, in Web3Signer's skeleton and with its ids, and our own checks beside them. 503 when a check is down,
/// else 200.
/// </summary>
internal sealed class HealthApi(
    KeyRing keys,
    KeyLoading loading,
    SealedKeys sealedKeys,
    LedgerProbe probe,
    DiskHealth disk,
    FenceHealth fence,
    ArchiveWatch archive,
    SlotClock clock,
    CertificateHealth certificates
)
{
    public async Task CheckAsync(HttpContext context)
    {
        var report = HealthReport.Of([
            HealthReport.Check.Of("default-check", up: true),
            KeysCheck(),
            await LedgerCheckAsync(probe),
            disk.Check(),
            SealCheck(),
            fence.Check(),
            certificates.Check(),
            ClockCheck(),
            ArchiveHealth.Check(archive),
        ]);
        var status = report.Status == HealthReport.Down ? StatusCodes.Status503ServiceUnavailable : StatusCodes.Status200OK;
        await ApiResponse.WriteAsync(context, report, status);
    }

    // Web3Signer's two loaders are one vault here: the same figures stand under both of its ids, so that existing alerts keep working.
    private HealthReport.Check KeysCheck()
    {
        var up = loading is { IsComplete: true, Fault: null };
        var data = new HealthReport.CheckFigures(
            keys.Count,
            loading.Fault is null ? 0 : 1,
            loading.Expected,
            loading.IsComplete ? "open"
                : loading.Fault is null ? "opening"
                : "failed",
            loading.Fault
        );
        return HealthReport.Check.Group(
            "keys-check",
            HealthReport.Check.Of("config-files-loading", up, data),
            HealthReport.Check.Of("keystores-bulk-loading", up, data)
        );
    }

    internal static async Task<HealthReport.Check> LedgerCheckAsync(LedgerProbe probe)
    {
        var (problem, age) = await probe.ReadAsync();
        return HealthReport.Check.Of(
            "slashing-protection-db-health-check",
            problem is null,
            new HealthReport.CheckFigures(AgeSeconds: Math.Round(age.TotalSeconds, 1), Detail: problem)
        );
    }

    // The last error stays after recovery: of a device that is well again it is no news.
    private HealthReport.Check SealCheck()
    {
        var device = sealedKeys.Device;
        var condition = device.Condition;
        var up = condition == DeviceCondition.Ready;
        return HealthReport.Check.Of(
            "seal-check",
            up,
            new HealthReport.CheckFigures(State: condition.Code(), Detail: up ? null : device.LastError)
        );
    }

    private HealthReport.Check ClockCheck() =>
        (clock.IsGuard ? clock.Watch.Doubt : null) is { } doubt
            ? HealthReport.Check.Of(
                "slot-clock-check",
                up: false,
                new HealthReport.CheckFigures(
                    State: "in_doubt",
                    Detail: "blocks and votes that are not on record here are refused, because the system clock is in doubt: "
                        + $"{doubt}; set it right; where it is right now, restart the signer, "
                        + "or wait until the duties that come in confirm it"
                )
            )
            : HealthReport.Check.Of(
                "slot-clock-check",
                up: true,
                new HealthReport.CheckFigures(Detail: clock.Now is { } slot ? $"slot {slot}" : "no genesis time: the slot window is off")
            );
}
