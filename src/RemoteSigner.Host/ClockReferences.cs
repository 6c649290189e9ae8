using RemoteSigner.Audit;
using RemoteSigner.Consensus.Slashing;
using RemoteSigner.Freshness;

namespace RemoteSigner.Host;

/// <summary>Reads the hardware's clock once a minute, where there is one, and writes down when the system clock comes into doubt and when that ends.</summary>
internal sealed class ClockReferences(SlotClock clock, IEnumerable<IHardwareClock> hardware, AuditLog audit, TimeProvider time, ILogger<ClockReferences> log) : BackgroundService
{
    private static readonly TimeSpan _look = TimeSpan.FromSeconds(5);
    private const int LooksForAReading = 12;

    private string? _doubt;
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

            await TellAsync(clock.Watch.Doubt);
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
            catch (WitnessException exception)
            {
                log.Log(_unread ? LogLevel.Debug : LogLevel.Warning, "the hardware's clock cannot be read: {Message}; the system clock is held against the others", exception.Message);
                _unread = true;
            }
        }
    }

    private async Task TellAsync(string? doubt)
    {
        if ((doubt is null) == (_doubt is null))
        {
            return;
        }

        _doubt = doubt;
        var text = doubt is null ? "the system clock is relied on again" : $"the system clock is in doubt: {doubt}";
        log.Log(doubt is null ? LogLevel.Information : LogLevel.Error, "{Text}{Effect}", text, doubt is null ? "" : "; blocks and votes are refused");
        try
        {
            await audit.RecordAsync(new AuditEntry { Action = "clock.doubt", Decision = AuditDecision.Event, Detail = text });
        }
        catch (LedgerException exception)
        {
            log.LogError(exception, "the clock's doubt could not be recorded");
        }
    }
}
