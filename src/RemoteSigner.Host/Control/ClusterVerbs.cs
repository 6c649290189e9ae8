using RemoteSigner.Administration;
using RemoteSigner.Administration.Files;
using RemoteSigner.Administration.Keys;
using RemoteSigner.Clusters;
using RemoteSigner.Clusters.Charon;
using RemoteSigner.Clusters.Ssv;
using RemoteSigner.Host.Configuration;
using RemoteSigner.Keys;
using RemoteSigner.Native;
using RemoteSigner.Sealing;
using RemoteSigner.Slashing;
using RemoteSigner.Spec;

namespace RemoteSigner.Host.Control;

/// <summary>
/// <c>cluster import</c> and <c>bind</c>: a document is verified in every way, something outside of it says that it is ours, and then shares of it are sealed, or learn where they belong.
/// </summary>
internal sealed class ClusterVerbs(Administrator administrator, Actor actor, ISite site, SignerOptions options, DataDirectory data, SecretArena arena)
{
    /// <summary>Seals this node's or operator's shares; all of them or none.</summary>
    public Task<ClusterImportLine> ImportAsync(ClusterOrder order, IProgress<int>? progress, CancellationToken cancellation) =>
        order.Keyshares is { } path ? ImportKeysharesAsync(path, order, cancellation) : ImportLockAsync(order, progress, cancellation);

    /// <summary>Tells shares that are in the vault where they belong, and what else there is to say about it.</summary>
    public async Task<ClusterBinding> BindAsync(ClusterOrder order, CancellationToken cancellation)
    {
        var (document, places) = order.Keyshares is { } keyshares ? OfKeyshares(order, VerifiedKeyshares.Open(keyshares)) : OfLock(order);
        var bound = await administrator.ExecuteAsync(new BindShares(document, places, order.Replace), actor, cancellation);
        var notes = await TakeLeftAwayAsync(document, bound.Left);
        return new ClusterBinding(ClusterImportLine.Of([.. bound.Shares.Select(share => (share, places[share].GroupKey, places[share].Membership))], document.Document), notes);
    }

    private async Task<ClusterImportLine> ImportLockAsync(ClusterOrder order, IProgress<int>? progress, CancellationToken cancellation)
    {
        var node = NodeOf(order);
        var cluster = order.Open(order.Lock ?? node.LockFile, options, data);
        var document = order.Anchor(cluster, arena);
        var ours = cluster.SharesOf(node.ReadNodeKey(arena), node.NodeKeyFile);
        var shares = await new NodeKeystores(node, cluster.Cluster, ours).OpenAsync(arena, order.MemoryMib * 1024L * 1024, progress, cancellation);
        return await SealAsync(shares, document, order, cancellation);
    }

    private async Task<ClusterImportLine> ImportKeysharesAsync(string path, ClusterOrder order, CancellationToken cancellation)
    {
        var file = VerifiedKeyshares.Open(path);
        var document = order.Anchor(file);
        using var key = await OperatorKeyOfAsync(order);
        return await SealAsync(new OperatorShares(file).Open(key, arena), document, order, cancellation);
    }

    private async Task<ClusterImportLine> SealAsync(IReadOnlyList<VaultShare> shares, AnchoredDocument document, ClusterOrder order, CancellationToken cancellation)
    {
        try
        {
            await using var history = order.Slashing is { } path ? File.OpenRead(path) : null;
            var floor = order.NeverSigned ? SlashingFloor.NeverSigned : SlashingFloor.FromHistory;
            var done = await administrator.ExecuteAsync(
                new ImportShares(new IntakeOrder(shares, floor) { Document = document, History = history, Replace = order.Replace }), actor, cancellation);
            return ClusterImportLine.Of(shares, document.Document) with { WithoutList = done.History?.WithoutList ?? 0 };
        }
        finally
        {
            foreach (var share in shares)
            {
                share.Dispose();
            }
        }
    }

    private (AnchoredDocument Document, Dictionary<BlsPublicKey, (BlsPublicKey GroupKey, ClusterMembership Membership)> Places) OfLock(ClusterOrder order)
    {
        var node = NodeOf(order);
        var cluster = order.Open(order.Lock ?? node.LockFile, options, data);
        return (order.Anchor(cluster, arena), cluster.SharesOf(node.ReadNodeKey(arena), node.NodeKeyFile).ToDictionary(
            share => share.PublicShare, share => (share.GroupKey, NodeKeystores.MembershipOf(share, ShareProvenance.LockFile))));
    }

    // Which operator is ours needs no key of ours here: of the shares that are held we have the secrets.
    private static (AnchoredDocument Document, Dictionary<BlsPublicKey, (BlsPublicKey GroupKey, ClusterMembership Membership)> Places) OfKeyshares(
        ClusterOrder order, VerifiedKeyshares file) => (order.Anchor(file), file.Document.File.Validators
            .SelectMany(validator => validator.PublicShares.Select((share, position) =>
                (Share: share, Place: (validator.GroupKey, OperatorShares.MembershipOf(file, validator, position, ShareProvenance.SsvFile)))))
            .ToDictionary(pair => pair.Share, pair => pair.Place));

    // What the shares have left contradicts what they are bound to now, and would make both silent. One that other shares still need stays: whoever holds it genuine must look at these.
    private async Task<IReadOnlyList<string>> TakeLeftAwayAsync(AnchoredDocument document, IEnumerable<Root> left)
    {
        var held = Vault.List(data.VaultFile).Shares;
        var library = new ClusterLibrary(new ClusterArchive(data.ClustersFolder));
        List<string> notes = [];
        foreach (var hash in left.Where(hash => library.Find(hash) is { } former && KnownShares.Contradict(document, former)))
        {
            var members = held.Where(share => share.Membership?.ClusterHash == hash).Select(share => share.ShareKey.ToString()).ToList();
            if (members.Count == 0)
            {
                await administrator.ExecuteAsync(new RemoveDocument(hash), actor);
            }
            else
            {
                notes.Add($"the document {hash} contradicts this one and stays, because these shares are held as members of it: {string.Join(", ", members)}. Bind them too, or take them out with 'remote-signer keys delete'");
            }
        }

        return notes;
    }

    private async Task<OperatorKey> OperatorKeyOfAsync(ClusterOrder order)
    {
        if (order.OperatorKey is { } path)
        {
            return OperatorKeyFile.Read(path, order.OperatorPassword, arena);
        }

        using var vault = await site.OpenNewestVaultAsync();
        return vault.OpenOperatorKey(data.OperatorKeyFile, arena)
            ?? throw new VerbException("this signer has no operator key", "give --operator-key FILE, or seal the key first with 'remote-signer operator import --key FILE'");
    }

    private static NodeFolder NodeOf(ClusterOrder order) => new(order.Node ?? throw new VerbException(
        "whose shares these are must be said", "give --node DIR, the node's .charon folder; SSV's keyshares come with --ssv FILE"));
}

/// <summary>What <c>cluster bind</c> did, and sentences about what it left.</summary>
internal sealed record ClusterBinding(ClusterImportLine Line, IReadOnlyList<string> Notes);
