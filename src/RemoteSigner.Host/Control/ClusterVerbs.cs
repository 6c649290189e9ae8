using System.Collections.Immutable;
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
/// The verbs about clusters: a document is verified in every way, something outside of it says that it is ours, and then shares of it are
/// sealed, move to it, or are told of it when they come.
/// </summary>
internal sealed class ClusterVerbs(
    Administrator administrator,
    Actor actor,
    SlashingProtection slashing,
    SignerOptions options,
    DataDirectory data,
    SecretArena arena
)
{
    /// <summary>What keystores may take to be opened, by what was asked for.</summary>
    public required Func<int, DerivationLoan> Loan { get; init; }

    private readonly ClusterLibrary _library = new(new ClusterArchive(data.ClustersFolder));

    /// <summary>Seals this node's or operator's shares that are not here, and moves those that are; all of them or none.</summary>
    public async Task<ClusterImportLine> ImportAsync(ClusterOrder order, IProgress<int>? progress, CancellationToken cancellation)
    {
        var (document, places, open) = order.Keyshares is { } path
            ? OfKeyshares(path, order)
            : await OfLockAsync(order, progress, cancellation);
        var shares = await open();
        try
        {
            if (shares.Any(share => !order.IsPastStated))
            {
                throw new VerbException(
                    "the slashing history of these validators is missing",
                    "give --slashing FILE with their history (another operator's 'remote-signer slashing export FILE --by "
                        + "group' has it), --never-signed for a new cluster, or --from-now if nobody can tell: a wrong answer "
                        + "can get them slashed. After a reshare, --replace carries the history that is here over"
                );
            }

            await using var history = order.Slashing is { } file ? File.OpenRead(file) : null;
            return await TakeAsync(
                new ImportRequest(shares, order.LowWatermark)
                {
                    Document = document,
                    Places = places,
                    IsWhole = true,
                    History = history,
                    Replace = order.Replace,
                    ParkedUntil = order.ParkedUntil,
                    KeystoresAt = order.KeystoresAt,
                }
            );
        }
        finally
        {
            foreach (var share in shares)
            {
                share.Dispose();
            }
        }
    }

    /// <summary>Tells shares that are in the vault where they belong, and what else there is to say about it.</summary>
    public async Task<ClusterImportLine> BindAsync(ClusterOrder order)
    {
        var (document, places) = await DocumentAsync(order);
        return await TakeAsync(
            new ImportRequest([], DeclaredHistory.FromHistory)
            {
                Document = document,
                Places = places,
                Replace = order.Replace,
                Rebind = order.Replace,
            }
        );
    }

    /// <summary>Keeps a document for shares that will be pushed, and tells those of it that are here.</summary>
    public async Task<ClusterImportLine> KeepAsync(ClusterOrder order)
    {
        var (document, places) = await DocumentAsync(order);
        try
        {
            return await TakeAsync(new ImportRequest([], DeclaredHistory.FromHistory) { Document = document, Places = places });
        }
        catch (AdminException nothing) when (nothing.Fault is AdminFault.NothingToBind or AdminFault.BoundElsewhere)
        {
            await administrator.ExecuteAsync(new KeepDocument(document), actor);
            return ClusterImportLine.Of(
                new ImportedShares([], [], [], [], [], [], null),
                document.Document,
                document.Kind.Code(),
                Vault.List(data.VaultFile),
                []
            );
        }
    }

    /// <summary>Takes a document away that no share is a member of.</summary>
    public async Task<string> RemoveAsync(string hash) =>
        (await administrator.ExecuteAsync(new RemoveDocument(Root.Parse(hash)), actor)).ToString();

    /// <summary>Every document, and what is here of it.</summary>
    public async Task<IReadOnlyList<HeldClusterLine>> ListAsync() =>
        new ClusterListing(
            data,
            await slashing.GetKeyStatesAsync(),
            await administrator.ParkedSetsAsync(),
            await administrator.HandedOutAsync()
        ).Lines;

    /// <summary>Gives up the parked shares of a cluster in whose place others sign: the change is for good. How many.</summary>
    /// <param name="document">Any document of its line.</param>
    public async Task<int> CommitAsync(string document)
    {
        var parked = (await LineAsync(document)).SelectMany(line => SharesIn(line, KeyState.Parked, KeyState.Exported)).ToList();
        var given =
            parked.Count == 0
                ? throw NothingParked()
                : (await administrator.ExecuteAsync(new DeleteShares(parked, KeyEnd.Retired) { OnlyParked = true }, actor)).Count(share =>
                    share == DeletedShare.Deleted
                );
        return given > 0
            ? given
            : throw new VerbException(
                $"{parked.Count} shares of this cluster are parked or out for a ceremony, and no "
                    + "other share of their validators signs here: they are the last ones",
                "'remote-signer cluster revert' lets parked ones sign again, 'keys void-export' "
                    + "those that are out; 'keys delete' takes one out all the same"
            );
    }

    /// <summary>Lets the parked shares of a cluster sign again, and parks those that took their place. How many of each.</summary>
    /// <param name="document">Any document of its line; where shares of several are parked, the one to go back to.</param>
    /// <param name="exactly">That very document is to be in force: then it may be so already, and a repeat changes nothing. Else the way
    /// leads back, to an older document: a repeat changes nothing either.</param>
    public async Task<ClusterReversion> RevertAsync(string document, bool exactly)
    {
        var line = await LineAsync(document);
        if (exactly && line.Exists(one => one.ClusterHash == document && one.State == HeldClusterLine.InForce && !ParkedOf(one).Any()))
        {
            return new ClusterReversion(document, 0, 0, 0);
        }

        List<HeldClusterLine> sets = [.. line.Where(one => ParkedOf(one).Any())];
        if (
            !exactly
            && !line.Exists(one => one.State == HeldClusterLine.InForce)
            && line.Exists(one => SharesIn(one, KeyState.Exported).Any())
        )
        {
            throw StillOut();
        }

        var newest = line.FindLastIndex(one => one.State == HeldClusterLine.InForce);
        var chosen =
            exactly ? sets.Find(one => one.ClusterHash == document)
            : sets.FindAll(one => line.IndexOf(one) < newest || newest < 0) is { Count: <= 1 } older ? older.FirstOrDefault()
            : throw new VerbException(
                $"shares of {sets.Count} documents of this cluster are parked",
                $"say which to go back to: {string.Join(", ", sets.Select(one => one.ClusterHash))}"
            );
        if (chosen is null)
        {
            return sets.Count == 0 ? throw (line.Exists(one => SharesIn(one, KeyState.Exported).Any()) ? StillOut() : NothingParked())
                : exactly
                    ? throw new VerbException(
                        "no share of this document is parked",
                        $"say which to go to: {string.Join(", ", sets.Select(one => one.ClusterHash))}"
                    )
                : new ClusterReversion(line[Math.Max(newest, 0)].ClusterHash, 0, 0, 0);
        }

        var turnover = await administrator.ExecuteAsync(new RevertShares([.. ParkedOf(chosen)]), actor);
        var after = await LineAsync(chosen.ClusterHash);
        var left = after
            .Where(one => one.ClusterHash != chosen.ClusterHash)
            .Sum(one => one.Shares.Count(share => share.State == KeyState.Active.Code()));
        return new ClusterReversion(chosen.ClusterHash, turnover.Activated.Count, turnover.Parked.Count, left);
    }

    /// <summary>
    /// Takes the export of one document's shares back: which, how many sign again, and how many are parked because others do, or are out
    /// themselves.
    /// </summary>
    /// <param name="document">Any document of its line; where shares of several are out, the one that is meant.</param>
    /// <param name="exactly">Is that very document meant?</param>
    public async Task<ExportVoided> VoidExportAsync(string document, bool exactly, string reason)
    {
        List<HeldClusterLine> sets = [.. (await LineAsync(document)).Where(one => SharesIn(one, KeyState.Exported).Any())];
        var chosen =
            exactly ? sets.Find(one => one.ClusterHash == document)
            : sets.Count <= 1 ? sets.FirstOrDefault()
            : throw new VerbException(
                $"shares of {sets.Count} documents of this cluster are out",
                $"say which by its hash, the newest is the last: {string.Join(", ", sets.Select(one => one.ClusterHash))}"
            );
        if (chosen is null)
        {
            throw new VerbException(
                sets.Count == 0
                    ? "no share of this cluster is out for a ceremony"
                    : $"no share of this document is out for a ceremony, but of {string.Join(", ", sets.Select(one => one.ClusterHash))}",
                "'remote-signer cluster list --all' shows what is here; shares are exported by 'keys export --for-ceremony'"
            );
        }

        var turnover = await administrator.ExecuteAsync(
            new VoidExport([.. SharesIn(chosen, KeyState.Exported)], reason, isSuperseded: sets.IndexOf(chosen) < sets.Count - 1),
            actor
        );
        return new ExportVoided(chosen.ClusterHash, turnover.Activated.Count, turnover.Parked.Count);
    }

    private async Task<ClusterImportLine> TakeAsync(ImportRequest order)
    {
        var before = Vault.List(data.VaultFile);
        var document = order.Document!;
        var done = await administrator.ExecuteAsync(new ImportShares(order), actor);
        var notes = await TakeLeftAwayAsync(document, done.Left);

        // Its shares vouch for it by now; that it is kept by itself too says since when. Beside one that contradicts it a person has to
        // look first.
        if (notes.Count == 0)
        {
            await administrator.ExecuteAsync(new KeepDocument(document), actor);
        }

        return ClusterImportLine.Of(
            done,
            document.Document,
            document.Kind.Code(),
            before,
            [.. notes, .. ClusterImportLine.YieldNotes(done.Yielded, document.Document.Hash)]
        ) with
        {
            WithoutList = done.History?.WithoutList ?? 0,
        };
    }

    private async Task<(
        AnchoredDocument,
        Dictionary<BlsPublicKey, (BlsPublicKey, ClusterMembership)>,
        Func<Task<IReadOnlyList<VaultShare>>>
    )> OfLockAsync(ClusterOrder order, IProgress<int>? progress, CancellationToken cancellation)
    {
        var cluster = order.Open(LockOf(order), options, data);
        var (document, node) = await AnchorAsync(order, cluster);
        var key = node
            ?? throw new VerbException(
                "the node that owns these shares is not named",
                "give --node DIR, the node's .charon folder, or --enr ENR"
            );
        var ours = cluster.SharesOf(key.Key, key.Name);
        var held = await HeldAsync();
        return (document, Places(ours), async () =>
            ours.All(share => held.Contains(share.PublicShare))
                ? []
                : await new NodeKeystores(NodeOf(order), cluster.Cluster, ours, held).OpenAsync(
                    arena,
                    Loan(order.MemoryMib),
                    progress,
                    cancellation
                )
        );
    }

    private (
        AnchoredDocument,
        Dictionary<BlsPublicKey, (BlsPublicKey, ClusterMembership)>,
        Func<Task<IReadOnlyList<VaultShare>>>
    ) OfKeyshares(string path, ClusterOrder order)
    {
        var file = VerifiedKeyshares.Open(path);
        return (order.Anchor(file), Places(file), async () =>
        {
            using var key = await OperatorKeyOfAsync(order);
            return new OperatorShares(file).Open(key, arena, await HeldAsync());
        });
    }

    private async Task<(
        AnchoredDocument Document,
        Dictionary<BlsPublicKey, (BlsPublicKey GroupKey, ClusterMembership Membership)> Places
    )> DocumentAsync(ClusterOrder order)
    {
        if (order.Keyshares is { } path)
        {
            var file = VerifiedKeyshares.Open(path);
            return (order.Anchor(file), Places(file));
        }

        var cluster = order.Open(LockOf(order), options, data);
        var (document, node) = await AnchorAsync(order, cluster);
        var shares = node is var (key, name)
            ? cluster.SharesOf(key, name)
            :
            [
                .. Enumerable
                    .Range(1, cluster.Cluster.Definition.Operators.Length)
                    .SelectMany(index => cluster.Cluster.SharesOf((ulong)index)),
            ];
        return (document, Places(shares));
    }

    private static Dictionary<BlsPublicKey, (BlsPublicKey GroupKey, ClusterMembership Membership)> Places(
        IEnumerable<ClusterShare> shares
    ) =>
        shares.ToDictionary(
            share => share.PublicShare,
            share => (share.GroupKey, NodeKeystores.MembershipOf(share, ShareProvenance.LockFile))
        );

    // Which operator is ours needs no key of ours here: of the shares that are held we have the secrets.
    private static Dictionary<BlsPublicKey, (BlsPublicKey GroupKey, ClusterMembership Membership)> Places(VerifiedKeyshares file) =>
        file
            .Document.File.Validators.SelectMany(validator =>
                validator.PublicShares.Select(
                    (share, position) =>
                        (
                            Share: share,
                            Place: (validator.GroupKey, OperatorShares.MembershipOf(file, validator, position, ShareProvenance.SsvFile))
                        )
                )
            )
            .ToDictionary(pair => pair.Share, pair => pair.Place);

    // Those that the vault answers for: they sign, are parked or exported.
    private async Task<HashSet<BlsPublicKey>> HeldAsync()
    {
        var states = await slashing.GetKeyStatesAsync();
        return
        [
            .. Vault
                .List(data.VaultFile)
                .Shares.Select(share => share.ShareKey)
                .Where(key => states.GetValueOrDefault(key) is KeyState.Active or KeyState.Parked or KeyState.Exported),
        ];
    }

    /// <summary>
    /// Why the lock is believed, and our node's key (33 bytes) with what messages call it: as it was given, or as the document has it under
    /// which shares of its validators are here.
    /// </summary>
    private async Task<(AnchoredDocument Document, (ImmutableArray<byte> Key, string Name)? Node)> AnchorAsync(
        ClusterOrder order,
        VerifiedLock cluster
    )
    {
        var node = order.FindNodeKey(arena) ?? (order.AcceptUnanchored ? null : await KnownNodeAsync(cluster));
        return (order.Anchor(cluster, node), node);
    }

    private async Task<(ImmutableArray<byte> Key, string Name)?> KnownNodeAsync(VerifiedLock cluster)
    {
        var groups = cluster.Cluster.Validators.Select(validator => validator.GroupKey).ToHashSet();
        if (!Vault.List(data.VaultFile).Shares.Any(share => share.GroupKey is { } group && groups.Contains(group)))
        {
            return null;
        }

        // Only a document that our node has signed tells who our node is: one that was taken at a person's word would make another's node
        // ours. Any that lists a share of ours will do, as the one that the share is a member of may not be kept yet.
        var (shares, signed) = await administrator.LookAsync(vault =>
        {
            using var key = vault.DeriveAnchorKey();
            var anchored = AnchoredDocument.In(_library, _library.Read().Documents, vault.Contents, key);
            return (
                vault.Contents.Shares,
                anchored
                    .Where(one => one.Kind == AnchorKind.NodeSignature)
                    .Select(one => one.Document)
                    .OfType<ClusterDocument.CharonLock>()
                    .ToList()
            );
        });
        foreach (var share in shares.Where(share => share is { Membership: not null, GroupKey: { } group } && groups.Contains(group)))
        {
            var place = (share.Membership!.ShareIndex, share.ShareKey);
            if (
                signed.Find(known => known.SharesOf(share.GroupKey!.Value).Contains(place)) is { } known
                && known.Cluster.Definition.NodeKeyOf(place.ShareIndex) is { } key
            )
            {
                return (key, $"our node's record in {known.Hash}");
            }
        }

        return null;
    }

    // What the shares have left contradicts what they are bound to now, and would make both silent. One that other shares still need stays:
    // whoever holds it genuine must look at these.
    private async Task<IReadOnlyList<string>> TakeLeftAwayAsync(AnchoredDocument document, IEnumerable<Root> left)
    {
        var held = Vault.List(data.VaultFile).Shares;
        List<string> notes = [];
        foreach (var hash in left.Where(hash => _library.Find(hash) is { } former && KnownShares.Contradict(document, former)))
        {
            var members = held.Where(share => share.Membership?.ClusterHash == hash).Select(share => share.ShareKey.ToString()).ToList();
            if (members.Count == 0)
            {
                await administrator.ExecuteAsync(new RemoveDocument(hash), actor);
            }
            else
            {
                notes.Add(
                    $"the document {hash} contradicts this one and stays, because these shares are held as members of it: "
                        + $"{string.Join(", ", members)}. Bind them too, or take them out with 'remote-signer keys delete'"
                );
            }
        }

        return notes;
    }

    private async Task<List<HeldClusterLine>> LineAsync(string document)
    {
        var all = await ListAsync();
        var one = all.FirstOrDefault(line => line.ClusterHash == document)
            ?? throw new VerbException($"there is no cluster {document} here", "'remote-signer cluster list --all' shows every document");
        return [.. all.Where(line => line.Origin == one.Origin)];
    }

    private static IEnumerable<BlsPublicKey> ParkedOf(HeldClusterLine line) => SharesIn(line, KeyState.Parked);

    private static IEnumerable<BlsPublicKey> SharesIn(HeldClusterLine line, params KeyState[] states) =>
        line.Shares.Where(share => states.Any(state => share.State == state.Code())).Select(share => BlsPublicKey.Parse(share.ShareKey));

    private static VerbException StillOut() =>
        new(
            "the shares of this cluster that could come back were exported for a ceremony, and may be in use elsewhere",
            "destroy every copy, then 'remote-signer keys void-export', and then repeat the command"
        );

    private static VerbException NothingParked() =>
        new(
            "no share of this cluster is parked",
            "'remote-signer cluster list --all' shows what is here; shares are parked by 'cluster import --replace'"
        );

    private async Task<OperatorKey> OperatorKeyOfAsync(ClusterOrder order)
    {
        if (order.OperatorKey is { } path)
        {
            return OperatorKeyFile.Read(path, order.OperatorPassword, arena);
        }

        return await administrator.LookAsync(vault => vault.OpenOperatorKey(data.OperatorKeyFile, arena))
            ?? throw new VerbException(
                "this signer has no operator key",
                "give --operator-key FILE, or seal the key first with 'remote-signer operator import --key FILE'"
            );
    }

    private static string LockOf(ClusterOrder order) =>
        order.Lock
        ?? (
            order.Node is { } folder
                ? new NodeFolder(folder).LockFile
                : throw new VerbException(
                    "no document is named",
                    "give --lock FILE, or --node DIR, the node's .charon folder, which has it; SSV's keyshares come with --ssv FILE"
                )
        );

    private static NodeFolder NodeOf(ClusterOrder order) =>
        new(
            order.Node
                ?? throw new VerbException(
                    "there are validators in the lock whose shares are not here",
                    "give --node DIR, the node's .charon folder with their keystores"
                )
        );
}

/// <summary>What <c>keys void-export</c> did: of the shares of this document so many sign again, and so many are parked.</summary>
internal sealed record ExportVoided(string ClusterHash, int Active, int Parked);

/// <summary>
/// What <c>cluster revert</c> did: shares of this document sign again, so many others are parked, and so many of the cluster sign under
/// other documents still.
/// </summary>
internal sealed record ClusterReversion(string ClusterHash, int Returned, int Parked, int Elsewhere);
