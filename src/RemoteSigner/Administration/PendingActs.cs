using RemoteSigner.Ledgers;

namespace RemoteSigner.Administration;

/// <summary>Where the act that is under way is remembered. There is one at most: acts come one after another.</summary>
public sealed class PendingActs
{
    private const string Note = "administration.pending";

    private readonly Ledger _ledger;

    private PendingActs(Ledger ledger) => _ledger = ledger;

    public static async Task<PendingActs> OpenAsync(Ledger ledger)
    {
        await LedgerNotes.OpenAsync(ledger);
        return new PendingActs(ledger);
    }

    /// <summary>In the transaction of the act's entry.</summary>
    internal static void Begin(LedgerTransaction transaction, PendingAct act) => LedgerNotes.Put(transaction, Note, act.Write());

    /// <summary>In the transaction that says how it ended.</summary>
    internal static void End(LedgerTransaction transaction) => LedgerNotes.Remove(transaction, Note);

    /// <summary>The act that was interrupted; null when none was.</summary>
    internal Task<PendingAct?> FindAsync() => _ledger.WriteAsync(transaction => LedgerNotes.Find(transaction, Note) is { } value ? PendingAct.Read(value) : null);

    /// <summary>It is done, and nothing else is to be written about it.</summary>
    internal Task EndAsync() => _ledger.WriteAsync(transaction =>
    {
        End(transaction);
        return true;
    });

    /// <summary>A transaction of its own.</summary>
    internal Task<T> WriteAsync<T>(Func<LedgerTransaction, T> work) => _ledger.WriteAsync(work);
}
