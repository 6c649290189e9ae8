namespace RemoteSigner.Spec;

/// <summary>
/// What a signer has to know of its chain: the preset's sizes, the fork schedule, and genesis. <see cref="KnownNetworks"/> has the public
/// ones.
/// </summary>
public sealed record Network
{
    public required string Name { get; init; }

    public required Preset Preset { get; init; }

    public required ForkSchedule Forks { get; init; }

    public required ulong SecondsPerSlot { get; init; }

    /// <summary>Unix seconds; null where the operator gave none.</summary>
    public ulong? GenesisTime { get; init; }

    /// <summary>
    /// Names the chain. Null where it is neither built in nor configured: then a ledger that is pinned says it, and without one nothing is
    /// signed.
    /// </summary>
    public Root? GenesisValidatorsRoot { get; init; }

    /// <summary>
    /// The execution chain that deposits are made on (EIP-155), where a configuration file says it; null for the built-in networks, whose
    /// chain nobody here needs.
    /// </summary>
    public ulong? DepositChainId { get; init; }

    public ulong SlotsPerEpoch => Preset.SlotsPerEpoch;

    /// <summary>One of the built-in networks, by its exact lower-case name; null when there is none.</summary>
    public static Network? Find(string name) => KnownNetworks.All.FirstOrDefault(network => network.Name == name);

    /// <summary>
    /// Reads a consensus-layer <c>config.yaml</c>. It holds neither the genesis time nor the genesis validators root.
    /// </summary>
    /// <exception cref="SpecException">The file cannot be read, or a member is missing or malformed; the text names both.</exception>
    public static Network Load(string path) => NetworkConfiguration.Load(path);

    /// <summary>
    /// The schedule of <paramref name="network"/> with what a YAML file of NAME_FORK_VERSION and NAME_FORK_EPOCH lines adds: later forks,
    /// and dates that were not known. What is built in with a date cannot be changed by it.
    /// </summary>
    /// <exception cref="SpecException">The file cannot be read, or contradicts the network.</exception>
    public static ForkSchedule LoadForks(string path, Network network) => NetworkConfiguration.LoadForks(path, network);

    /// <summary>The slot at a moment in Unix seconds; slot 0 before genesis. Null where the genesis time is not known.</summary>
    public Slot? SlotAt(ulong unixSeconds) =>
        GenesisTime is not { } genesis ? null : new Slot(unixSeconds <= genesis ? 0 : (unixSeconds - genesis) / SecondsPerSlot);

    /// <summary>When an epoch begins, in Unix seconds; null where the genesis time is not known, or no clock will ever show it.</summary>
    public ulong? StartOf(Epoch epoch) =>
        GenesisTime is { } genesis && epoch.Value < uint.MaxValue ? genesis + (epoch.Value * SlotsPerEpoch * SecondsPerSlot) : null;

    /// <summary>How long a slot takes at <paramref name="epoch"/>. Ask here and nowhere else: a later fork may shorten it.</summary>
    public TimeSpan SlotDuration(Epoch epoch) => TimeSpan.FromSeconds(SecondsPerSlot);

    public Epoch EpochOf(Slot slot) => new(slot.Value / SlotsPerEpoch);

    /// <summary>The fork that holds in <paramref name="slot"/>.</summary>
    public Fork ForkAt(Slot slot) => Forks.At(EpochOf(slot));
}
