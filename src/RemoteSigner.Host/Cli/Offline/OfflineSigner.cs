using System.CommandLine;
using RemoteSigner.Access;
using RemoteSigner.Administration;
using RemoteSigner.Audit;
using RemoteSigner.Clocks;
using RemoteSigner.Clusters;
using RemoteSigner.Host.Configuration;
using RemoteSigner.Host.Control;
using RemoteSigner.Keys;
using RemoteSigner.Ledgers;
using RemoteSigner.Native;
using RemoteSigner.RollbackProtection;
using RemoteSigner.Sealing;
using RemoteSigner.Slashing;
using RemoteSigner.Spec;

namespace RemoteSigner.Host.Cli;

/// <summary>A data directory opened by a verb while no signer serves it: the ledger's lock sees to that.</summary>
internal sealed class OfflineSigner : IAsyncDisposable
{
    private readonly SecretArena _arena = new();
    private SealedKeys? _keys;

    private OfflineSigner(
        DataDirectory data,
        SignerOptions options,
        Ledger ledger,
        SlashingProtection slashing,
        AuditLog audit,
        PendingActs pending,
        LedgerSnapshot found
    )
    {
        (Data, Options, Ledger, Slashing, Audit, Pending, Found) = (data, options, ledger, slashing, audit, pending, found);
        Clock = new SlotClock(Network, options.Network.SlotWindow.ToWindow(), TimeProvider.System);
        Site = new OfflineSite(this);
        Administrator = new Administrator(
            Site,
            slashing,
            audit,
            pending,
            new ClusterLibrary(new ClusterArchive(data.ClustersFolder)),
            new AccessPolicy(new Dictionary<string, ClientPermissions>()),
            Clock
        );
    }

    public DataDirectory Data { get; }

    public SignerOptions Options { get; }

    public Network Network => Slashing.Network;

    public Ledger Ledger { get; }

    public SlashingProtection Slashing { get; }

    public AuditLog Audit { get; }

    public PendingActs Pending { get; }

    /// <summary>The way for every change.</summary>
    public Administrator Administrator { get; }

    public SlotClock Clock { get; }

    public OfflineSite Site { get; }

    /// <summary>Who changes something here: whoever runs the command.</summary>
    public Actor Actor { get; } = new Actor.LocalUser(Environment.UserName);

    public SecretArena Arena => _arena;

    /// <summary>The vault and what opens it; a token's PIN is read with the first use of this property.</summary>
    public SealedKeys Keys => _keys ??= SealedKeys.Open(Data, Options, _arena, TimeProvider.System, Found.Vault);

    /// <summary>The ledger before the verb changed anything.</summary>
    public LedgerSnapshot Found { get; private set; }

    /// <summary>The anchor knows that the ledger ends here now: what the next change of this command starts from.</summary>
    public void AnchorKnows(HistoryEnd end) => Found = Found with { End = end };

    /// <summary>The ledger knows the vault of this generation now, and remembers it as it does.</summary>
    public async Task LedgerKnowsAsync(ulong generation)
    {
        await VaultChangedAsync();
        Found =
            Found.Start is { } start && start.VaultGeneration < generation
                ? Found with
                {
                    Start = start with { VaultGeneration = generation },
                }
                : Found;
    }

    /// <summary>The vault was changed by this command: what the ledger remembers of it is read again.</summary>
    public async Task VaultChangedAsync() => Found = Found with { Vault = await Ledger.ReadAsync(KnownVault.Read) };

    /// <summary>The ledger names another place of the anchor now.</summary>
    public async Task LedgerNamesAsync() => Found = Found with { Start = await Slashing.GetStartAsync() };

    public static async Task<OfflineSigner> OpenAsync(ParseResult parsed)
    {
        var data = parsed.DataDirectory();
        return await OpenAsync(data, data.ReadOptions(), Ledger.Open(data.LedgerFile));
    }

    /// <summary>Takes over an open ledger; for <c>init</c>, which has just made it.</summary>
    public static async Task<OfflineSigner> OpenAsync(DataDirectory data, SignerOptions options, Ledger ledger)
    {
        try
        {
            var slashing = await SlashingProtection.OpenAsync(ledger, options.Network.Load(data.Path));
            var audit = await AuditLog.OpenAsync(ledger, TimeProvider.System);
            return new OfflineSigner(
                data,
                options,
                ledger,
                slashing,
                audit,
                await PendingActs.OpenAsync(ledger),
                await LedgerSnapshot.ReadAsync(ledger, slashing)
            );
        }
        catch
        {
            await ledger.DisposeAsync();
            throw;
        }
    }

    /// <summary>The verbs that work on a signer that runs, too: on that one where it answers, else on its files.</summary>
    public static async Task<ISignerVerbs> OpenVerbsAsync(ParseResult parsed)
    {
        if (await RunningVerbs.FindAsync(parsed.AnybodysDataDirectory()) is { } running)
        {
            return running;
        }

        var signer = await OpenAsync(parsed);
        var (administrator, actor, slashing, options, data) = (
            signer.Administrator,
            signer.Actor,
            signer.Slashing,
            signer.Options,
            signer.Data
        );
        return new DirectVerbs(
            new KeyVerbs(administrator, actor, slashing, data, () => Vault.List(data.VaultFile), signer.Arena, DerivationLoan.OfAll),
            new ClusterVerbs(administrator, actor, slashing, options, data, signer.Arena) { Loan = DerivationLoan.OfAll },
            new TlsVerbs(administrator, actor, data, () => Task.FromResult<string?>(null)),
            new HistoryVerbs(administrator, actor, slashing, options),
            new AuditVerbs(administrator, actor, signer.Ledger),
            new SealVerbs(administrator, actor, options, () => signer.Keys, key => signer.Site.Key = () => Task.FromResult(key)),
            owned: signer
        );
    }

    /// <summary>Does it, as whoever runs the command.</summary>
    public Task<TResult> ExecuteAsync<TResult>(AdminAct<TResult> act, CancellationToken cancellation = default) =>
        Administrator.ExecuteAsync(act, Actor, cancellation);

    public async ValueTask DisposeAsync()
    {
        await Administrator.DisposeAsync();
        Slashing.Dispose();
        await Ledger.DisposeAsync();
        _keys?.Dispose();
        _arena.Dispose();
    }
}
