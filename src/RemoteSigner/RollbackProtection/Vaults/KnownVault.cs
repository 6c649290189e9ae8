using RemoteSigner.Ledgers;
using RemoteSigner.Sealing;
using RemoteSigner.Tpm2;

namespace RemoteSigner.RollbackProtection;

/// <summary>
/// What the ledger remembers of its vault: as it is, and, while a change is under way, as it is to be. A change is noted before the vault's
/// file is written, so that after a crash the file is one of the two; whatever else is found in its place was put there.
/// </summary>
/// <param name="Next">Null where no change is under way, or known to be.</param>
public sealed record KnownVault(VaultAnchor Present, VaultAnchor? Next = null)
{
    /// <summary>Names of the storage root keys that the vault has, or may have, slots for.</summary>
    public IReadOnlyList<TpmName> StorageRoots => [.. Present.StorageRoots.Union(Next?.StorageRoots ?? [])];

    private const string PresentNote = "vault";
    private const string NextNote = "vault.next";

    /// <summary>Null in a ledger from before vaults were remembered.</summary>
    /// <exception cref="VaultException">It was written by a later program.</exception>
    public static KnownVault? Read(LedgerTransaction transaction) =>
        LedgerNotes.Find(transaction, PresentNote) is { } present
            ? new KnownVault(VaultAnchor.Read(present), LedgerNotes.Find(transaction, NextNote) is { } next ? VaultAnchor.Read(next) : null)
            : null;

    /// <summary>Remembers this, in place of what was remembered. True, for work that does nothing else.</summary>
    public static bool Put(LedgerTransaction transaction, VaultAnchor present, VaultAnchor? next = null)
    {
        LedgerNotes.Put(transaction, PresentNote, present.Write());
        if (next is null)
        {
            LedgerNotes.Remove(transaction, NextNote);
        }
        else
        {
            LedgerNotes.Put(transaction, NextNote, next.Write());
        }

        return true;
    }
}
