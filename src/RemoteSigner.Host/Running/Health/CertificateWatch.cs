namespace RemoteSigner.Host.Running;

/// <summary>Logs once a day what <see cref="CertificateHealth"/> warns of: not everybody reads health.</summary>
internal sealed class CertificateWatch(CertificateHealth certificates, TimeProvider time, ILogger<CertificateWatch> log) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromDays(1), time);
        do
        {
            if (certificates.Check() is { Data: { State: not "ok", Detail: var finding } } check)
            {
                log.Log(check.Status == HealthReport.Up ? LogLevel.Warning : LogLevel.Error, "{Finding}", finding);
            }
        } while (await timer.WaitForNextTickAsync(stoppingToken));
    }
}
