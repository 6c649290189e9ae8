using RemoteSigner.Clocks;
using RemoteSigner.RollbackProtection;
using RemoteSigner.Spec;

namespace RemoteSigner.Host.Running;

/// <summary>Says at the start which forks this signer goes by: a client that knows a newer one is refused its duties.</summary>
internal static class ForkNotice
{
    /// <summary>The schedule, and a warning where nothing is known of what comes after the fork that holds now.</summary>
    public static void Tell(ILogger log, Network network, SlotClock clock)
    {
        var dated = network.Forks.All.Where(fork => fork.Epoch != Epoch.FarFuture).ToList();
        log.LogInformation(
            "forks of {Network}: {Schedule}",
            network.Name,
            string.Join(", ", dated.Select(fork => $"{fork.Fork.Name()} from epoch {fork.Epoch}"))
        );
        if (clock.Now is { } now && dated[^1].Epoch <= network.EpochOf(now))
        {
            log.LogWarning(
                "no fork of {Network} after {Fork} is known here: once a date is announced, add it with "
                    + "network.forks in signer.json or take a newer release, or its duties are refused",
                network.Name,
                dated[^1].Fork.Name()
            );
        }
    }
}
