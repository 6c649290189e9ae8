using System.Collections.Immutable;
using System.Globalization;

namespace RemoteSigner.Spec;

/// <summary>Reads the few members of a consensus-layer <c>config.yaml</c> that decide a signing root (consensus-specs, configs/).</summary>
internal sealed class NetworkConfiguration
{
    // No chain is slower; keeps products of slots and seconds small.
    private const ulong MaxSecondsPerSlot = 3600;

    private readonly string _path;
    private readonly IReadOnlyDictionary<string, string?> _members;

    private NetworkConfiguration(string path, IReadOnlyDictionary<string, string?> members) => (_path, _members) = (path, members);

    public static Network Load(string path)
    {
        var configuration = new NetworkConfiguration(path, FlatYaml.Read(path));
        return new Network
        {
            Name = configuration.Find("CONFIG_NAME") ?? Path.GetFileNameWithoutExtension(path),
            Preset = configuration.ReadPreset(),
            Forks = configuration.ReadForks(),
            SecondsPerSlot = configuration.ReadSecondsPerSlot(),
            DepositChainId = configuration.Find("DEPOSIT_CHAIN_ID") is null ? null : configuration.GetNumber("DEPOSIT_CHAIN_ID"),
        };
    }

    public static ForkSchedule LoadForks(string path, Network network)
    {
        var file = new NetworkConfiguration(path, FlatYaml.Read(path));
        var forks = network.Forks.All.ToBuilder();
        foreach (var fork in Enum.GetValues<Fork>().Skip(1).Where(file.Names))
        {
            file.Add(forks, file.Scheduled(fork), network);
        }

        return file.Build(forks.ToImmutable());
    }

    private static string NameOf(Fork fork) => fork.Name().ToUpperInvariant();

    private bool Names(Fork fork) => Find($"{NameOf(fork)}_FORK_VERSION") is not null || Find($"{NameOf(fork)}_FORK_EPOCH") is not null;

    private ScheduledFork Scheduled(Fork fork) =>
        new(fork, GetVersion($"{NameOf(fork)}_FORK_VERSION"), new Epoch(GetNumber($"{NameOf(fork)}_FORK_EPOCH")));

    private void Add(ImmutableArray<ScheduledFork>.Builder forks, ScheduledFork added, Network network)
    {
        var place = (int)added.Fork;
        if (place >= forks.Count)
        {
            forks.Add(added);
        }
        else if (forks[place].Epoch != Epoch.FarFuture && forks[place] != added)
        {
            throw new SpecException(
                $"{_path}: {added.Fork.Name()} of {network.Name} has version {forks[place].Version} from "
                    + $"epoch {forks[place].Epoch} on, and a file cannot change that."
            );
        }
        else
        {
            forks[place] = added;
        }
    }

    private Preset ReadPreset()
    {
        var name = Get("PRESET_BASE");
        return Preset.Find(name) ?? throw new SpecException($"{_path}: PRESET_BASE {name} is none of mainnet, minimal, gnosis.");
    }

    private ForkSchedule ReadForks()
    {
        var forks = ImmutableArray.CreateBuilder<ScheduledFork>();
        forks.Add(new(Fork.Phase0, GetVersion("GENESIS_FORK_VERSION"), new Epoch(0)));

        // A file may be older than a fork: what it does not know is not scheduled. Whatever comes before one that it does know must be
        // there.
        foreach (
            var fork in Enum.GetValues<Fork>().Skip(1).TakeWhile(fork => Enum.GetValues<Fork>().Any(later => later >= fork && Names(later)))
        )
        {
            forks.Add(Scheduled(fork));
        }

        return Build(forks.ToImmutable());
    }

    private ForkSchedule Build(ImmutableArray<ScheduledFork> forks)
    {
        try
        {
            return new ForkSchedule(forks);
        }
        catch (SpecException e)
        {
            throw new SpecException($"{_path}: {e.Message}", e);
        }
    }

    private ulong ReadSecondsPerSlot()
    {
        // SECONDS_PER_SLOT is the older name; files from the time of change carry both.
        var seconds =
            Find("SECONDS_PER_SLOT") is null && Find("SLOT_DURATION_MS") is not null
                ? GetNumber("SLOT_DURATION_MS") / 1000
                : GetNumber("SECONDS_PER_SLOT");
        if (
            seconds is 0 or > MaxSecondsPerSlot
            || (Find("SLOT_DURATION_MS") is not null && GetNumber("SLOT_DURATION_MS") != seconds * 1000)
        )
        {
            throw new SpecException(
                $"{_path}: SECONDS_PER_SLOT or SLOT_DURATION_MS must be 1 to {MaxSecondsPerSlot} whole seconds, the same in both."
            );
        }

        return seconds;
    }

    private ForkVersion GetVersion(string name) =>
        ForkVersion.TryParse(Get(name), out var version) ? version : throw new SpecException($"{_path}: {name} is not 4 bytes of hex.");

    private ulong GetNumber(string name) =>
        ulong.TryParse(Get(name), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw new SpecException($"{_path}: {name} is not an unsigned 64-bit number.");

    private string Get(string name) => Find(name) ?? throw new SpecException($"{_path}: {name} is missing.");

    private string? Find(string name) => _members.GetValueOrDefault(name);
}
