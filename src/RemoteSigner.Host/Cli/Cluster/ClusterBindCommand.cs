using System.CommandLine;
using RemoteSigner.Administration.Files;
using RemoteSigner.Administration.Keys;
using RemoteSigner.Clusters;
using RemoteSigner.Keys;
using RemoteSigner.Sealing;
using RemoteSigner.Spec;
using Spectre.Console;

namespace RemoteSigner.Host.Cli;

/// <summary><c>cluster bind</c>: shares that are in the vault learn where they belong, or, with <c>--replace</c>, leave a cluster to which they never belonged.</summary>
internal static class ClusterBindCommand
{
    private static readonly Option<bool> Replace = new("--replace")
    {
        Description = "bind shares anew that are held under another lock or another validator, once you have found out that this document is right; their slashing history goes with them",
    };

    public static Command CreateBind()
    {
        var bind = new Command("bind", "Verify a cluster lock or SSV's keyshares, and tell shares of it that are in the vault already where they belong (stop the signer first)")
        {
            ClusterImportCommand.LockFile, AnchorOptions.Node, SsvImport.KeysharesFile, AnchorOptions.Owner, AnchorOptions.Validators, AnchorOptions.Accept,
            Replace, ClusterCommand.LowThreshold, ClusterCommand.ContractSignatures,
        };
        bind.SetAction((parsed, cancellation) => BindAsync(parsed, cancellation));
        return bind;
    }

    private static async Task<int> BindAsync(ParseResult parsed, CancellationToken cancellation)
    {
        await using var signer = await OfflineSigner.OpenAsync(parsed);
        var (document, places) = parsed.GetValue(SsvImport.KeysharesFile) is { } keyshares ? OfKeyshares(parsed, VerifiedKeyshares.Open(keyshares)) : OfLock(parsed, signer);
        var bound = await signer.ExecuteAsync(new BindShares(document, places, parsed.GetValue(Replace)), cancellation);
        await TakeLeftAwayAsync(signer, document, bound.Left);
        return ClusterImportCommand.Finish(
            parsed, ClusterImportLine.Of([.. bound.Shares.Select(share => (share, places[share].GroupKey, places[share].Membership))], document.Document), "bound", "they know their cluster after the next start");
    }

    private static (AnchoredDocument Document, Dictionary<BlsPublicKey, (BlsPublicKey GroupKey, ClusterMembership Membership)> Places) OfLock(ParseResult parsed, OfflineSigner signer)
    {
        var node = ClusterImportCommand.NodeOf(parsed);
        var cluster = ClusterImportCommand.Open(parsed.GetValue(ClusterImportCommand.LockFile) ?? node.LockFile, parsed, signer.Options, signer.Data);
        return (parsed.Anchor(cluster, signer.Arena), cluster.SharesOf(node.ReadNodeKey(signer.Arena), node.NodeKeyFile).ToDictionary(
            share => share.PublicShare, share => (share.GroupKey, NodeKeystores.MembershipOf(share, ShareProvenance.LockFile))));
    }

    // Which operator is ours needs no key of ours here: of the shares that are held we have the secrets.
    private static (AnchoredDocument Document, Dictionary<BlsPublicKey, (BlsPublicKey GroupKey, ClusterMembership Membership)> Places) OfKeyshares(ParseResult parsed, VerifiedKeyshares file) =>
        (parsed.Anchor(file), file.Document.File.Validators
            .SelectMany(validator => validator.PublicShares.Select((share, position) => (Share: share, Place: (validator.GroupKey, OperatorShares.MembershipOf(file, validator, position, ShareProvenance.SsvFile)))))
            .ToDictionary(pair => pair.Share, pair => pair.Place));

    // What the shares have left contradicts what they are bound to now, and would make both silent. One that other shares still need stays: whoever holds it genuine must look at these.
    private static async Task TakeLeftAwayAsync(OfflineSigner signer, AnchoredDocument document, IEnumerable<Root> left)
    {
        var held = Vault.List(signer.Data.VaultFile).Shares;
        var library = new ClusterLibrary(new ClusterArchive(signer.Data.ClustersFolder));
        foreach (var hash in left.Where(hash => library.Find(hash) is { } former && KnownShares.Contradict(document, former)))
        {
            var members = held.Where(share => share.Membership?.ClusterHash == hash).Select(share => share.ShareKey.ToString()).ToList();
            if (members.Count == 0)
            {
                await signer.ExecuteAsync(new RemoveDocument(hash));
            }
            else
            {
                StandardError.Console.WriteLine($"the document {hash} contradicts this one and stays, because these shares are held as members of it: {string.Join(", ", members)}. Bind them too, or take them out with 'remote-signer keys delete'");
            }
        }
    }
}
