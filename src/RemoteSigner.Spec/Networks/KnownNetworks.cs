using System.Buffers.Binary;
using System.Collections.Immutable;

namespace RemoteSigner.Spec;

/// <summary>
/// The public networks, and the minimal configuration that devnets start from. Sources: eth-clients/mainnet, eth-clients/hoodi,
/// eth-clients/sepolia, gnosischain/configs (genesis from their genesis.ssz), consensus-specs configs/minimal.yaml.
/// </summary>
public static class KnownNetworks
{
    private const ulong Never = ulong.MaxValue;

    public static ImmutableArray<Network> All { get; } =
    [
        new()
        {
            Name = "mainnet",
            Preset = Preset.Mainnet,
            SecondsPerSlot = 12,
            GenesisTime = 1606824023,
            GenesisValidatorsRoot = Root.Parse("0x4b363db94e286120d76eb905340fdd4e54bfe9f06bf33ff6cf5ad27f511bfe95"),
            Forks = Schedule([
                (0x00000000, 0),
                (0x01000000, 74240),
                (0x02000000, 144896),
                (0x03000000, 194048),
                (0x04000000, 269568),
                (0x05000000, 364032),
                (0x06000000, 411392),
            ]),
        },
        new()
        {
            Name = "hoodi",
            Preset = Preset.Mainnet,
            SecondsPerSlot = 12,
            GenesisTime = 1742213400,
            GenesisValidatorsRoot = Root.Parse("0x212f13fc4df078b6cb7db228f1c8307566dcecf900867401a92023d7ba99cb5f"),
            Forks = Schedule([
                (0x10000910, 0),
                (0x20000910, 0),
                (0x30000910, 0),
                (0x40000910, 0),
                (0x50000910, 0),
                (0x60000910, 2048),
                (0x70000910, 50688),
            ]),
        },
        new()
        {
            Name = "sepolia",
            Preset = Preset.Mainnet,
            SecondsPerSlot = 12,
            GenesisTime = 1655733600,
            GenesisValidatorsRoot = Root.Parse("0xd8ea171f3c94aea21ebc42a1ed61052acf3f9209c00e4efbaaddac09ed9b8078"),
            Forks = Schedule([
                (0x90000069, 0),
                (0x90000070, 50),
                (0x90000071, 100),
                (0x90000072, 56832),
                (0x90000073, 132608),
                (0x90000074, 222464),
                (0x90000075, 272640),
                (0x90000076, 353024),
            ]),
        },
        new()
        {
            Name = "gnosis",
            Preset = Preset.Gnosis,
            SecondsPerSlot = 5,
            GenesisTime = 1638993340,
            GenesisValidatorsRoot = Root.Parse("0xf5dcb5564e829aab27264b9becd5dfaa017085611224cb3036f573368dbb9d47"),
            Forks = Schedule([
                (0x00000064, 0),
                (0x01000064, 512),
                (0x02000064, 385536),
                (0x03000064, 648704),
                (0x04000064, 889856),
                (0x05000064, 1337856),
                (0x06000064, 1714688),
            ]),
        },
        new()
        {
            Name = "chiado",
            Preset = Preset.Gnosis,
            SecondsPerSlot = 5,
            GenesisTime = 1665396300,
            GenesisValidatorsRoot = Root.Parse("0x9d642dac73058fbf39c0ae41ab1e34e4d889043cb199851ded7095bc99eb4c1e"),
            Forks = Schedule([
                (0x0000006f, 0),
                (0x0100006f, 90),
                (0x0200006f, 180),
                (0x0300006f, 244224),
                (0x0400006f, 516608),
                (0x0500006f, 948224),
                (0x0600006f, 1353216),
            ]),
        },
        new()
        {
            Name = "minimal",
            Preset = Preset.Minimal,
            SecondsPerSlot = 6,
            Forks = Schedule([
                (0x00000001, 0),
                (0x01000001, Never),
                (0x02000001, Never),
                (0x03000001, Never),
                (0x04000001, Never),
                (0x05000001, Never),
                (0x06000001, Never),
                (0x07000001, Never),
                (0x08000001, Never),
            ]),
        },
    ];

    private static ForkSchedule Schedule(ReadOnlySpan<(uint Version, ulong Epoch)> forks)
    {
        var scheduled = ImmutableArray.CreateBuilder<ScheduledFork>(forks.Length);
        Span<byte> version = stackalloc byte[ForkVersion.Length];
        foreach (var fork in forks)
        {
            BinaryPrimitives.WriteUInt32BigEndian(version, fork.Version);
            scheduled.Add(new((Fork)scheduled.Count, new ForkVersion(version), new Epoch(fork.Epoch)));
        }

        return new ForkSchedule(scheduled.DrainToImmutable());
    }
}
