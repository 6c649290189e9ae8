using System.Globalization;
using Prometheus;
using RemoteSigner.Ledgers;

namespace RemoteSigner.Host.Running;

/// <summary>
/// What health and metrics say about the ledger's disk. Early: once it is full, what is signed is recorded in the reserve, and then nothing
/// is signed any more.
/// </summary>
internal sealed class DiskHealth
{
    private readonly Ledger _ledger;

    public DiskHealth(Ledger ledger, SignerMetrics metrics)
    {
        _ledger = ledger;
        var factory = Metrics.WithCustomRegistry(metrics.Registry);
        var size = MetricTable.LedgerBytes.Gauge(factory);
        var free = MetricTable.LedgerDiskFreeBytes.Gauge(factory);
        var reserve = MetricTable.LedgerDiskReserveBytes.Gauge(factory);
        metrics.Registry.AddBeforeCollectCallback(() =>
        {
            var disk = ledger.Disk;
            size.Set(disk.Ledger);
            free.Set(disk.Free);
            reserve.Set(disk.Reserve);
        });
    }

    public HealthReport.Check Check() => Check(_ledger.Disk);

    internal static HealthReport.Check Check(LedgerDisk disk)
    {
        var (status, state, detail) = disk switch
        {
            { Reserve: 0 } => (
                HealthReport.Degraded,
                "no_reserve",
                $"no space is kept for a full disk, {Mebibytes(disk.Free)} are free: make room now, or signing stops when that is used up"
            ),
            { Free: < LedgerDisk.LowFree } => (
                HealthReport.Degraded,
                "low",
                $"{Mebibytes(disk.Free)} are free on the ledger's disk: make room"
            ),
            _ => (HealthReport.Up, "ok", null),
        };
        return HealthReport.Check.Of(
            "disk-check",
            status,
            new HealthReport.CheckFigures(
                State: state,
                Detail: detail,
                LedgerBytes: disk.Ledger,
                FreeBytes: disk.Free,
                ReserveBytes: disk.Reserve
            )
        );
    }

    private static string Mebibytes(long bytes) => string.Create(CultureInfo.InvariantCulture, $"{bytes >> 20} MiB");
}
