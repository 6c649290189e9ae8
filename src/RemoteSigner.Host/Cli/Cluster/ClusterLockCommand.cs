using System.CommandLine;
using RemoteSigner.Clusters.Ssv;

namespace RemoteSigner.Host.Cli;

/// <summary><c>cluster add-lock</c> and <c>remove-lock</c>: documents that say whose shares are, without the shares.</summary>
internal static class ClusterLockCommand
{
    private static readonly Argument<string> Document = new("FILE") { Description = "cluster-lock.json, or SSV's keyshares.json" };
    private static readonly Argument<string> Kept = new("HASH|NAME")
    {
        Description = "the document's hash, the beginning of it, or its name",
    };

    public static Command CreateAddLock()
    {
        var add = new Command(
            "add-lock",
            "Verify a cluster lock or SSV's keyshares and keep it, so that shares of it know where "
                + "they belong: those that are here, and those that are pushed later"
        )
        {
            Document,
            AnchorOptions.Node,
            AnchorOptions.Enr,
            AnchorOptions.Owner,
            AnchorOptions.Validators,
            AnchorOptions.Accept,
            ClusterCommand.LowThreshold,
            ClusterCommand.ContractSignatures,
        };
        add.SetAction((parsed, _) => AddAsync(parsed));
        return add;
    }

    public static Command CreateRemoveLock()
    {
        var remove = new Command("remove-lock", "Take a document away that no share here is a member of; it says nothing any more")
        {
            Kept,
        };
        remove.SetAction((parsed, _) => RemoveAsync(parsed));
        return remove;
    }

    private static async Task<int> AddAsync(ParseResult parsed)
    {
        await using var signer = await OfflineSigner.OpenVerbsAsync(parsed);
        var path = AnchorOptions.Full(parsed.GetValue(Document))!;
        var order = KeysharesFile.IsAt(path) ? parsed.Order() with { Keyshares = path } : parsed.Order() with { Lock = path };
        return ClusterImportCommand.Finish(
            parsed,
            await signer.KeepClusterAsync(order),
            signer.IsRunning ? "they know their cluster from now on" : "they know their cluster after the next start"
        );
    }

    private static async Task<int> RemoveAsync(ParseResult parsed)
    {
        await using var signer = await OfflineSigner.OpenVerbsAsync(parsed);
        var hash = await signer.RemoveClusterAsync(
            ClusterShowCommand.Find(await signer.ListClustersAsync(), parsed.GetValue(Kept)!).ClusterHash
        );
        StandardError.Console.WriteLine($"took the document {hash} away");
        return ExitCodes.Done;
    }
}
