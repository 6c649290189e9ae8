using System.CommandLine;
using RemoteSigner.Clusters;
using RemoteSigner.Clusters.Charon;
using RemoteSigner.Clusters.Ssv;
using Spectre.Console;

namespace RemoteSigner.Host.Cli;

/// <summary>
/// <c>cluster</c>; of its verbs <c>verify</c> is here: every check of a Charon lock or definition, one line each. Needs no data directory.
/// </summary>
internal static class ClusterCommand
{
    private static readonly Argument<string> ClusterPath = new("FILE")
    {
        Description = "cluster-lock.json, cluster-definition.json or SSV's keyshares.json",
    };
    public static readonly Option<string?> Network = new("--network")
    {
        Description = "the network the cluster must be of: a name, or the path of a config.yaml",
        HelpName = "NAME|FILE",
    };
    public static readonly Option<bool> LowThreshold = new("--accept-low-threshold")
    {
        Description = "accept a threshold of half the operators or fewer, with which a split cluster can sign two conflicting messages",
    };
    public static readonly Option<bool> ContractSignatures = new("--accept-contract-signatures")
    {
        Description = "accept contract wallet signatures (ERC-1271) unchecked: only the chain can check them",
    };

    /// <summary>Options of <c>verify</c> that say nothing about SSV's keyshares.</summary>
    internal static IReadOnlyList<Option> OfCharonAlone { get; } = [Network, LowThreshold, ContractSignatures];

    public static Command Create()
    {
        var verify = new Command(
            "verify",
            "Check a cluster lock, a definition or SSV's keyshares in every way that is possible offline; exit code 1 when a check fails"
        )
        {
            ClusterPath,
            Network,
            LowThreshold,
            ContractSignatures,
        };
        verify.SetAction((parsed, _) => Task.FromResult(Verify(parsed)));
        return new Command("cluster", "Distributed validator clusters: their files, and the shares of them that are here")
        {
            verify,
            ClusterImportCommand.CreateImport(),
            ClusterBindCommand.CreateBind(),
            ClusterTurnCommand.CreateCommit(),
            ClusterTurnCommand.CreateRevert(),
            ClusterLockCommand.CreateAddLock(),
            ClusterLockCommand.CreateRemoveLock(),
            ClusterShowCommand.CreateList(),
            ClusterShowCommand.CreateShow(),
            CompleteCommand.Create(),
            ExitCommand.Create(),
            RegisterCommand.Create(),
            DepositCommand.Create(),
        };
    }

    private static int Verify(ParseResult parsed)
    {
        var path = parsed.GetValue(ClusterPath)!;
        return KeysharesFile.IsAt(path) ? KeysharesLine.Verify(path, parsed) : VerifyCharon(path, parsed);
    }

    private static int VerifyCharon(string path, ParseResult parsed)
    {
        var file = ClusterFile.Open(path);
        var line = Describe(file, file.Verify(Policy(parsed)));
        Output.Write(parsed.GetValue(CommandLine.Json), line, CliContext.Default.ClusterLine, View);
        return Conclude(line.Checks, line.NotProven);
    }

    /// <summary>Tells how many checks failed, or what their passing does not show, and gives the exit code.</summary>
    internal static int Conclude(IReadOnlyList<CheckLine> checks, string notProven)
    {
        var failed = checks.Count(check => check.Verdict == CheckLine.Fail);
        StandardError.Console.WriteLine(
            failed > 0 ? $"{failed} of {checks.Count} checks failed: do not use this file" : $"not proven by any of this: {notProven}"
        );
        return failed == 0 ? ExitCodes.Done : ExitCodes.Failed;
    }

    /// <summary>The network that was named.</summary>
    internal static Spec.Network? FindNetwork(ParseResult parsed) =>
        parsed.GetValue(Network) is { } name ? Spec.Network.Find(name) ?? Spec.Network.Load(name) : null;

    internal static VerificationPolicy Policy(ParseResult parsed) =>
        (FindNetwork(parsed) is { } network ? VerificationPolicy.For(network) : new VerificationPolicy()) with
        {
            AcceptLowThreshold = parsed.GetValue(LowThreshold),
            AcceptContractSignatures = parsed.GetValue(ContractSignatures),
        };

    private static ClusterLine Describe(ClusterFile file, IReadOnlyList<CheckResult> results)
    {
        var definition = file.Definition;
        var cluster = (file as ClusterFile.Lock)?.Cluster;
        return new ClusterLine(
            results.All(result => result.Verdict is not CheckVerdict.Failed),
            cluster is null ? "definition" : "lock",
            definition.Version.ToString(),
            definition.Name,
            definition.DefinitionHash.ToString(),
            cluster?.LockHash.ToString(),
            definition.Threshold,
            definition.Operators.Length,
            [.. cluster?.Validators.Select(validator => validator.GroupKey.ToString()) ?? []],
            [.. results.Select(CheckLine.Of)],
            cluster is null ? "that the operators made a cluster of it" : LockUnproven(definition.Version.HasRegistrations)
        );
    }

    private static string LockUnproven(bool hasNodeSignatures) =>
        hasNodeSignatures
            ? "that this is the lock of your cluster: a stranger can make one with nodes of his own around your "
                + "public keys; 'remote-signer cluster add-lock --node' asks for your own node's signature"
            : "that any node or share of your cluster ever saw this lock: before v1.7 whoever knows the public keys can "
                + "make one that passes every check; compare its lock_hash with the one that your node runs with";

    private static Table View(ClusterLine line) =>
        CheckLine
            .Table(line.Checks)
            .Title(
                Output.Cell(
                    $"{line.Kind} {line.Version} '{line.Name}': {line.Threshold} of "
                        + $"{line.Operators} operators, {(line.Verified ? "verified" : "NOT verified")}"
                )
            );
}
