using System.Collections.Immutable;

namespace RemoteSigner.Spec;

/// <summary>
/// When a network's forks hold: all of them from <see cref="Fork.Phase0"/> at epoch 0 on, none left out, epochs never falling. Forks after
/// the last one named are unknown to the network.
/// </summary>
public sealed class ForkSchedule
{
    private readonly ImmutableArray<ScheduledFork> _forks;

    /// <exception cref="SpecException">A fork is missing or out of order.</exception>
    public ForkSchedule(params ImmutableArray<ScheduledFork> forks)
    {
        if (forks.IsEmpty || forks[0].Epoch != default)
        {
            throw new SpecException("A fork schedule starts with phase0 at epoch 0.");
        }

        for (var i = 0; i < forks.Length; i++)
        {
            CheckOrder(forks, i);
        }

        _forks = forks;
    }

    /// <summary>In their order.</summary>
    public ImmutableArray<ScheduledFork> All => _forks;

    /// <summary>The version of phase0, which names the network in domains that must hold on every fork.</summary>
    public ForkVersion GenesisVersion => _forks[0].Version;

    /// <summary>The fork that holds at <paramref name="epoch"/>.</summary>
    public Fork At(Epoch epoch)
    {
        var fork = Fork.Phase0;
        foreach (var scheduled in _forks)
        {
            if (scheduled.Epoch <= epoch && scheduled.Epoch != Epoch.FarFuture)
            {
                fork = scheduled.Fork;
            }
        }

        return fork;
    }

    /// <exception cref="SpecException">The network does not know the fork.</exception>
    public ForkVersion VersionOf(Fork fork) =>
        (int)fork < _forks.Length ? _forks[(int)fork].Version : throw new SpecException($"The network has no fork {fork.Name()}.");

    /// <exception cref="SpecException">The network does not know the fork.</exception>
    public Epoch EpochOf(Fork fork) =>
        (int)fork < _forks.Length ? _forks[(int)fork].Epoch : throw new SpecException($"The network has no fork {fork.Name()}.");

    private static void CheckOrder(ImmutableArray<ScheduledFork> forks, int i)
    {
        if (forks[i].Fork != (Fork)i)
        {
            throw new SpecException($"The fork schedule names {forks[i].Fork.Name()} where {((Fork)i).Name()} is due.");
        }

        if (i > 0 && forks[i].Epoch < forks[i - 1].Epoch)
        {
            throw new SpecException($"The fork schedule has {forks[i].Fork.Name()} before {forks[i - 1].Fork.Name()}.");
        }
    }
}
