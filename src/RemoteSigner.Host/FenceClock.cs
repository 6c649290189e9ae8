using RemoteSigner.RollbackProtection;
using RemoteSigner.Spec;

namespace RemoteSigner.Host;

/// <summary>Lets the fence look at the clock once a slot, so that it is ahead also when no duty comes in time.</summary>
internal sealed class FenceClock(Fence fence, Network network, TimeProvider time) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(network.SlotDuration(fence.State.Bounds?.Fence ?? default), time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            fence.Tick();
        }
    }
}
