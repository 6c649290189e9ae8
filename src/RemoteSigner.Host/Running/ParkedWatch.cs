using RemoteSigner.Administration;
using RemoteSigner.Administration.Keys;
using RemoteSigner.Ledgers;
using RemoteSigner.Native;
using RemoteSigner.Slashing;
using RemoteSigner.Spec;

namespace RemoteSigner.Host.Running;

/// <summary>Gives parked shares up when the time has come that was stated when others took their place.</summary>
internal sealed class ParkedWatch(Administrator administrator, SlashingProtection slashing, TimeProvider time, ILogger<ParkedWatch> log)
    : BackgroundService
{
    private static readonly TimeSpan _between = TimeSpan.FromMinutes(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(_between, time);
        do
        {
            try
            {
                await CommitDueAsync();
            }
            catch (Exception exception) when (exception is OperatorException or LedgerException)
            {
                log.LogWarning("parked shares whose time has come could not be given up: {Message}; it is tried again", exception.Message);
            }
        } while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private async Task CommitDueAsync()
    {
        var due = (await administrator.ParkedSetsAsync())
            .Where(set => set.Until <= time.GetUtcNow())
            .Select(set => set.Cluster)
            .ToHashSet();
        var states = due.Count == 0 ? null : await slashing.GetKeyStatesAsync();
        if (states?.Values.Contains(KeyState.Parked) != true)
        {
            return;
        }

        List<BlsPublicKey> parked =
        [
            .. (await administrator.LookAsync(vault => vault.Contents))
                .Shares.Where(share =>
                    due.Contains(share.Membership?.ClusterHash) && states.GetValueOrDefault(share.ShareKey) == KeyState.Parked
                )
                .Select(share => share.ShareKey),
        ];
        if (parked.Count > 0)
        {
            await administrator.ExecuteAsync(new DeleteShares(parked, KeyEnd.Retired) { OnlyParked = true }, new Actor.Itself());
            log.LogInformation("gave up {Count} parked shares: their time has come", parked.Count);
        }
    }
}
