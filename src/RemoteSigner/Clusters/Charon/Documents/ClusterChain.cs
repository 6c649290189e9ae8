using System.Collections.Immutable;
using RemoteSigner.Spec;

namespace RemoteSigner.Clusters.Charon;

/// <summary>The networks that clusters were made for, found by the genesis fork version that a definition names them with.</summary>
/// <param name="ChainId">Of the execution layer, as EIP-712 signatures name it.</param>
public sealed record ClusterChain(string Name, ForkVersion ForkVersion, ulong ChainId)
{
    private static readonly ImmutableArray<ClusterChain> _all =
    [
        new("mainnet", ForkVersion.Parse("0x00000000"), 1),
        new("hoodi", ForkVersion.Parse("0x10000910"), 560048),
        new("sepolia", ForkVersion.Parse("0x90000069"), 11155111),
        new("gnosis", ForkVersion.Parse("0x00000064"), 100),
        new("chiado", ForkVersion.Parse("0x0000006f"), 10200),
        new("holesky", ForkVersion.Parse("0x01017000"), 17000),
        new("goerli", ForkVersion.Parse("0x00001020"), 5),
    ];

    /// <summary>Real money is at stake on all others.</summary>
    public bool IsTestNetwork => Name is not ("mainnet" or "gnosis");

    /// <summary>Null for a network that is not known here, such as a devnet.</summary>
    public static ClusterChain? Find(ForkVersion version) => _all.FirstOrDefault(chain => chain.ForkVersion == version);

    /// <summary>
    /// A network that knows its genesis fork and nothing else: enough for deposits and builder registrations, whose domains hold on every
    /// fork.
    /// </summary>
    internal static Network GenesisOf(ForkVersion version) =>
        new()
        {
            Name = version.ToString(),
            Preset = Preset.Mainnet,
            SecondsPerSlot = 12,
            Forks = new ForkSchedule(new ScheduledFork(Fork.Phase0, version, default)),
        };
}
