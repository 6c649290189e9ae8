using Microsoft.Extensions.Hosting.Systemd;
using RemoteSigner.Ledgers;

namespace RemoteSigner.Host.Running;

/// <summary>
/// Tells systemd when the keys are open (readiness), and then again and again that the ledger's writer still answers and can go on
/// (watchdog).
/// </summary>
internal sealed class SystemdWatch(KeyLoading loading, Ledger ledger, TimeProvider time, ILogger<SystemdWatch> log) : BackgroundService
{
    private readonly SystemdNotifier _systemd = new();

    /// <summary>Half of <c>WATCHDOG_USEC</c>, as sd_watchdog_enabled(3) advises; null where no watchdog was asked for.</summary>
    private static TimeSpan? Interval =>
        long.TryParse(Environment.GetEnvironmentVariable("WATCHDOG_USEC"), out var microseconds)
            ? TimeSpan.FromMicroseconds(microseconds / 2)
            : null;

    public override Task StopAsync(CancellationToken cancellationToken)
    {
        _systemd.Notify(ServiceState.Stopping);
        return base.StopAsync(cancellationToken);
    }

    // Most errors end by themselves, a full disk among them, and health tells them. A restart is for a writer that hangs, and for a ledger
    // that after a failure of its disk takes nothing more until it is opened again.
    internal static async Task<bool> AnswersAsync(Ledger ledger, ILogger log)
    {
        try
        {
            await ledger.WriteAsync(_ => true);
            return true;
        }
        catch (LedgerException exception)
        {
            log.LogError(exception, "the ledger answers with an error: {Message}", exception.Message);
            return exception.Fault is not (LedgerFault.DiskFailure or LedgerFault.Closed);
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!_systemd.IsEnabled)
        {
            return;
        }

        await loading.Completed.WaitAsync(stoppingToken);
        _systemd.Notify(ServiceState.Ready);
        if (Interval is not { } interval)
        {
            return;
        }

        log.LogInformation("the watchdog is told every {Seconds} s that the ledger answers", interval.TotalSeconds);
        using var timer = new PeriodicTimer(interval, time);
        do
        {
            if (await AnswersAsync(ledger, log))
            {
                _systemd.Notify(new ServiceState("WATCHDOG=1"));
            }
        } while (await timer.WaitForNextTickAsync(stoppingToken));
    }
}
