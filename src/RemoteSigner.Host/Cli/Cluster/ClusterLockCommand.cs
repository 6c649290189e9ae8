using System.CommandLine;
using RemoteSigner.Administration.Files;
using RemoteSigner.Clusters.Ssv;
using RemoteSigner.Host.Control;
using RemoteSigner.Keys;
using RemoteSigner.Spec;

namespace RemoteSigner.Host.Cli;

/// <summary><c>cluster add-lock</c> and <c>remove-lock</c>: documents that say whose shares are, without the shares.</summary>
internal static class ClusterLockCommand
{
    private static readonly Argument<string> Document = new("FILE") { Description = "cluster-lock.json, or SSV's keyshares.json" };
    private static readonly Argument<string> Kept = new("HASH|NAME") { Description = "the document's hash, the beginning of it, or its name" };

    public static Command CreateAddLock()
    {
        var add = new Command("add-lock", "Verify a cluster lock or SSV's keyshares and keep it, so that shares of it that are pushed later know where they belong (stop the signer first)")
        {
            Document, AnchorOptions.Node, AnchorOptions.Enr, AnchorOptions.Owner, AnchorOptions.Validators, AnchorOptions.Accept, ClusterCommand.LowThreshold, ClusterCommand.ContractSignatures,
        };
        add.SetAction((parsed, cancellation) => AddAsync(parsed, cancellation));
        return add;
    }

    public static Command CreateRemoveLock()
    {
        var remove = new Command("remove-lock", "Take a document away that no share here is a member of; it says nothing any more (stop the signer first)") { Kept };
        remove.SetAction((parsed, cancellation) => RemoveAsync(parsed, cancellation));
        return remove;
    }

    private static async Task<int> AddAsync(ParseResult parsed, CancellationToken cancellation)
    {
        await using var signer = await OfflineSigner.OpenAsync(parsed);
        var path = parsed.GetValue(Document)!;
        var order = parsed.Order();
        var document = await signer.ExecuteAsync(
            new KeepDocument(KeysharesFile.IsAt(path) ? order.Anchor(VerifiedKeyshares.Open(path)) : order.Anchor(order.Open(path, signer.Options, signer.Data), signer.Arena)), cancellation);
        StandardError.Console.WriteLine($"keeps the document {document.Document.Hash} of {document.Document.GroupKeys.Count} validators, anchored by {IntakeText.Code(document.Kind)}");
        return 0;
    }

    private static async Task<int> RemoveAsync(ParseResult parsed, CancellationToken cancellation)
    {
        await using var signer = await OfflineSigner.OpenAsync(parsed);
        var hash = await signer.ExecuteAsync(new RemoveDocument(Root.Parse(ClusterShowCommand.Find(parsed, parsed.GetValue(Kept)!).ClusterHash)), cancellation);
        StandardError.Console.WriteLine($"took the document {hash} away");
        return 0;
    }
}
