using System.Globalization;
using RemoteSigner.Audit;
using RemoteSigner.Clocks;
using RemoteSigner.Ledgers;
using RemoteSigner.Native;

namespace RemoteSigner.Host;

/// <summary>
/// Reads the hardware's clock once a minute, where there is one, and writes down when the system clock came into doubt, by whose duties,
/// and when that ended.
/// </summary>
internal sealed class ClockReferences(
    SlotClock clock,
    IEnumerable<IHardwareClock> hardware,
    AuditLog audit,
    TimeProvider time,
    ILogger<ClockReferences> log
) : BackgroundService
{
    private static readonly TimeSpan _look = TimeSpan.FromSeconds(5);
    private const int LooksForAReading = 12;

    private bool _unread;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!clock.IsGuard)
        {
            return;
        }

        using var timer = new PeriodicTimer(_look, time);
        for (var look = 0; await timer.WaitForNextTickAsync(stoppingToken); look++)
        {
            if (look % LooksForAReading == 0)
            {
                await ReadHardwareAsync(stoppingToken);
            }

            foreach (var change in clock.Watch.TakeChanges())
            {
                await TellAsync(change);
            }
        }
    }

    private async Task ReadHardwareAsync(CancellationToken cancellation)
    {
        foreach (var reference in hardware)
        {
            try
            {
                clock.Watch.ObserveHardware(await reference.ReadTimeAsync(cancellation));
                _unread = false;
            }
            catch (OperatorException exception)
            {
                log.Log(
                    _unread ? LogLevel.Debug : LogLevel.Warning,
                    "the hardware's clock cannot be read: {Message}; the system clock is held against the others",
                    exception.Message
                );
                _unread = true;
            }
        }
    }

    private async Task TellAsync(ClockChange change)
    {
        var at = change.At.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture);
        var text = change.Doubt is { } doubt
            ? $"the system clock is in doubt since {at}: {doubt}"
            : $"the system clock is relied on again since {at}: {change.Ended}";
        log.Log(
            change.Doubt is null ? LogLevel.Information : LogLevel.Error,
            "{Text}{Effect}",
            text,
            change.Doubt is null ? "" : "; blocks and votes are refused, unless they are on record here"
        );
        try
        {
            await audit.RecordAsync(
                new AuditEntry
                {
                    Action = AuditActions.ClockDoubt,
                    Decision = AuditDecision.Event,
                    Detail = text,
                }
            );
        }
        catch (LedgerException exception)
        {
            log.LogError(exception, "the clock's doubt could not be recorded");
        }
    }
}
