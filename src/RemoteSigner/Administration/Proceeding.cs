using RemoteSigner.Audit;
using RemoteSigner.Clusters;
using RemoteSigner.Freshness;
using RemoteSigner.Keys;
using RemoteSigner.Ledgers;
using RemoteSigner.Sealing;
using RemoteSigner.Slashing;
using RemoteSigner.Spec;

namespace RemoteSigner.Administration;

/// <summary>What the steps of one act work with.</summary>
internal sealed class Proceeding(Actor actor, SlashingProtection slashing, AuditLog audit, PendingActs pending, ClusterLibrary library, SlotClock clock, Vault? vault)
{
    private IReadOnlyDictionary<BlsPublicKey, KeyState>? _states;

    public Actor Actor { get; } = actor;

    public SlashingProtection Slashing { get; } = slashing;

    public AuditLog Audit { get; } = audit;

    public PendingActs Pending { get; } = pending;

    public ClusterLibrary Library { get; } = library;

    public SlotClock Clock { get; } = clock;

    /// <summary>The vault, open, and the newest.</summary>
    public Vault Vault { get; } = vault!;

    /// <summary>What the ledger lets each key do. Acts run one after the other: it is read once for all that comes before the commit, and once more where what was left undone changes it.</summary>
    public async ValueTask<IReadOnlyDictionary<BlsPublicKey, KeyState>> KeyStatesAsync() => _states ??= await Slashing.GetKeyStatesAsync();

    /// <summary>They have changed.</summary>
    public void ForgetKeyStates() => _states = null;

    /// <summary>Those of the archive's documents that may say whose a share is, for acts that look into the vault.</summary>
    public IReadOnlyList<AnchoredDocument> AnchoredDocuments()
    {
        using var key = Vault.DeriveAnchorKey();
        return AnchoredDocument.In(Library, Library.Read().Documents, Vault.Contents, key);
    }

    /// <summary>Writes an entry of the actor's into a transaction.</summary>
    public long Append(LedgerTransaction transaction, string action, Func<AuditEntry, AuditEntry>? with = null)
    {
        var entry = Actor.Entry(action);
        return Audit.Append(transaction, with is null ? entry : with(entry));
    }

    /// <summary>The newest that anybody can have signed by now; null where the genesis time is not known.</summary>
    /// <exception cref="AdminException">The clock is in doubt.</exception>
    public HistoryLimit? NewestPossible() => Clock.IsGuard && Clock.Watch.Doubt is { } doubt
        ? throw new AdminException("clock_in_doubt", $"it cannot be said what may have been signed by now: the system clock is in doubt: {doubt}", "set the clock right, or wait until duties confirm it")
        : Clock.Newest;
}
