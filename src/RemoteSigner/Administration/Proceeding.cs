using RemoteSigner.Audit;
using RemoteSigner.Clocks;
using RemoteSigner.Clusters;
using RemoteSigner.Keys;
using RemoteSigner.Ledgers;
using RemoteSigner.RollbackProtection;
using RemoteSigner.Sealing;
using RemoteSigner.Slashing;

namespace RemoteSigner.Administration;

/// <summary>What the steps of one act work with.</summary>
internal sealed class Proceeding(
    Actor actor,
    SlashingProtection slashing,
    AuditLog audit,
    PendingActs pending,
    ClusterLibrary library,
    SlotClock clock,
    Vault? vault,
    HeldShares held,
    ISite? site = null
)
{
    public Actor Actor { get; } = actor;

    public SlashingProtection Slashing { get; } = slashing;

    public AuditLog Audit { get; } = audit;

    public PendingActs Pending { get; } = pending;

    public ClusterLibrary Library { get; } = library;

    public SlotClock Clock { get; } = clock;

    /// <summary>The vault, open, and the newest.</summary>
    public Vault Vault { get; } = vault!;

    /// <summary>See <see cref="ISite.PrepareFenceAsync"/>.</summary>
    public Task PrepareFenceAsync(NewRootKey next) => site!.PrepareFenceAsync(Vault, next);

    /// <summary>See <see cref="ISite.AbandonFenceAsync"/>.</summary>
    public Task AbandonFenceAsync(NewRootKey next) => site!.AbandonFenceAsync(Vault, next);

    /// <summary>See <see cref="ISite.HandFenceOverAsync"/>.</summary>
    public Task<bool> HandFenceOverAsync() => site!.HandFenceOverAsync(Vault);

    /// <summary>See <see cref="ISite.Tell"/>.</summary>
    public void Tell(string message) => site!.Tell(message);

    /// <summary>
    /// What the vault holds and what the ledger lets each share do, as it is now: acts run one after the other, and nobody else changes it.
    /// </summary>
    public async ValueTask<HeldShares> HeldAsync()
    {
        await held.FollowAsync(Vault, Slashing);
        return held;
    }

    /// <summary>Those of the archive's documents that may say whose a share is, for acts that look into the vault.</summary>
    public IReadOnlyList<AnchoredDocument> AnchoredDocuments(HeldShares held)
    {
        using var key = Vault.DeriveAnchorKey();
        return AnchoredDocument.In(Library, Library.Read().Documents, Vault.Contents, key, held.HasMemberOf);
    }

    /// <summary>
    /// The one place where the vault's file is replaced, together with what the ledger remembers of it: first that it is about to become
    /// this, then the file, then that it is. Killed in between the next opening finds one of the two.
    /// </summary>
    /// <exception cref="VaultException">The file cannot be written; it is as it was, as a rule.</exception>
    public async Task ChangeVaultAsync(VaultDraft draft)
    {
        var present = Vault.Anchor;
        await Pending.WriteAsync(transaction => KnownVault.Put(transaction, present, draft.Anchor));
        Vault.Commit(draft);
        await Pending.WriteAsync(transaction => KnownVault.Put(transaction, Vault.Anchor));
    }

    /// <summary>Writes an entry of the actor's into a transaction.</summary>
    public long Append(LedgerTransaction transaction, string action, Func<AuditEntry, AuditEntry>? with = null)
    {
        var entry = Actor.Entry(action);
        return Audit.Append(transaction, with is null ? entry : with(entry));
    }

    /// <summary>The newest that anybody can have signed by now; null where the genesis time is not known.</summary>
    /// <exception cref="AdminException">The clock is in doubt.</exception>
    public HistoryLimit? NewestPossible() =>
        Clock.IsGuard && Clock.Watch.Doubt is { } doubt
            ? throw new AdminException(
                AdminFault.ClockInDoubt,
                $"it cannot be said what may have been signed by now: the system clock is in doubt: {doubt}",
                "set the clock right, or wait until duties confirm it"
            )
            : Clock.Newest;
}
