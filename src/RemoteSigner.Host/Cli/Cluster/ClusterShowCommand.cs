using System.CommandLine;
using RemoteSigner.Clusters;
using RemoteSigner.Host.Control;
using RemoteSigner.Spec;
using Spectre.Console;

namespace RemoteSigner.Host.Cli;

/// <summary>
/// <c>cluster list</c> and <c>show</c>: the clusters of which shares are in the vault, as ledger, vault and archive say; as with <c>keys
/// list</c> nothing is opened, and so nothing proven.
/// </summary>
internal static class ClusterShowCommand
{
    private static readonly Argument<string> Cluster = new("HASH|NAME")
    {
        Description = "the cluster's hash, the beginning of it, or its name",
    };
    private static readonly Option<bool> All = new("--all")
    {
        Description = "also documents that others have superseded, and those whose shares are parked",
    };

    public static Command CreateList()
    {
        var list = new Command("list", "List the clusters of which shares are here, or whose document is kept for shares to come") { All };
        list.SetAction((parsed, _) => ListAsync(parsed));
        return list;
    }

    public static Command CreateShow()
    {
        var show = new Command("show", "Show every share of one cluster that is here, and the line of its documents")
        {
            Cluster,
            NimbusKeystore.Wanted,
            NimbusKeystore.Urls,
            NimbusKeystore.Validator,
            NimbusKeystore.Folder,
        };
        show.Validators.Add(result =>
        {
            if (
                !result.GetValue(NimbusKeystore.Wanted)
                && (
                    result.GetResult(NimbusKeystore.Urls)
                    ?? result.GetResult(NimbusKeystore.Validator)
                    ?? result.GetResult(NimbusKeystore.Folder)
                )
                    is { Implicit: false } given
            )
            {
                result.AddError($"{given.Option.Name} goes with --nimbus");
            }

            if (
                result.GetResult(NimbusKeystore.Folder) is { Implicit: false }
                && result.GetResult(NimbusKeystore.Validator) is { Implicit: false }
            )
            {
                result.AddError("--out writes the keystores of all validators: leave --validator out");
            }
        });
        show.SetAction((parsed, _) => ShowAsync(parsed));
        return show;
    }

    /// <summary>
    /// The one document that a person means: by its hash, the beginning of it, or its name. Of a line of documents of one name that one
    /// which is in force, or the newest.
    /// </summary>
    /// <exception cref="CliError">There is none, or more than one.</exception>
    public static HeldClusterLine Find(IReadOnlyList<HeldClusterLine> all, string wanted)
    {
        if (string.IsNullOrWhiteSpace(wanted))
        {
            throw CliError.OfUsage("no cluster was named", "give its hash, the beginning of it, or its name; is a variable empty?");
        }

        var found = all.Where(line => line.Name == wanted || line.ClusterHash.StartsWith(wanted, StringComparison.OrdinalIgnoreCase))
            .GroupBy(line => line.Origin)
            .ToList();
        return found switch
        {
            [] => throw new CliError($"there is no cluster '{wanted}' here", "'remote-signer cluster list --all' shows their hashes"),
            [var line] => line.FirstOrDefault(one => one.ClusterHash == wanted)
                ?? line.FirstOrDefault(one => one.State == HeldClusterLine.InForce)
                ?? line.Last(),
            _ => throw new CliError(
                $"'{wanted}' is the name of {found.Count} clusters here",
                "'remote-signer cluster list --all' shows their hashes"
            ),
        };
    }

    private static async Task<int> ListAsync(ParseResult parsed)
    {
        await using var signer = await OfflineSigner.OpenVerbsAsync(parsed);
        var all = await signer.ListClustersAsync();
        IReadOnlyList<HeldClusterLine> lines = parsed.GetValue(All)
            ? all
            : [.. all.Where(line => line.State is HeldClusterLine.InForce or HeldClusterLine.Waiting or HeldClusterLine.Exported)];
        Output.Write(parsed.GetValue(CommandLine.Json), lines, CliContext.Default.IReadOnlyListHeldClusterLine, shown =>
            Output.Rows(shown, ["cluster", "name", "state", "anchored by", "index", "threshold", "shares here"], line =>
                [
                    line.ClusterHash,
                    line.Problem is null ? line.Name : $"cannot be read: {line.Problem}",
                    Words(line),
                    line.Anchor.Replace('_', ' '),
                    line.ShareIndex?.ToString(),
                    $"{line.Threshold} of {line.Operators}",
                    $"{line.Shares.Count} of {line.Validators?.ToString() ?? "?"}",
                ]
            )
        );
        if (lines.Any(line => line.Anchor == HeldClusterLine.NotAnchored))
        {
            StandardError.Console.WriteLine(
                "a document that is not anchored says nothing about shares that come in: 'remote-signer cluster add-lock' anchors it"
            );
        }

        foreach (var parked in all.Where(line => line.Shares.Any(share => share.State == HeldClusterLine.Parked)))
        {
            StandardError.Console.WriteLine(
                $"shares of {parked.ClusterHash} are "
                    + $"parked{(parked.ParkedUntil is { } until ? $" until {until:u}" : "")}: 'remote-signer "
                    + "cluster commit' gives them up, 'cluster revert' goes back to them"
            );
        }

        foreach (var exported in all.Where(line => line.State == HeldClusterLine.Exported))
        {
            var places = exported.ExportedTo.Count > 0 ? $" (keystores in {string.Join(", ", exported.ExportedTo)})" : "";
            StandardError.Console.WriteLine(
                exported.Successor is { } successor
                && all.Any(line => line.ClusterHash == successor && line.State == HeldClusterLine.InForce)
                    ? $"shares of {exported.ClusterHash} were exported for a ceremony{places}, and {successor} is in "
                        + "force: 'remote-signer cluster commit' gives the former up, once the cluster has signed"
                    : $"shares of {exported.ClusterHash} are out for a ceremony{places} and sign nothing: 'remote-signer "
                        + "cluster import' of its document ends it; where there is none, destroy every copy, then 'keys void-export'"
            );
        }

        return ExitCodes.Done;
    }

    private static async Task<int> ShowAsync(ParseResult parsed)
    {
        await using var signer = await OfflineSigner.OpenVerbsAsync(parsed);
        var all = await signer.ListClustersAsync();
        var held = Find(all, parsed.GetValue(Cluster)!);
        if (parsed.GetValue(NimbusKeystore.Wanted))
        {
            var document = new ClusterLibrary(new ClusterArchive(parsed.DataDirectory().ClustersFolder)).Find(Root.Parse(held.ClusterHash));
            return NimbusKeystore.Write(
                parsed,
                document
                    ?? throw new CliError(
                        $"the document of {held.ClusterHash} cannot be read: {held.Problem}",
                        "put it back with 'remote-signer cluster add-lock'"
                    )
            );
        }

        var line = new ShownCluster(
            held,
            [
                .. all.Where(one => one.Origin == held.Origin)
                    .Select(one => new ShownCluster.Document(
                        one.ClusterHash,
                        one.Name,
                        one.Since,
                        one.State,
                        one.Validators,
                        one.Shares.Count
                    )),
            ]
        );
        Output.Write(parsed.GetValue(CommandLine.Json), line, CliContext.Default.ShownCluster, shown => new Rows(
            Shares(shown.Cluster),
            Line(shown)
        ));
        return ExitCodes.Done;
    }

    private static Table Shares(HeldClusterLine line) =>
        Output
            .Rows(line.Shares, ["group key", "share key", "state", "index", "threshold", "from", "fee recipient"], share =>
                [
                    share.GroupKey,
                    share.ShareKey,
                    share.State,
                    share.ShareIndex.ToString(),
                    $"{share.Threshold} of {line.Operators}",
                    share.Provenance,
                    share.FeeRecipient,
                ]
            )
            .Title(Output.Cell($"{line.Name} {line.ClusterHash}: {Words(line)}"));

    private static Table Line(ShownCluster shown) =>
        Output
            .Rows(shown.Line, ["document", "name", "kept since", "state", "shares here"], one =>
                [
                    one.ClusterHash,
                    one.Name,
                    one.Since?.ToString("u"),
                    one.State.Replace('_', ' '),
                    $"{one.Shares} of {one.Validators?.ToString() ?? "?"}",
                ]
            )
            .Title("its documents, oldest first");

    private static string Words(HeldClusterLine line) =>
        $"{line.State.Replace('_', ' ')}{(line.ParkedUntil is { } until ? $" until {until:u}" : "")}"
        + $"{(line.Successor is { } successor ? $", succeeded by {successor}" : "")}";
}

/// <summary>What <c>cluster show</c> prints: a document with its shares, and the documents of its cluster, oldest first.</summary>
internal sealed record ShownCluster(HeldClusterLine Cluster, IReadOnlyList<ShownCluster.Document> Line)
{
    /// <summary>One of them. <paramref name="Shares"/> is how many shares of it are in the vault.</summary>
    internal sealed record Document(string ClusterHash, string? Name, DateTimeOffset? Since, string State, int? Validators, int Shares);
}
