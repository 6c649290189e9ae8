using System.CommandLine;

namespace RemoteSigner.Host.Cli;

/// <summary><c>cluster commit</c> and <c>revert</c>: how a reshare ends, one way or the other. Both work on a signer that runs.</summary>
internal static class ClusterTurnCommand
{
    private static readonly Argument<string> Cluster = new("HASH|NAME")
    {
        Description =
            "a document of the cluster: its hash, the beginning of it, or its name. For 'revert' a hash says "
            + "which document is to be in force; a name means the older one that is parked",
    };

    public static Command CreateCommit()
    {
        var commit = new Command("commit", "Give up the shares of a cluster that others have replaced: they leave the vault for good")
        {
            Cluster,
        };
        commit.SetAction((parsed, _) => CommitAsync(parsed));
        return commit;
    }

    public static Command CreateRevert()
    {
        var revert = new Command(
            "revert",
            "Take a reshare back: the parked shares of a cluster sign again, and those that took their place are parked, in one change"
        )
        {
            Cluster,
        };
        revert.SetAction((parsed, _) => RevertAsync(parsed));
        return revert;
    }

    private static async Task<int> CommitAsync(ParseResult parsed)
    {
        await using var signer = await OfflineSigner.OpenVerbsAsync(parsed);
        var count = await signer.CommitClusterAsync(
            ClusterShowCommand.Find(await signer.ListClustersAsync(), parsed.GetValue(Cluster)!).ClusterHash
        );
        StandardError.Console.WriteLine($"gave up {count} parked shares; backups of the vault may still hold them");
        return ExitCodes.Done;
    }

    private static async Task<int> RevertAsync(ParseResult parsed)
    {
        await using var signer = await OfflineSigner.OpenVerbsAsync(parsed);
        var wanted = parsed.GetValue(Cluster)!;
        var done = await signer.RevertClusterAsync(
            ClusterShowCommand.Find(await signer.ListClustersAsync(), wanted).ClusterHash,
            exactly: wanted.StartsWith("0x", StringComparison.OrdinalIgnoreCase)
        );
        if (done.Returned == 0)
        {
            StandardError.Console.WriteLine($"{done.ClusterHash} is in force already: nothing was to be done");
            return ExitCodes.Done;
        }

        var elsewhere =
            done.Elsewhere > 0
                ? $". {done.Elsewhere} shares of the cluster sign under other documents still: "
                    + "'remote-signer cluster list --all' shows which"
                : "";
        StandardError.Console.WriteLine(
            $"{done.Returned} shares of {done.ClusterHash} sign {(signer.IsRunning ? "again" : "after the next start")}, and "
                + $"{done.Parked} that had taken their place are parked. Now the node must run with that document: other "
                + $"operators' nodes, too{elsewhere}"
        );
        return ExitCodes.Done;
    }
}
