using RemoteSigner.Access;
using RemoteSigner.Administration;
using RemoteSigner.Administration.Files;
using RemoteSigner.Administration.Keys;
using RemoteSigner.Audit;
using RemoteSigner.Clocks;
using RemoteSigner.Clusters;
using RemoteSigner.Clusters.Charon;
using RemoteSigner.Clusters.Ssv;
using RemoteSigner.Keys;
using RemoteSigner.Ledgers;
using RemoteSigner.RollbackProtection;
using RemoteSigner.Sealing;
using RemoteSigner.Slashing;
using RemoteSigner.Spec;
using RemoteSigner.Tests.Clusters.Ssv;
using RemoteSigner.Tests.Sealing;

namespace RemoteSigner.Tests.Keys;

/// <summary>
/// A vault that a recovery key opens, a ledger and an archive, and an intake into them; and nodes of the clusters among the vectors.
/// </summary>
internal sealed class ImportScene : IAsyncDisposable
{
    public static readonly VerificationPolicy Policy = new() { Network = Network.Find("hoodi")!.Forks.GenesisVersion };

    private readonly List<IDisposable> _owned = [];
    private readonly Ledger _ledger;

    private Vault? _vault;

    private ImportScene(VaultScene vaults, Ledger ledger, SlashingProtection slashing, AuditLog audit, PendingActs pending)
    {
        (Vaults, _ledger, Slashing, Audit) = (vaults, ledger, slashing, audit);
        Archive = new ClusterArchive(Path.Combine(vaults.Folder, "clusters"));
        Library = new ClusterLibrary(Archive);
        var network = Network.Find("hoodi")!;
        Site = new VaultSite(vaults);
        Administrator = new Administrator(
            Site,
            slashing,
            audit,
            pending,
            Library,
            new AccessPolicy(new Dictionary<string, ClientPermissions>()),
            new SlotClock(network, SlotWindow.Default, TimeProvider.System)
        );
    }

    public static DateTimeOffset Now { get; } = DateTimeOffset.FromUnixTimeSeconds(1_800_000_000);

    public VaultScene Vaults { get; }

    /// <summary>The vault as it is now.</summary>
    public Vault Vault
    {
        get
        {
            _vault?.Dispose();
            return _vault = Vaults.Open();
        }
    }

    public VaultSite Site { get; }

    public SlashingProtection Slashing { get; }

    public AuditLog Audit { get; }

    public ClusterArchive Archive { get; }

    public ClusterLibrary Library { get; }

    public Administrator Administrator { get; }

    /// <summary>What is known of shares now.</summary>
    public KnownShares Known => new(Anchored, Vault.Contents.Shares);

    /// <summary>The archive's documents that are believed now.</summary>
    public IReadOnlyList<AnchoredDocument> Anchored
    {
        get
        {
            var vault = Vault;
            using var key = vault.DeriveAnchorKey();
            return AnchoredDocument.In(Library, Library.Read().Documents, vault.Contents, key);
        }
    }

    public Ledger Ledger => _ledger;

    public static async Task<ImportScene> OpenAsync()
    {
        var vaults = new VaultScene();
        await vaults.MakeAsync(0);
        var ledger = Ledger.Create(Path.Combine(vaults.Folder, "ledger.sqlite"));
        var slashing = await SlashingProtection.OpenAsync(ledger, Network.Find("hoodi")!);
        var scene = new ImportScene(
            vaults,
            ledger,
            slashing,
            await AuditLog.OpenAsync(ledger, TimeProvider.System),
            await PendingActs.OpenAsync(ledger)
        );
        var anchor = scene.Vault.Anchor;
        await ledger.WriteAsync(transaction => KnownVault.Put(transaction, anchor));
        return scene;
    }

    public Task<ImportedShares> TakeAsync(ImportRequest order) => DoAsync(new ImportShares(order));

    /// <summary>Does it as a person at the command line.</summary>
    public Task<TResult> DoAsync<TResult>(AdminAct<TResult> act) => Administrator.ExecuteAsync(act, new Actor.LocalUser("operator"));

    public Task KeepAsync(AnchoredDocument document) => DoAsync(new KeepDocument(document));

    public Task RemoveAsync(Root document) => DoAsync(new RemoveDocument(document));

    /// <summary>A node's shares of a cluster of the vectors, through every check, and the lock as its node's key anchors it.</summary>
    public async Task<(IReadOnlyList<VaultShare> Shares, AnchoredDocument Lock)> NodeAsync(
        string name,
        int node,
        string? folder = null,
        string vectors = "clusters"
    )
    {
        var path = Vectors.Path($"{vectors}/{name}/cluster-lock.json");
        var cluster = VerifiedLock.Open(path, Policy);
        var files = new NodeFolder(folder ?? Vectors.Path($"{vectors}/{name}/node{node}"));
        var key = files.ReadNodeKey(Vaults.Arena);
        var shares = await new NodeKeystores(files, cluster.Cluster, cluster.SharesOf(key, files.NodeKeyFile)).OpenAsync(
            Vaults.Arena,
            DerivationLoan.OfAll(1024),
            null,
            TestContext.Current.CancellationToken
        );
        _owned.AddRange(shares);
        return (shares, AnchoredDocument.ByNode(cluster, key, files.NodeKeyFile, accepted: false, Now));
    }

    /// <summary>The genuine keyshares of the vectors and the first operator's share of them.</summary>
    public (VaultShare Share, AnchoredDocument Document) Keyshares() => Keyshares(File.ReadAllBytes(Vectors.Path(KeysharesVectors.Ours)));

    /// <summary>Such keyshares, genuine or not, at the operator's word, and the first operator's share of them.</summary>
    public (VaultShare Share, AnchoredDocument Document) Keyshares(byte[] json)
    {
        var file = VerifiedKeyshares.Of(json, "keyshares.json");
        using OperatorKey key = OperatorKeyTests.Operator(Vaults.Arena, 0);
        var share = Assert.Single(new OperatorShares(file).Open(key, Vaults.Arena));
        _owned.Add(share);
        return (share, AnchoredDocument.ByWord(file, Now));
    }

    /// <summary>Imports a node's shares as those of a new cluster.</summary>
    public async Task<IReadOnlyList<VaultShare>> ImportAsync(string name, int node)
    {
        var (shares, json) = await NodeAsync(name, node);
        await TakeAsync(new ImportRequest(shares, DeclaredHistory.NeverSigned) { Document = json });
        return shares;
    }

    /// <summary>What may not change when an import fails: the vault's bytes, the ledger's keys and audit head, the archive.</summary>
    public async Task<string> StateAsync()
    {
        var keys = (await Slashing.StatusAsync())
            .SelectMany(status => status.Keys)
            .Select(key => $"{key.PublicKey} {key.State} {key.IsGroupKey}")
            .Order();
        var vault = Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(await File.ReadAllBytesAsync(Vaults.VaultPath)));
        return string.Join(
            '\n',
            [
                vault,
                .. keys,
                $"{(await Audit.HeadAsync()).Sequence}",
                .. Archive.Hashes().Select(hash => $"{hash} {Convert.ToHexString(Archive.ReadAnchor(hash))}"),
            ]
        );
    }

    /// <summary>The audit log's entries, oldest first.</summary>
    public async Task<IReadOnlyList<string>> AuditAsync() =>
        [.. (await Audit.ReadAsync(0, 10_000)).Select(record => System.Text.Encoding.UTF8.GetString(record.Entry.Span))];

    /// <summary>The actions of all audit entries, in their order.</summary>
    public async Task<IReadOnlyList<string>> ActionsAsync() =>
        [
            .. (await Audit.ReadAsync(0, 10_000)).Select(record =>
                System.Text.Json.JsonDocument.Parse(record.Entry).RootElement.GetProperty("action").GetString()!
            ),
        ];

    /// <summary>The codes of the refusals; nothing may have changed.</summary>
    public Task<IReadOnlyList<string>> RefusalsAsync(ImportRequest order) => RefusalsAsync(() => TakeAsync(order));

    public async Task<IReadOnlyList<string>> RefusalsAsync(Func<Task> intake)
    {
        var before = await StateAsync();
        var refused = await Assert.ThrowsAsync<ImportException>(intake);
        Assert.Equal(before, await StateAsync());
        Assert.All(refused.Refusals, refusal => Assert.False(string.IsNullOrEmpty(refusal.Hint)));
        return [.. refused.Refusals.Select(refusal => refusal.Code)];
    }

    public async ValueTask DisposeAsync()
    {
        _owned.ForEach(owned => owned.Dispose());
        _vault?.Dispose();
        await Administrator.DisposeAsync();
        Slashing.Dispose();
        await _ledger.DisposeAsync();
        Vaults.Dispose();
    }
}
