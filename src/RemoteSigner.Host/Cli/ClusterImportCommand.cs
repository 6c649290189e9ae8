using System.CommandLine;
using RemoteSigner.Administration.Files;
using RemoteSigner.Administration.Keys;
using RemoteSigner.Clusters;
using RemoteSigner.Clusters.Charon;
using RemoteSigner.Consensus.Slashing;
using RemoteSigner.Host.Configuration;
using RemoteSigner.Keys;
using Spectre.Console;

namespace RemoteSigner.Host.Cli;

/// <summary><c>cluster import</c>, <c>bind</c> and <c>add-lock</c>: a lock is verified in every way, then it says which shares are ours.</summary>
internal static class ClusterImportCommand
{
    private static readonly Option<string?> LockFile = new("--lock") { Description = "cluster-lock.json; else the one in the node's folder", HelpName = "FILE" };
    private static readonly Option<string?> Node = new("--node") { Description = "the node's .charon folder: its key says which share is ours", HelpName = "DIR" };
    private static readonly Option<string?> Slashing = new("--slashing") { Description = "EIP-3076 interchange file with what these validators or shares have signed", HelpName = "FILE" };
    private static readonly Option<bool> NeverSigned = new("--never-signed") { Description = "these validators have never signed anything anywhere: the cluster is new" };
    private static readonly Option<bool> Replace = new("--replace") { Description = "after a reshare: take out and retire the shares that these replace, in the same change; their history goes on" };
    private static readonly Option<int> Memory = new("--memory-mib") { Description = "memory for opening keystores; scrypt takes 256 MiB for each that is being opened", HelpName = "MIB", DefaultValueFactory = _ => 1024 };
    private static readonly Argument<string> File = new("FILE") { Description = "cluster-lock.json, or SSV's keyshares.json" };

    public static Command CreateImport()
    {
        var import = new Command("import", "Verify a cluster lock or SSV's keyshares, and seal this node's or operator's shares of it into the vault; all of them or none (stop the signer first)")
        {
            LockFile, Node, SsvImport.KeysharesFile, SsvImport.OperatorKey, SsvImport.PasswordFile, Slashing, NeverSigned, Replace, Memory, ClusterCommand.LowThreshold, ClusterCommand.ContractSignatures,
        };
        import.SetAction((parsed, cancellation) => ImportAsync(parsed, cancellation));
        return import;
    }

    public static Command CreateBind()
    {
        var bind = new Command("bind", "Verify a cluster lock, and tell shares of it that are in the vault already where they belong (stop the signer first)") { LockFile, Node, ClusterCommand.LowThreshold, ClusterCommand.ContractSignatures };
        bind.SetAction((parsed, _) => BindAsync(parsed));
        return bind;
    }

    public static Command CreateAddLock()
    {
        var add = new Command("add-lock", "Verify a cluster lock and keep it, so that shares of it that are pushed later know where they belong") { File, ClusterCommand.LowThreshold, ClusterCommand.ContractSignatures };
        add.SetAction((parsed, _) => AddLockAsync(parsed));
        return add;
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
        var ours = cluster.SharesOf(node.ReadNodeKey(signer.Arena), node.NodeKeyFile);
        var budget = parsed.GetValue(Memory) * 1024L * 1024;
        var shares = await KeystoreProgress.ShowAsync(ours.Count, report => new NodeKeystores(node, cluster.Cluster, ours).OpenAsync(signer.Arena, budget, report, cancellation));
        try
        {
            await using var history = parsed.GetValue(Slashing) is { } path ? System.IO.File.OpenRead(path) : null;
            await signer.ExecuteAsync(
                new ImportShares(new IntakeOrder(shares, parsed.GetValue(NeverSigned) ? SlashingFloor.NeverSigned : SlashingFloor.FromHistory)
                {
                    Document = cluster.Json,
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

        return Finish(parsed, ours, "sealed", "they are open after the next start. Now destroy the keystores and their passwords");
    }

    private static async Task<int> BindAsync(ParseResult parsed)
    {
        await using var signer = await OfflineSigner.OpenAsync(parsed);
        var node = NodeOf(parsed);
        var cluster = Open(parsed.GetValue(LockFile) ?? node.LockFile, parsed, signer.Options, signer.Data);
        var ours = cluster.SharesOf(node.ReadNodeKey(signer.Arena), node.NodeKeyFile).ToDictionary(share => share.PublicShare);
        var bound = await signer.ExecuteAsync(new BindShares(
            cluster.Json, ours.ToDictionary(pair => pair.Key, pair => (pair.Value.GroupKey, NodeKeystores.MembershipOf(pair.Value, ShareProvenance.LockFile)))));
        return Finish(parsed, [.. bound.Select(share => ours[share])], "bound", "they know their cluster after the next start");
    }

    private static async Task<int> AddLockAsync(ParseResult parsed)
    {
        await using var signer = await OfflineSigner.OpenAsync(parsed);
        var archive = new ClusterArchive(signer.Data.ClustersFolder);
        var path = parsed.GetValue(File)!;
        var json = Clusters.Ssv.KeysharesFile.IsAt(path) ? SsvImport.Verify(path) : Open(path, parsed, signer.Options, signer.Data).Json;
        var document = await signer.ExecuteAsync(new KeepDocument(json, archive));
        StandardError.Console.WriteLine($"keeps the {(document is ClusterDocument.SsvShares ? "keyshares" : "lock")} {document.Hash} of {document.GroupKeys.Count} validators");
        return 0;
    }

    private static NodeFolder NodeOf(ParseResult parsed) => new(parsed.GetValue(Node) ?? throw new CliError("whose shares these are must be said", "give --node DIR, the node's .charon folder; SSV's keyshares come with --ssv FILE"));

    private static VerifiedLock Open(string path, ParseResult parsed, SignerOptions options, DataDirectory data) => VerifiedLock.Open(path, new VerificationPolicy
    {
        Network = options.Network.Load(data.Path).Forks.GenesisVersion,
        AcceptLowThreshold = parsed.GetValue(ClusterCommand.LowThreshold),
        AcceptContractSignatures = parsed.GetValue(ClusterCommand.ContractSignatures),
    });

    private static int Finish(ParseResult parsed, IReadOnlyList<ClusterShare> shares, string done, string next)
    {
        if (parsed.GetValue(CommandLine.Json))
        {
            Output.Write(true, ClusterImportLine.Of(shares), CliContext.Default.ClusterImportLine, _ => throw new System.Diagnostics.UnreachableException());
        }

        StandardError.Console.WriteLine($"{done} {shares.Count} shares of index {shares[0].ShareIndex} of the cluster {shares[0].LockHash}; {next}");
        return 0;
    }
}
