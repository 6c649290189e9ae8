using System.CommandLine;
using RemoteSigner.Host.Control;

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
        var import = new Command("import", "Verify a cluster lock or SSV's keyshares, and seal this node's or operator's shares of it into the vault; all of them or none")
        {
            LockFile, AnchorOptions.Node, SsvOptions.KeysharesFile, SsvOptions.OperatorKey, SsvOptions.PasswordFile, AnchorOptions.Owner, AnchorOptions.Validators, AnchorOptions.Accept,
            Slashing, NeverSigned, Replace, Memory, ClusterCommand.LowThreshold, ClusterCommand.ContractSignatures,
        };
        import.SetAction((parsed, cancellation) => ImportAsync(parsed, cancellation));
        return import;
    }

    private static async Task<int> ImportAsync(ParseResult parsed, CancellationToken cancellation)
    {
        CliError.RefuseBoth(parsed, NeverSigned, Slashing, "a cluster either has a history, which the file tells, or none");
        if (!parsed.GetValue(NeverSigned) && parsed.GetValue(Slashing) is null && !parsed.GetValue(Replace))
        {
            throw new CliError(
                "what these validators have signed must be said", "give --slashing FILE with their history, or --never-signed for a new cluster: a wrong answer can get them slashed. After a reshare, --replace carries the history that is here over");
        }

        await using var signer = await OfflineSigner.OpenVerbsAsync(parsed);
        var order = OrderOf(parsed) with { Slashing = AnchorOptions.Full(parsed.GetValue(Slashing)), NeverSigned = parsed.GetValue(NeverSigned), Replace = parsed.GetValue(Replace), MemoryMib = parsed.GetValue(Memory) };
        var line = order.Keyshares is null
            ? await KeystoreProgress.ShowAsync(CountKeystores(order.Node), report => signer.ImportClusterAsync(order, report, cancellation))
            : await signer.ImportClusterAsync(order, progress: null, cancellation);
        HistoryNote.Write(line.WithoutList);
        var next = signer.IsRunning ? "they sign from now on" : "they are open after the next start";
        return Finish(parsed, line, "sealed", order.Keyshares is null ? $"{next}. Now destroy the keystores and their passwords" : next);
    }

    // For the progress bar alone.
    private static int CountKeystores(string? node) =>
        node is not null && Directory.Exists(node) ? Directory.EnumerateFiles(node, "keystore-*.json", SearchOption.AllDirectories).Count() : 0;

    /// <summary>Which document, and why it may be believed.</summary>
    internal static ClusterOrder OrderOf(ParseResult parsed) => parsed.Order() with
    {
        Lock = AnchorOptions.Full(parsed.GetValue(LockFile)),
        Keyshares = AnchorOptions.Full(parsed.GetValue(SsvOptions.KeysharesFile)),
        OperatorKey = AnchorOptions.Full(parsed.GetValue(SsvOptions.OperatorKey)),
        OperatorPassword = AnchorOptions.Full(parsed.GetValue(SsvOptions.PasswordFile)),
    };

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
