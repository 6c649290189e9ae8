using RemoteSigner.Ledgers;
using RemoteSigner.Spec;

namespace RemoteSigner.Slashing;

/// <summary>Finds the history that a public key belongs to, and remembers it until something is rolled back or changed behind it.</summary>
internal sealed class HistoryIndex
{
    private readonly Dictionary<BlsPublicKey, KeyEntry> _keys = [];
    private readonly Dictionary<long, ValidatorHistory> _validators = [];

    /// <summary>The entry of a key, or null when the ledger has never heard of it.</summary>
    public KeyEntry? Find(LedgerTransaction transaction, BlsPublicKey key)
    {
        if (_keys.TryGetValue(key, out var known))
        {
            return known;
        }

        var row = transaction.Statement("SELECT validator, state, is_group FROM public_key WHERE key = ?1").Bind(1, key.Bytes);
        if (!row.Step())
        {
            return null;
        }

        var (validator, state, isGroup) = (row.Number(0), (KeyState)row.Number(1), row.Number(2) != 0);
        row.Reset();
        var entry = new KeyEntry(Load(transaction, validator), state, isGroup);
        _keys.Add(key, entry);
        return entry;
    }

    /// <summary>The history of a key that may sign; null when it is not active, or when its group key is not joined to it.</summary>
    public ValidatorHistory? FindActive(LedgerTransaction transaction, ProtectedKey key) =>
        Find(transaction, key.PublicKey) is { State: KeyState.Active, History: var history }
        && (key.GroupKey is not { } group || Find(transaction, group)?.History.Id == history.Id)
            ? history
            : null;

    public ValidatorHistory Load(LedgerTransaction transaction, long id)
    {
        if (_validators.TryGetValue(id, out var known))
        {
            return known;
        }

        var row = transaction.Statement("""
            SELECT slot_floor, source_floor, target_floor,
                (SELECT max(slot) FROM block WHERE validator = ?1),
                (SELECT max(source) FROM attestation WHERE validator = ?1),
                (SELECT max(target) FROM attestation WHERE validator = ?1)
            FROM validator WHERE id = ?1
            """).Bind(1, id);
        _ = row.Step();
        var history = new ValidatorHistory(id)
        {
            SlotFloor = row.NumberOrNull(0),
            SourceFloor = row.NumberOrNull(1),
            TargetFloor = row.NumberOrNull(2),
            NewestSlot = row.NumberOrNull(3) ?? -1,
            NewestSource = row.NumberOrNull(4) ?? -1,
            NewestTarget = row.NumberOrNull(5) ?? -1,
        };
        row.Reset();
        _validators.Add(id, history);
        return history;
    }

    internal sealed record KeyEntry(ValidatorHistory History, KeyState State, bool IsGroup);
}
