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
    NewestVault? newest
)
{
    public Actor Actor { get; } = actor;

    public SlashingProtection Slashing { get; } = slashing;

    public AuditLog Audit { get; } = audit;

    public PendingActs Pending { get; } = pending;

    public ClusterLibrary Library { get; } = library;

    public SlotClock Clock { get; } = clock;

    /// <summary>For acts that look into the vault, or change it.</summary>
    public NewestVault Newest { get; } = newest!;

    /// <summary>The vault, open, and the newest.</summary>
    public Vault Vault { get; } = newest?.Vault!;

    /// <summary>See <see cref="NewestVault.HeldAsync"/>.</summary>
    public ValueTask<HeldShares> HeldAsync() => Newest.HeldAsync(Slashing);

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
