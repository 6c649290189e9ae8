using RemoteSigner.Audit;
using RemoteSigner.Clusters;
using RemoteSigner.Consensus.Slashing;
using RemoteSigner.Freshness;
using RemoteSigner.Sealing;

namespace RemoteSigner.Administration;

/// <summary>What the steps of one act work with.</summary>
internal sealed class Proceeding(Actor actor, SlashingProtection slashing, AuditLog audit, PendingActs pending, ClusterArchive archive, SlotClock clock, Vault? vault)
{
    public Actor Actor { get; } = actor;

    public SlashingProtection Slashing { get; } = slashing;

    public AuditLog Audit { get; } = audit;

    public PendingActs Pending { get; } = pending;

    public ClusterArchive Archive { get; } = archive;

    public SlotClock Clock { get; } = clock;

    /// <summary>The vault, open, and the newest.</summary>
    public Vault Vault { get; } = vault!;

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
