using System.Text.Json;
using RemoteSigner.Access;
using RemoteSigner.Administration;
using RemoteSigner.Administration.Keys;
using RemoteSigner.Administration.RollbackProtection;
using RemoteSigner.Administration.Seals;
using RemoteSigner.Audit;
using RemoteSigner.Clocks;
using RemoteSigner.Clusters;
using RemoteSigner.Host;
using RemoteSigner.Keys;
using RemoteSigner.Ledgers;
using RemoteSigner.RollbackProtection;
using RemoteSigner.Sealing;
using RemoteSigner.Slashing;
using RemoteSigner.Spec;
using RemoteSigner.Tests.Keys;

namespace RemoteSigner.Tests.Administration;

/// <summary>A data directory that somebody has opened to do acts in it, without an anchor. Its vault opens at once.</summary>
internal sealed class ActWorld : IAsyncDisposable, ISite
{
    private readonly LedgerSnapshot _found;
    private readonly SlotClock _clock;
    private readonly VaultStore _vault;
    private FenceKeys? _keys;
    private bool _isClosed;

    private ActWorld(
        ActStock stock,
        string folder,
        Ledger ledger,
        SlashingProtection slashing,
        AuditLog audit,
        PendingActs pending,
        LedgerSnapshot found
    )
    {
        (_found, Stock, Folder, Ledger, Slashing, Audit, Pending) = (found, stock, folder, ledger, slashing, audit, pending);
        _vault = new VaultStore(Path.Combine(folder, "vault"));
        _clock = new SlotClock(ActStock.Network, SlotWindow.Default, TimeProvider.System);
        Library = new ClusterLibrary(new ClusterArchive(Path.Combine(folder, "clusters")));
        Administrator = new Administrator(
            this,
            slashing,
            audit,
            pending,
            Library,
            new AccessPolicy(new Dictionary<string, ClientPermissions>()),
            _clock
        );
    }

    public ActStock Stock { get; }

    public string Folder { get; }

    /// <summary>What whoever serves here does after an act.</summary>
    public Func<Vault?, Task> AfterAsync { get; set; } = _ => Task.CompletedTask;

    public Ledger Ledger { get; }

    public SlashingProtection Slashing { get; }

    public AuditLog Audit { get; }

    public PendingActs Pending { get; }

    public ClusterLibrary Library { get; }

    public Administrator Administrator { get; }

    public ActPlace Place => new(Stock, Folder) { Stand = Stand };

    public static async Task<ActWorld> OpenAsync(ActStock stock, string folder)
    {
        var ledger = Ledger.Open(Path.Combine(folder, ActStock.LedgerName));
        var slashing = await SlashingProtection.OpenAsync(ledger, ActStock.Network);
        return new ActWorld(
            stock,
            folder,
            ledger,
            slashing,
            await AuditLog.OpenAsync(ledger, TimeProvider.System),
            await PendingActs.OpenAsync(ledger),
            await LedgerSnapshot.ReadAsync(ledger, slashing)
        );
    }

    /// <summary>What every start does before it signs.</summary>
    public Task ReconcileAsync() => Administrator.ExecuteAsync(new OpenKeys(), new Actor.Itself());

    public RollbackRefusal? Refusal => null;

    public async Task<Vault> OpenNewestVaultAsync()
    {
        var vault = await Vault.OpenAsync(_vault, Stock.Arena, _ => Task.FromResult<IKeyEncryptionKey>(Stock.Present));
        await FormerRootKey.RecallAsync(Pending, vault);
        return vault;
    }

    public Task PrepareFenceAsync(Vault vault, NewRootKey next) => Task.CompletedTask;

    public Task<bool> HandFenceOverAsync(Vault vault) => Task.FromResult(true);

    public void Tell(string message) { }

    public async Task SettleAsync(Vault? vault, HeldShares held, bool history)
    {
        await AfterAsync(vault);
        if (vault is not null && await FollowsAsync(vault, held))
        {
            HeldState.AssertSame(HeldShares.Of(vault.Contents, await Slashing.GetKeyStatesAsync()), held, vault.Contents);
        }
    }

    /// <summary>The audit entries after this one.</summary>
    public async Task<IReadOnlyList<JsonElement>> EntriesAsync(long after) =>
        [.. (await Audit.ReadAsync(after, 10_000)).Select(record => JsonDocument.Parse(record.Entry).RootElement)];

    public async Task<long> HeadAsync() => (await Audit.HeadAsync()).Sequence;

    /// <summary>The archive's documents that are believed, by their hashes.</summary>
    public IEnumerable<Root> Believed(Vault vault)
    {
        using var key = vault.DeriveAnchorKey();
        return AnchoredDocument
            .In(Library, Library.Read().Documents, vault.Contents, key)
            .Select(one => one.Document.Hash)
            .Order(Comparer<Root>.Create((one, other) => string.CompareOrdinal(one.ToString(), other.ToString())));
    }

    public async ValueTask DisposeAsync()
    {
        if (_isClosed)
        {
            return;
        }

        _isClosed = true;
        _keys?.Dispose();
        await Administrator.DisposeAsync();
        Slashing.Dispose();
        await Ledger.DisposeAsync();
    }

    // Where a fault is in the way, the next act follows.
    private async Task<bool> FollowsAsync(Vault vault, HeldShares held)
    {
        try
        {
            await held.FollowAsync(vault, Slashing);
            return true;
        }
        catch (LedgerException)
        {
            return false;
        }
    }

    private Standing Stand(IRollbackAnchor anchor)
    {
        using var vault = OpenNewestVaultAsync().GetAwaiter().GetResult();
        _keys ??= vault.DeriveFenceKeys();
        return new Standing(anchor, _keys, _found.With(vault.Anchor), ActStock.Network, _clock);
    }
}
