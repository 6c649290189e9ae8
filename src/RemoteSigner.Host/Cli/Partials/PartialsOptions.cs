using System.CommandLine;
using System.CommandLine.Parsing;
using RemoteSigner.Clusters.Charon;
using RemoteSigner.Host.Connect;
using RemoteSigner.Keys;
using RemoteSigner.Spec;

namespace RemoteSigner.Host.Cli;

/// <summary>How a command that collects partial signatures is told where they come from, and where they go.</summary>
internal static class PartialsOptions
{
    public static Option<string> Lock { get; } =
        new("--lock")
        {
            Description = "the cluster's cluster-lock.json, which says whose shares sign",
            HelpName = "FILE",
            Required = true,
        };

    public static Option<string[]> Signers { get; } =
        new("--signer")
        {
            Description = "API of a signer that holds shares of the cluster, https://HOST:PORT; repeat it for more",
            HelpName = "URL",
        };

    public static Option<string[]> Files { get; } =
        new("--partials")
        {
            Description = "a file of partial signatures that another operator made; repeat it for more",
            HelpName = "FILE",
        };

    public static Option<string?> Kept { get; } =
        new("--write-partials")
        {
            Description = "write the partial signatures that came into this file, for whoever combines them; what is in it already counts",
            HelpName = "FILE",
        };

    private static readonly Option<string?> Certificate = new("--certificate")
    {
        Description = "the client's certificate, PEM; with --signer",
        HelpName = "FILE",
    };
    private static readonly Option<string?> Key = new("--key") { Description = "its key, PEM; with --signer", HelpName = "FILE" };

    /// <summary>
    /// Gives a command these options, and says what it lacks. One of <paramref name="results"/> is where the whole signature goes.
    /// </summary>
    public static void AddTo(Command command, params Option<string?>[] results)
    {
        Option[] own =
        [
            Signers,
            Certificate,
            Key,
            ClientFileOptions.Authority,
            Files,
            .. results,
            Kept,
            ClusterCommand.Network,
            ClusterCommand.LowThreshold,
            ClusterCommand.ContractSignatures,
        ];
        foreach (var option in own)
        {
            command.Add(option);
        }

        command.Validators.Add(result =>
        {
            if (!IsGiven(result, Signers) && !IsGiven(result, Files) && !IsGiven(result, Kept))
            {
                result.AddError("nothing to collect from: name signers with --signer, or files of their operators with --partials");
            }

            if (IsGiven(result, Signers) && (!IsGiven(result, Certificate) || !IsGiven(result, Key)))
            {
                result.AddError("--signer wants --certificate and --key: a client of that signer");
            }

            if (!results.Any(option => IsGiven(result, option)) && !IsGiven(result, Kept))
            {
                result.AddError(
                    $"nothing to write: give {string.Join(" or ", results.Select(option => option.Name))}"
                        + " to combine, or --write-partials to send to whoever does"
                );
            }
        });
    }

    /// <summary>The client's files, for whoever names a signer.</summary>
    public static ClientFiles ReadClient(ParseResult parsed) =>
        new(parsed.GetValue(Certificate)!, parsed.GetValue(Key)!, parsed.GetValue(ClientFileOptions.Authority));

    /// <summary>The lock that was named, verified in every way.</summary>
    public static ClusterLock ReadLock(ParseResult parsed) =>
        VerifiedLock.Open(parsed.GetValue(Lock)!, ClusterCommand.Policy(parsed)).Cluster;

    /// <summary>The network that was named, or that of the lock.</summary>
    /// <exception cref="CliError">The lock is of none that is built in, and none was named.</exception>
    public static Network ReadNetwork(ParseResult parsed, ClusterLock cluster) =>
        ClusterCommand.FindNetwork(parsed)
        ?? KnownNetworks.All.FirstOrDefault(network => network.Forks.GenesisVersion == cluster.Definition.ForkVersion)
        ?? throw new CliError(
            $"the lock is of genesis fork version {cluster.Definition.ForkVersion}, which no built-in network has",
            "name the network's config.yaml with --network"
        );

    /// <summary>The position in the lock of a validator that was named by its public key.</summary>
    /// <exception cref="CliError">It has none.</exception>
    public static int PositionOf(ClusterLock cluster, string name)
    {
        var position = BlsPublicKey.TryParse(name, out var key)
            ? cluster.Validators.ToList().FindIndex(validator => validator.GroupKey == key)
            : -1;
        return position >= 0
            ? position
            : throw new CliError(
                $"'{name}' is no validator of the lock",
                "name a validator by its public key, the distributed_public_key of the lock: not that of a share"
            );
    }

    /// <summary>The positions of validators that were named, in the order of the lock; <c>all</c> is every one.</summary>
    /// <exception cref="CliError">One is none of the lock's, or stands twice.</exception>
    public static IReadOnlyList<int> PositionsOf(ClusterLock cluster, IReadOnlyList<string> names)
    {
        if (names is ["all"])
        {
            return [.. Enumerable.Range(0, cluster.Validators.Length)];
        }

        List<int> positions = [.. names.Select(name => PositionOf(cluster, name)).Order()];
        return positions.Distinct().Count() == positions.Count
            ? positions
            : throw CliError.OfUsage("a validator is named twice", "name each once, or 'all'");
    }

    /// <summary>Refuses a place where a result would replace something, or cannot be written, before anybody is asked.</summary>
    public static void RequireFree(string path)
    {
        if (File.Exists(path))
        {
            throw new CliError($"{path} is there already", "name another file, or move it away: nothing is overwritten");
        }

        Native.DurableFile.Try(path);
    }

    private static bool IsGiven(CommandResult result, Option option) => result.GetResult(option) is { Implicit: false };
}
