using System.CommandLine;
using System.Globalization;
using System.Text;
using System.Text.Json;
using RemoteSigner.Clusters.Charon;
using RemoteSigner.Spec;

namespace RemoteSigner.Host.Cli;

/// <summary>
/// <c>cluster exit</c>: the group's signature of a voluntary exit, as <c>charon exit broadcast --exit-from-file</c> and every beacon node
/// take it. It is not sent anywhere.
/// </summary>
internal static class ExitCommand
{
    private static readonly Argument<string[]> Validators = new("VALIDATOR=INDEX")
    {
        Description = "a validator's public key and its index on chain",
        Arity = ArgumentArity.OneOrMore,
    };
    private static readonly Option<ulong> Epoch = new("--epoch")
    {
        Description = "from which epoch the exit holds: the same for all operators, and not ahead of the chain",
        HelpName = "N",
        Required = true,
    };
    private static readonly Option<string?> GenesisRoot = new("--genesis-validators-root")
    {
        Description = "of a network that is not built in",
        HelpName = "0x…",
    };
    private static readonly Option<string?> Out = new("--out")
    {
        Description = "folder for exit-0x….json, one for each validator",
        HelpName = "DIR",
    };

    public static Command Create()
    {
        var exit = new Command(
            "exit",
            "Collect the shares' signatures of a validator's voluntary exit, and write the signed exit; nothing is sent to the chain"
        )
        {
            Validators,
            PartialsOptions.Lock,
            Epoch,
        };
        PartialsOptions.AddTo(exit, Out);
        exit.Add(GenesisRoot);
        exit.SetAction(ExitAsync);
        return exit;
    }

    private static async Task<int> ExitAsync(ParseResult parsed, CancellationToken cancellation)
    {
        var cluster = PartialsOptions.ReadLock(parsed);
        var network = PartialsOptions.ReadNetwork(parsed, cluster);
        var fork = ForkOf(parsed, network);
        var exits = parsed.GetValue(Validators)!.Select(text => ReadExit(text, cluster, new Epoch(parsed.GetValue(Epoch)), fork)).ToList();
        if (exits.DistinctBy(exit => exit.GroupKey).Count() != exits.Count)
        {
            throw CliError.OfUsage("a validator is named twice", "name each once, with its index");
        }

        var folder = parsed.GetValue(Out);
        if (folder is not null)
        {
            Directory.CreateDirectory(folder);
            exits.ForEach(exit => PartialsOptions.RequireFree(PathOf(folder, exit.GroupKey)));
        }

        // Exits hold on every fork from Deneb on, and only the clock tells whether the chain is there.
        var now = network.SlotAt((ulong)TimeProvider.System.GetUtcNow().ToUnixTimeSeconds()) is { } slot
            ? network.EpochOf(slot)
            : (Epoch?)null;
        List<WantedPartial> wanted =
        [
            .. exits.Select(exit =>
            {
                var root = exit.Message.SigningRoot(network, now);
                return new WantedPartial(
                    exit.GroupKey,
                    root,
                    $"exit from epoch {exit.Message.Epoch}, validator index {exit.Message.ValidatorIndex}",
                    Request(exit.Message, root)
                );
            }),
        ];
        var run = await PartialsRun.CollectAsync(
            parsed,
            "VOLUNTARY_EXIT",
            cluster,
            wanted,
            folder is null ? null : Path.Combine(folder, "exits"),
            (signer, stop) => PartialsRun.AskEachAsync(signer, wanted, stop),
            cancellation
        );
        return run.Finish(
            parsed,
            folder is null
                ? null
                : () =>
                    [
                        .. exits.Select(exit =>
                            (
                                PathOf(folder, exit.GroupKey),
                                JsonSerializer.SerializeToUtf8Bytes(
                                    new SignedExitDocument(
                                        new(
                                            exit.Message.Epoch.ToString(),
                                            exit.Message.ValidatorIndex.ToString(CultureInfo.InvariantCulture)
                                        ),
                                        run.Combine(exit.GroupKey).ToString()
                                    ),
                                    ChainContext.Default.SignedExitDocument
                                )
                            )
                        ),
                    ]
        );
    }

    // Charon reads the validator's key from the file's name.
    private static string PathOf(string folder, BlsPublicKey groupKey) => Path.Combine(folder, $"exit-{groupKey}.json");

    private static ForkInfo ForkOf(ParseResult parsed, Network network)
    {
        var version = network.Forks.VersionOf(network.Forks.At(new Epoch(parsed.GetValue(Epoch))));
        var given = parsed.GetValue(GenesisRoot);
        Root? root =
            given is null ? null
            : Root.TryParse(given, out var read) ? read
            : throw CliError.OfUsage($"'{given}' is no root", "give --genesis-validators-root as 0x and 64 hexadecimal digits");
        if (network.GenesisValidatorsRoot is { } known && root is { } other && known != other)
        {
            throw CliError.OfUsage(
                $"the genesis validators root of {network.Name} is {known}, not {other}",
                "leave --genesis-validators-root out"
            );
        }

        return new ForkInfo(
            version,
            version,
            new Epoch(0),
            network.GenesisValidatorsRoot
                ?? root
                ?? throw CliError.OfUsage(
                    $"the genesis validators root of {network.Name} is not known here",
                    "give --genesis-validators-root: a beacon node's /eth/v1/beacon/genesis has it"
                )
        );
    }

    private static (BlsPublicKey GroupKey, VoluntaryExit Message) ReadExit(string text, ClusterLock cluster, Epoch epoch, ForkInfo fork) =>
        text.Split('=') is [var key, var number] && ulong.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var index)
            ? (cluster.Validators[PartialsOptions.PositionOf(cluster, key)].GroupKey, new VoluntaryExit(epoch, index, fork))
            : throw CliError.OfUsage(
                $"'{text}' is no validator and index",
                "write 0x…=12345: the public key, and the index that a beacon node gives it"
            );

    private static byte[] Request(VoluntaryExit exit, Root root) =>
        Encoding.ASCII.GetBytes(
            $$"""
            {"type":"VOLUNTARY_EXIT","signing_root":"{{root}}",
            "fork_info":{"fork":{"previous_version":"{{exit.ForkInfo.PreviousVersion}}","current_version":"{{exit.ForkInfo.CurrentVersion}}","epoch":"{{exit.ForkInfo.Epoch}}"},"genesis_validators_root":"{{exit.ForkInfo.GenesisValidatorsRoot}}"},
            "voluntary_exit":{"epoch":"{{exit.Epoch}}","validator_index":"{{exit.ValidatorIndex}}"} }
            """
        );
}
