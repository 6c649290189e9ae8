using System.CommandLine;
using RemoteSigner.Administration.Keys;
using RemoteSigner.Clusters.Charon;
using RemoteSigner.Host.Configuration;
using RemoteSigner.Keys;
using RemoteSigner.Slashing;
using Spectre.Console;

namespace RemoteSigner.Host.Cli;

/// <summary><c>cluster import</c>: a lock is verified in every way, our node's key says that it is ours and which shares are, and these are sealed.</summary>
internal static class ClusterImportCommand
{
    internal static readonly Option<string?> LockFile = new("--lock") { Description = "cluster-lock.json; else the one in the node's folder", HelpName = "FILE" };
    private static readonly Option<string?> Slashing = new("--slashing") { Description = "EIP-3076 interchange file with what these validators or shares have signed", HelpName = "FILE" };
    private static readonly Option<bool> NeverSigned = new("--never-signed") { Description = "these validators have never signed anything anywhere: the cluster is new" };
    private static readonly Option<bool> Replace = new("--replace") { Description = "after a reshare: take out and retire the shares that these replace, in the same change, and let those that are in the new lock again follow it; their history goes on" };
    private static readonly Option<int> Memory = new("--memory-mib") { Description = "memory for opening keystores; scrypt takes 256 MiB for each that is being opened", HelpName = "MIB", DefaultValueFactory = _ => 1024 };

    public static Command CreateImport()
    {
        var import = new Command("import", "Verify a cluster lock or SSV's keyshares, and seal this node's or operator's shares of it into the vault; all of them or none (stop the signer first)")
        {
            LockFile, AnchorOptions.Node, SsvImport.KeysharesFile, SsvImport.OperatorKey, SsvImport.PasswordFile, AnchorOptions.Owner, AnchorOptions.Validators, AnchorOptions.Accept,
            Slashing, NeverSigned, Replace, Memory, ClusterCommand.LowThreshold, ClusterCommand.ContractSignatures,
        };
        import.SetAction((parsed, cancellation) => ImportAsync(parsed, cancellation));
        return import;
    }

    private static async Task<int> ImportAsync(ParseResult parsed, CancellationToken cancellation)
    {
        if ((parsed.GetValue(NeverSigned) && parsed.GetValue(Slashing) is not null) || (!parsed.GetValue(NeverSigned) && parsed.GetValue(Slashing) is null && !parsed.GetValue(Replace)))
        {
            throw new CliError(
                "what these validators have signed must be said", "give --slashing FILE with their history, or --never-signed for a new cluster: a wrong answer can get them slashed. After a reshare, --replace carries the history that is here over");
        }

        if (parsed.GetValue(SsvImport.KeysharesFile) is { } keyshares)
        {
            return await SsvImport.RunAsync(keyshares, parsed, parsed.GetValue(Slashing), parsed.GetValue(NeverSigned), parsed.GetValue(Replace));
        }

        await using var signer = await OfflineSigner.OpenAsync(parsed);
        var node = NodeOf(parsed);
        var cluster = Open(parsed.GetValue(LockFile) ?? node.LockFile, parsed, signer.Options, signer.Data);
        var document = parsed.Anchor(cluster, signer.Arena);
        var ours = cluster.SharesOf(node.ReadNodeKey(signer.Arena), node.NodeKeyFile);
        var budget = parsed.GetValue(Memory) * 1024L * 1024;
        var shares = await KeystoreProgress.ShowAsync(ours.Count, report => new NodeKeystores(node, cluster.Cluster, ours).OpenAsync(signer.Arena, budget, report, cancellation));
        try
        {
            await using var history = parsed.GetValue(Slashing) is { } path ? File.OpenRead(path) : null;
            await signer.ExecuteAsync(
                new ImportShares(new IntakeOrder(shares, parsed.GetValue(NeverSigned) ? SlashingFloor.NeverSigned : SlashingFloor.FromHistory)
                {
                    Document = document,
                    History = history,
                    Replace = parsed.GetValue(Replace),
                }),
                cancellation);
        }
        finally
        {
            foreach (var share in shares)
            {
                share.Dispose();
            }
        }

        return Finish(parsed, ClusterImportLine.Of(shares, document.Document), "sealed", "they are open after the next start. Now destroy the keystores and their passwords");
    }

    internal static NodeFolder NodeOf(ParseResult parsed) => new(parsed.GetValue(AnchorOptions.Node) ?? throw new CliError("whose shares these are must be said", "give --node DIR, the node's .charon folder; SSV's keyshares come with --ssv FILE"));

    internal static VerifiedLock Open(string path, ParseResult parsed, SignerOptions options, DataDirectory data) => VerifiedLock.Open(path, new VerificationPolicy
    {
        Network = options.Network.Load(data.Path).Forks.GenesisVersion,
        AcceptLowThreshold = parsed.GetValue(ClusterCommand.LowThreshold),
        AcceptContractSignatures = parsed.GetValue(ClusterCommand.ContractSignatures),
    });

    internal static int Finish(ParseResult parsed, ClusterImportLine line, string done, string next)
    {
        if (parsed.GetValue(CommandLine.Json))
        {
            Output.Write(true, line, CliContext.Default.ClusterImportLine, _ => throw new System.Diagnostics.UnreachableException());
        }

        StandardError.Console.WriteLine($"{done} {line.Shares.Count} shares of index {line.ShareIndex} of the cluster {line.LockHash}; {next}");
        return 0;
    }
}
