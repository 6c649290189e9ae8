using RemoteSigner.Ledgers;
using RemoteSigner.Spec;

namespace RemoteSigner.Slashing.Store;

/// <summary>
/// The door of the store for the signing path: what is known of a key, what is on record beside a message, and its record. Keeps the edges
/// of each history it was asked for; the ledger drops them with every rollback, and whatever rewrites histories has it drop them
/// (<see cref="LedgerTransaction.Forget"/>), so that they are always those of the tables.
/// </summary>
internal sealed class HistoryStore
{
    private readonly LedgerTransaction _transaction;
    private readonly Dictionary<BlsPublicKey, KeyEntry> _keys = [];
    private readonly Dictionary<long, ValidatorHistory> _validators = [];
    private ChainState? _chain;
    private StartRow? _rollbackProtection;

    private HistoryStore(LedgerTransaction transaction) => _transaction = transaction;

    /// <summary>The chain as a whole.</summary>
    public ChainState Chain => _chain ??= new ChainState(_transaction);

    /// <summary>The newest start, and the low watermark under all keys.</summary>
    public StartRow RollbackProtection => _rollbackProtection ??= new StartRow(_transaction);

    /// <summary>The store as a piece of work sees it. Not to be kept: a rollback makes another one.</summary>
    public static HistoryStore Of(LedgerTransaction transaction) => transaction.Recall(Anew);

    /// <summary>One that remembers nothing yet, for work that rewrites histories and must see what it wrote.</summary>
    public static HistoryStore Anew(LedgerTransaction transaction) => new(transaction);

    /// <summary>Makes the tables in a new ledger, or brings them to this version.</summary>
    public static void Ensure(LedgerTransaction transaction) => transaction.Ensure(SlashingSchema.Current);

    /// <summary>The entry of a key, or null when the ledger has never heard of it.</summary>
    public KeyEntry? Find(BlsPublicKey key)
    {
        if (_keys.TryGetValue(key, out var known))
        {
            return known;
        }

        if (KeyTable.Find(_transaction, key) is not var (validator, state, isGroup))
        {
            return null;
        }

        var entry = new KeyEntry(GetHistory(validator), state, isGroup);
        _keys.Add(key, entry);
        return entry;
    }

    /// <summary>The history of a key that may sign; null when it is not active, or when its group key is not joined to it.</summary>
    public ValidatorHistory? FindActive(ProtectedKey key) =>
        Find(key.PublicKey) is { State: KeyState.Active, History: var history }
        && (key.GroupKey is not { } group || Find(group)?.History.Id == history.Id)
            ? history
            : null;

    /// <summary>The edges of the history with this number.</summary>
    public ValidatorHistory GetHistory(long validator)
    {
        if (!_validators.TryGetValue(validator, out var history))
        {
            history = HistoryRecords.Load(_transaction, validator);
            _validators.Add(validator, history);
        }

        return history;
    }

    /// <summary>
    /// Has what is remembered of these histories say what the tables say, after they were rewritten: the next duty of each would have to
    /// read it, all in one slot.
    /// </summary>
    public void Refresh(IReadOnlyCollection<long> validators)
    {
        foreach (var validator in validators)
        {
            if (_validators.TryGetValue(validator, out var history))
            {
                HistoryRecords.Load(_transaction, history);
            }
        }
    }

    /// <summary>What is on record for this slot.</summary>
    public SignedBefore FindBlock(ValidatorHistory history, long slot, ReadOnlySpan<byte> root) =>
        HistoryRecords.FindBlock(_transaction, history.Id, slot, root);

    /// <summary>What is on record that this vote must not contradict.</summary>
    public RecordedVotes FindVotes(ValidatorHistory history, Vote vote, ReadOnlySpan<byte> root) =>
        HistoryRecords.FindVotes(_transaction, history.Id, vote, root);

    /// <summary>
    /// Records a granted block under the entry <paramref name="evidence"/>; the first one gives the history its low watermark.
    /// </summary>
    public void Record(ValidatorHistory history, long slot, ReadOnlySpan<byte> root, long evidence)
    {
        HistoryRecords.Add(_transaction, history.Id, slot, root, evidence);
        if (history.NoteBlock(slot))
        {
            HistoryLowWatermarks.Set(_transaction, history.Id, slot);
        }
    }

    /// <summary>
    /// Records a granted vote under the entry <paramref name="evidence"/>; the first one gives the history its low watermarks.
    /// </summary>
    public void Record(ValidatorHistory history, Vote vote, ReadOnlySpan<byte> root, long evidence)
    {
        RecentVotes.Add(_transaction, history.Id, vote, root, evidence);
        if (history.NoteAttestation(vote.Source, vote.Target))
        {
            HistoryLowWatermarks.Set(_transaction, history.Id, vote);
        }
    }

    internal sealed record KeyEntry(ValidatorHistory History, KeyState State, bool IsGroup);
}
