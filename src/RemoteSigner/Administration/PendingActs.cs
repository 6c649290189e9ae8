using RemoteSigner.Ledgers;

namespace RemoteSigner.Administration;

/// <summary>
/// Where acts are remembered whose effect outside of the ledger is not known to be there. Acts come one after another, so the newest is the
/// one that is under way; an earlier one is still here only where nobody has looked since into the vault or the anchor that can tell.
/// </summary>
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

    /// <summary>The actions of those that were interrupted, oldest first.</summary>
    public async Task<IReadOnlyList<string>> InterruptedAsync() => [.. (await ReadAsync()).Select(act => act.Action)];

    /// <summary>What is kept of shares that are parked; some of it may be of shares that are not any more.</summary>
    public Task<IReadOnlyList<Keys.ParkedSet>> ParkedAsync() => _ledger.WriteAsync(Keys.ParkedSets.Read);

    /// <summary>Keystores that were written for ceremonies, and have not been seen gone since.</summary>
    public Task<IReadOnlyList<Keys.HandedOut>> HandedOutAsync() => _ledger.WriteAsync(Keys.HandedOut.Read);

    /// <summary>In the transaction of the act's entry.</summary>
    internal static void Begin(LedgerTransaction transaction, PendingAct act) => Put(transaction, [.. Read(transaction), act]);

    /// <summary>In the transaction that says how the newest ended.</summary>
    internal static void End(LedgerTransaction transaction) => Put(transaction, [.. Read(transaction).SkipLast(1)]);

    /// <summary>Those that were interrupted, oldest first, within work of the caller.</summary>
    internal static IReadOnlyList<PendingAct> Read(LedgerTransaction transaction) =>
        LedgerNotes.Find(transaction, Note) is { } value ? PendingAct.Read(value) : [];

    /// <summary>Those that are left, in place of what was there.</summary>
    internal static void Put(LedgerTransaction transaction, IReadOnlyCollection<PendingAct> acts)
    {
        if (acts.Count == 0)
        {
            LedgerNotes.Remove(transaction, Note);
        }
        else
        {
            LedgerNotes.Put(transaction, Note, PendingAct.Write(acts));
        }
    }

    /// <summary>Those that were interrupted, oldest first.</summary>
    internal Task<IReadOnlyList<PendingAct>> ReadAsync() => _ledger.WriteAsync(Read);

    /// <summary>The newest is done, and nothing else is to be written about it.</summary>
    internal Task EndAsync() =>
        _ledger.WriteAsync(transaction =>
        {
            End(transaction);
            return true;
        });

    /// <summary>A transaction of its own.</summary>
    internal Task<T> WriteAsync<T>(Func<LedgerTransaction, T> work) => _ledger.WriteAsync(work);
}
