using RemoteSigner.Clocks;
using RemoteSigner.Spec;

namespace RemoteSigner.Host.Running;

/// <summary>
/// Has the line about an epoch written when it is over, and about the last one when the signer stops. Where the genesis time is not known,
/// every so many slots.
/// </summary>
internal sealed class EpochSummary(DutyTally tally, Network network, SlotClock clock, TimeProvider time) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var (epoch, slots) = (Now, 0UL);
        using var timer = new PeriodicTimer(network.SlotDuration(epoch ?? default), time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                var now = Now;
                slots++;
                if (now is null ? slots >= network.SlotsPerEpoch : now != epoch)
                {
                    tally.Tell(Name(epoch));
                    (epoch, slots) = (now, 0);
                }
            }
        }
        finally
        {
            tally.Tell(Name(epoch));
        }
    }

    private Epoch? Now => clock.Now is { } slot ? network.EpochOf(slot) : null;

    private string Name(Epoch? epoch) => epoch is { } known ? $"epoch {known}" : $"the last {network.SlotsPerEpoch} slots";
}
