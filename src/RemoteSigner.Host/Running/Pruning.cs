using RemoteSigner.Administration;
using RemoteSigner.Administration.History;
using RemoteSigner.Host.Configuration;
using RemoteSigner.Ledgers;

namespace RemoteSigner.Host.Running;

/// <summary>Prunes the slashing history from time to time, beside the signing.</summary>
internal sealed class Pruning(Administrator administrator, SignerOptions options, TimeProvider time, ILogger<Pruning> log)
    : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (options.Slashing.KeepEpochs == 0)
        {
            return;
        }

        using var timer = new PeriodicTimer(TimeSpan.FromHours(options.Slashing.PruneEveryHours), time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            await PruneAsync();
        }
    }

    private async Task PruneAsync()
    {
        try
        {
            var report = await administrator.ExecuteAsync(new PruneHistory(options.Slashing.KeepEpochs), new Actor.Itself());
            foreach (var line in report.Validators.Where(line => line.Failure is not null))
            {
                log.LogError(line.Failure, "cannot prune the history of {Key}; it is as it was", line.Keys[0]);
            }

            log.LogInformation(
                "pruned {Blocks} blocks and {Votes} votes of {Count} validators",
                report.Validators.Sum(line => line.BlocksDropped),
                report.Validators.Sum(line => line.AttestationsDropped),
                report.Validators.Count
            );
        }
        catch (LedgerException exception)
        {
            log.LogError(exception, "cannot prune the slashing history; the next try is in {Hours} h", options.Slashing.PruneEveryHours);
        }
    }
}
