using RemoteSigner.Clocks;
using RemoteSigner.Host.Running;

namespace RemoteSigner.Host.Http;

/// <summary>
/// <c>GET /healthcheck</c>: readiness, in Web3Signer's skeleton and with its ids, and our own checks beside them. 503 when a check is down,
/// else 200.
/// </summary>
internal sealed class HealthApi(
    KeysHealth keys,
    LedgerProbe probe,
    DiskHealth disk,
    FenceHealth fence,
    CertificateHealth certificates,
    SlotClock clock,
    ArchiveWatch archive
)
{
    public async Task CheckAsync(HttpContext context)
    {
        var report = HealthReport.Of([
            HealthReport.Check.Of("default-check", up: true),
            keys.Check(),
            await probe.CheckAsync(),
            disk.Check(),
            keys.SealCheck(),
            fence.Check(),
            certificates.Check(),
            ClockHealth.Check(clock),
            ArchiveHealth.Check(archive),
        ]);
        var status = report.Status == HealthReport.Down ? StatusCodes.Status503ServiceUnavailable : StatusCodes.Status200OK;
        await ApiResponse.WriteAsync(context, report, status);
    }
}
