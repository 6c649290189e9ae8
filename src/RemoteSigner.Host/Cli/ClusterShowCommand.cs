using System.CommandLine;
using RemoteSigner.Clusters;
using RemoteSigner.Sealing;
using Spectre.Console;

namespace RemoteSigner.Host.Cli;

/// <summary><c>cluster list</c> and <c>show</c>: the clusters of which shares are in the vault, as vault and archive say; as with <c>keys list</c> nothing is opened.</summary>
internal static class ClusterShowCommand
{
    private static readonly Argument<string> Cluster = new("HASH|NAME") { Description = "the cluster's hash, the beginning of it, or its name" };

    public static Command CreateList()
    {
        var list = new Command("list", "List the clusters of which shares are here, or whose lock is kept");
        list.SetAction((parsed, _) => Task.FromResult(List(parsed)));
        return list;
    }

    public static Command CreateShow()
    {
        var show = new Command("show", "Show every share of one cluster that is here") { Cluster };
        show.SetAction((parsed, _) => Task.FromResult(Show(parsed)));
        return show;
    }

    private static int List(ParseResult parsed)
    {
        var lines = Read(parsed);
        Output.Write(parsed.GetValue(CommandLine.Json), lines, CliContext.Default.IReadOnlyListHeldClusterLine, all => Output.Rows(
            all,
            ["cluster", "name", "index", "threshold", "shares here"],
            line => [line.ClusterHash, line.Name, line.ShareIndex?.ToString(), $"{line.Threshold} of {line.Operators}", $"{line.Shares.Count} of {line.Validators?.ToString() ?? "?"}"]));
        return 0;
    }

    private static int Show(ParseResult parsed)
    {
        var wanted = parsed.GetValue(Cluster)!;
        var found = Read(parsed).FindAll(line => line.Name == wanted || line.ClusterHash.StartsWith(wanted, StringComparison.OrdinalIgnoreCase));
        if (found.Count != 1)
        {
            throw new CliError(found.Count == 0 ? $"there is no cluster '{wanted}' here" : $"'{wanted}' is the name of {found.Count} clusters here", "'remote-signer cluster list' shows their hashes");
        }

        Output.Write(parsed.GetValue(CommandLine.Json), found[0], CliContext.Default.HeldClusterLine, Table);
        return 0;
    }

    private static Table Table(HeldClusterLine line) => Output.Rows(
            line.Shares,
            ["group key", "share key", "index", "threshold", "from", "fee recipient"],
            share => [share.GroupKey, share.ShareKey, share.ShareIndex.ToString(), $"{share.Threshold} of {line.Operators}", share.Provenance, share.FeeRecipient])
        .Title(Markup.Escape($"{line.Name} {line.ClusterHash}"));

    private static List<HeldClusterLine> Read(ParseResult parsed)
    {
        var data = parsed.DataDirectory();
        var archive = new ClusterArchive(data.ClustersFolder);
        var held = Vault.List(data.VaultFile).Shares.Where(share => share.Membership is not null).ToLookup(share => share.Membership!.ClusterHash);
        return [.. held.Select(cluster => cluster.Key).Union(archive.Hashes()).Select(hash => HeldClusterLine.Of(hash.ToString(), archive.Find(hash), [.. held[hash]]))];
    }
}
