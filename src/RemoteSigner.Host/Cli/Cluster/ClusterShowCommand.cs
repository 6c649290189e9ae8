using System.CommandLine;
using RemoteSigner.Clusters;
using RemoteSigner.Sealing;
using RemoteSigner.Spec;
using Spectre.Console;

namespace RemoteSigner.Host.Cli;

/// <summary><c>cluster list</c> and <c>show</c>: the clusters of which shares are in the vault, as vault and archive say; as with <c>keys list</c> nothing is opened, and so nothing proven.</summary>
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
        var show = new Command("show", "Show every share of one cluster that is here") { Cluster, NimbusKeystore.Wanted, NimbusKeystore.Urls, NimbusKeystore.Validator, NimbusKeystore.Folder };
        show.Validators.Add(result =>
        {
            if (!result.GetValue(NimbusKeystore.Wanted) && (result.GetResult(NimbusKeystore.Urls) ?? result.GetResult(NimbusKeystore.Validator) ?? result.GetResult(NimbusKeystore.Folder)) is { Implicit: false } given)
            {
                result.AddError($"{given.Option.Name} goes with --nimbus");
            }

            if (result.GetResult(NimbusKeystore.Folder) is { Implicit: false } && result.GetResult(NimbusKeystore.Validator) is { Implicit: false })
            {
                result.AddError("--out writes the keystores of all validators: leave --validator out");
            }
        });
        show.SetAction((parsed, _) => Task.FromResult(Show(parsed)));
        return show;
    }

    /// <summary>The one cluster that a person means: by its hash, the beginning of it, or its name.</summary>
    /// <exception cref="CliError">There is none, or more than one.</exception>
    public static HeldClusterLine Find(ParseResult parsed, string wanted)
    {
        var found = Read(parsed).FindAll(line => line.Name == wanted || line.ClusterHash.StartsWith(wanted, StringComparison.OrdinalIgnoreCase));
        return found.Count == 1 ? found[0] : throw new CliError(
            found.Count == 0 ? $"there is no cluster '{wanted}' here" : $"'{wanted}' is the name of {found.Count} clusters here", "'remote-signer cluster list' shows their hashes");
    }

    private static int List(ParseResult parsed)
    {
        var lines = Read(parsed);
        Output.Write(parsed.GetValue(CommandLine.Json), lines, CliContext.Default.IReadOnlyListHeldClusterLine, all => Output.Rows(
            all,
            ["cluster", "name", "anchored by", "index", "threshold", "shares here"],
            line => [line.ClusterHash, line.Problem is null ? line.Name : $"cannot be read: {line.Problem}", line.Anchor.Replace('_', ' '), line.ShareIndex?.ToString(), $"{line.Threshold} of {line.Operators}", $"{line.Shares.Count} of {line.Validators?.ToString() ?? "?"}"]));
        if (lines.Exists(line => line.Anchor == HeldClusterLine.NotAnchored))
        {
            StandardError.Console.WriteLine("a document that is not anchored says nothing about shares that come in: 'remote-signer cluster add-lock' anchors it");
        }

        return 0;
    }

    private static int Show(ParseResult parsed)
    {
        if (parsed.GetValue(NimbusKeystore.Wanted))
        {
            var held = Find(parsed, parsed.GetValue(Cluster)!);
            var document = new ClusterLibrary(new ClusterArchive(parsed.DataDirectory().ClustersFolder)).Find(Root.Parse(held.ClusterHash));
            return NimbusKeystore.Write(parsed, document ?? throw new CliError($"the document of {held.ClusterHash} cannot be read: {held.Problem}", "put it back with 'remote-signer cluster add-lock'"));
        }

        Output.Write(parsed.GetValue(CommandLine.Json), Find(parsed, parsed.GetValue(Cluster)!), CliContext.Default.HeldClusterLine, Table);
        return 0;
    }

    private static Table Table(HeldClusterLine line) => Output.Rows(
            line.Shares,
            ["group key", "share key", "index", "threshold", "from", "fee recipient"],
            share => [share.GroupKey, share.ShareKey, share.ShareIndex.ToString(), $"{share.Threshold} of {line.Operators}", share.Provenance, share.FeeRecipient])
        .Title(Output.Cell($"{line.Name} {line.ClusterHash}"));

    private static List<HeldClusterLine> Read(ParseResult parsed)
    {
        var data = parsed.DataDirectory();
        var archive = new ClusterArchive(data.ClustersFolder);
        var reading = new ClusterLibrary(archive).Read();
        var documents = reading.Documents.ToDictionary(one => one.Document.Hash);
        var problems = reading.Unreadable.ToDictionary(one => one.Name, one => one.Problem);
        var held = Vault.List(data.VaultFile).Shares.Where(share => share.Membership is not null).ToLookup(share => share.Membership!.ClusterHash);
        return
        [
            .. held.Select(cluster => cluster.Key).Union(archive.Hashes()).Select(hash =>
            {
                var document = documents.GetValueOrDefault(hash);
                var problem = document is not null ? null : problems.GetValueOrDefault($"{hash}.json", "it is missing");
                return HeldClusterLine.Of(hash.ToString(), document?.Document, AnchorOf(archive, document, held.Contains(hash)), problem, [.. held[hash]]);
            }),
        ];
    }

    // Nothing is opened here, so this is what the files claim, as with the vault itself.
    private static AnchorKind? AnchorOf(ClusterArchive archive, ArchivedDocument? document, bool isHeld) =>
        document is not null && DocumentAnchor.ReadClaim(archive.ReadAnchor(document.Document.Hash)) is { } claim && claim.ClusterHash == document.Document.Hash && claim.Content == document.Content ? claim.Kind
            : isHeld ? AnchorKind.SealedMembership
            : null;
}
