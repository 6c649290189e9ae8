using RemoteSigner.Audit;
using RemoteSigner.Clusters;
using RemoteSigner.Clusters.Charon;
using RemoteSigner.Consensus.Slashing;
using RemoteSigner.Consensus.Spec;
using RemoteSigner.Keys;
using RemoteSigner.Sealing;
using RemoteSigner.Tests.Clusters;
using RemoteSigner.Tests.Sealing;

namespace RemoteSigner.Tests.Keys;

/// <summary>A vault that a recovery key opens, a ledger and an archive, and an intake into them; and nodes of the clusters among the vectors.</summary>
internal sealed class IntakeScene : IAsyncDisposable
{
    public static readonly VerificationPolicy Policy = new() { Network = Network.Find("hoodi")!.Forks.GenesisVersion };

    private readonly List<IDisposable> _owned = [];
    private readonly Ledger _ledger;

    private IntakeScene(VaultScene vaults, Vault vault, Ledger ledger, SlashingProtection slashing, AuditLog audit)
    {
        (Vaults, Vault, _ledger, Slashing, Audit) = (vaults, vault, ledger, slashing, audit);
        Archive = new ClusterArchive(Path.Combine(vaults.Folder, "clusters"));
        Intake = new ShareIntake(slashing, audit, Archive);
    }

    public VaultScene Vaults { get; }

    public Vault Vault { get; }

    public SlashingProtection Slashing { get; }

    public AuditLog Audit { get; }

    public ClusterArchive Archive { get; }

    public ShareIntake Intake { get; }

    public static async Task<IntakeScene> OpenAsync()
    {
        var vaults = new VaultScene();
        await vaults.MakeAsync(0);
        var ledger = Ledger.Create(Path.Combine(vaults.Folder, "ledger.sqlite"));
        var slashing = await SlashingProtection.OpenAsync(ledger, Network.Find("hoodi")!);
        return new IntakeScene(vaults, await vaults.OpenAsync(), ledger, slashing, await AuditLog.OpenAsync(ledger, TimeProvider.System));
    }

    /// <summary>A node's shares of a cluster of the vectors, through every check.</summary>
    public async Task<(IReadOnlyList<VaultShare> Shares, ReadOnlyMemory<byte> Lock)> NodeAsync(string name, int node, string? folder = null)
    {
        var path = Vectors.Path($"clusters/{name}/cluster-lock.json");
        var cluster = VerifiedLock.Open(path, Policy);
        var files = new NodeFolder(folder ?? ClusterVectors.NodeFolder(name, node));
        var shares = await new NodeKeystores(files, cluster.Cluster, cluster.SharesOf(files.ReadNodeKey(Vaults.Arena), files.NodeKeyFile)).OpenAsync(Vaults.Arena, 1L << 30, null, TestContext.Current.CancellationToken);
        _owned.AddRange(shares);
        return (shares, cluster.Json);
    }

    /// <summary>Imports a node's shares as those of a new cluster.</summary>
    public async Task<IReadOnlyList<VaultShare>> ImportAsync(string name, int node)
    {
        var (shares, json) = await NodeAsync(name, node);
        await Intake.TakeAsync(Vault, new IntakeOrder(shares, SlashingFloor.NeverSigned) { Document = json });
        return shares;
    }

    /// <summary>What may not change when an import fails: the vault's bytes, the ledger's keys and audit head, the archive.</summary>
    public async Task<string> StateAsync()
    {
        var keys = (await Slashing.StatusAsync()).SelectMany(status => status.Keys).Select(key => $"{key.PublicKey} {key.State} {key.IsGroupKey}").Order();
        var vault = Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(await File.ReadAllBytesAsync(Vaults.VaultPath)));
        return string.Join('\n', [vault, .. keys, $"{(await Audit.HeadAsync()).Sequence}", .. Archive.Hashes().Select(hash => hash.ToString())]);
    }

    /// <summary>The codes of the refusals; nothing may have changed.</summary>
    public async Task<IReadOnlyList<string>> RefusalsAsync(IntakeOrder order)
    {
        var before = await StateAsync();
        var refused = await Assert.ThrowsAsync<IntakeException>(() => Intake.TakeAsync(Vault, order));
        Assert.Equal(before, await StateAsync());
        Assert.All(refused.Refusals, refusal => Assert.False(string.IsNullOrEmpty(refusal.Hint)));
        return [.. refused.Refusals.Select(refusal => refusal.Code)];
    }

    public async ValueTask DisposeAsync()
    {
        _owned.ForEach(owned => owned.Dispose());
        Vault.Dispose();
        Slashing.Dispose();
        await _ledger.DisposeAsync();
        Vaults.Dispose();
    }
}
