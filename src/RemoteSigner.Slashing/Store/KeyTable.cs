using RemoteSigner.Ledgers;
using RemoteSigner.Spec;

namespace RemoteSigner.Slashing.Store;

/// <summary>Which public keys belong to which validator's history, and what they may do.</summary>
internal static class KeyTable
{
    /// <summary>Validator and state of a key; null when the ledger has never heard of it.</summary>
    public static (long Validator, KeyState State, bool IsGroup)? Find(LedgerTransaction transaction, BlsPublicKey key)
    {
        var row = transaction.Statement("SELECT validator, state, is_group FROM public_key WHERE key = ?1").Bind(1, key.Bytes);
        (long, KeyState, bool)? found = row.Step() ? (row.Number(0), (KeyState)row.Number(1), row.Number(2) != 0) : null;
        row.Reset();
        return found;
    }

    /// <summary>Every public key, share keys and group keys, and what it may do.</summary>
    public static Dictionary<BlsPublicKey, KeyState> States(LedgerTransaction transaction)
    {
        var states = new Dictionary<BlsPublicKey, KeyState>();
        var rows = transaction.Statement("SELECT key, state FROM public_key");
        while (rows.Step())
        {
            states.Add(new BlsPublicKey(rows.Blob(0)), (KeyState)rows.Number(1));
        }

        return states;
    }

    /// <summary>The other share keys of the same validator, and what each may do; none where the key is not known.</summary>
    public static List<(BlsPublicKey Key, KeyState State)> Beside(LedgerTransaction transaction, BlsPublicKey key)
    {
        var others = new List<(BlsPublicKey, KeyState)>();
        var rows = transaction
            .Statement(
                """
                SELECT o.key, o.state FROM public_key s JOIN public_key o ON o.validator = s.validator AND o.is_group = 0
                    AND o.key <> s.key WHERE s.key = ?1
                """
            )
            .Bind(1, key.Bytes);
        while (rows.Step())
        {
            others.Add((new BlsPublicKey(rows.Blob(0)), (KeyState)rows.Number(1)));
        }

        return others;
    }

    /// <summary>
    /// Takes keys that sign from one of these states to another; those that did move. Group keys have no life of their own.
    /// </summary>
    public static List<BlsPublicKey> Move(
        LedgerTransaction transaction,
        IEnumerable<BlsPublicKey> keys,
        KeyState to,
        params ReadOnlySpan<KeyState> from
    )
    {
        var moved = new List<BlsPublicKey>();
        foreach (var key in keys)
        {
            foreach (var state in from)
            {
                if (
                    transaction
                        .Statement("UPDATE public_key SET state = ?2 WHERE key = ?1 AND is_group = 0 AND state = ?3")
                        .Bind(1, key.Bytes)
                        .Bind(2, (long)to)
                        .Bind(3, (long)state)
                        .Execute() > 0
                )
                {
                    moved.Add(key);
                    break;
                }
            }
        }

        return moved;
    }

    public static long AddValidator(LedgerTransaction transaction)
    {
        var added = transaction.Statement("INSERT INTO validator (id) VALUES (NULL) RETURNING id");
        _ = added.Step();
        var id = added.Number(0);
        _ = added.Step();
        return id;
    }

    /// <summary>The validator that history under this key belongs to; a new one, not allowed to sign, when the key is not known.</summary>
    public static long FindOrAdd(LedgerTransaction transaction, BlsPublicKey key)
    {
        if (Find(transaction, key) is var (known, _, _))
        {
            return known;
        }

        var added = AddValidator(transaction);
        Put(transaction, key, added, KeyState.HistoryOnly, isGroup: false);
        return added;
    }

    /// <summary>Every public key with its validator, share keys and group keys, whatever their state.</summary>
    public static List<(BlsPublicKey Key, long Validator)> All(LedgerTransaction transaction) => Named(transaction, ExportedNames.Both);

    /// <summary>The same, of a validator whose group key is known those of the wanted kind.</summary>
    public static List<(BlsPublicKey Key, long Validator)> Named(LedgerTransaction transaction, ExportedNames names)
    {
        var keys = new List<(BlsPublicKey Key, long Validator)>();
        var rows = transaction
            .Statement(
                """
                SELECT key, validator FROM public_key
                WHERE ?1 = 0 OR is_group = (?1 = 1) OR NOT EXISTS (SELECT 1 FROM public_key g
                    WHERE g.validator = public_key.validator AND g.is_group = 1)
                ORDER BY validator, key
                """
            )
            .Bind(1, (long)names);
        while (rows.Step())
        {
            keys.Add((new BlsPublicKey(rows.Blob(0)), rows.Number(1)));
        }

        return keys;
    }

    /// <summary>The group key of a validator, where it is known.</summary>
    public static BlsPublicKey? GroupOf(LedgerTransaction transaction, long validator)
    {
        var row = transaction.Statement("SELECT key FROM public_key WHERE validator = ?1 AND is_group = 1").Bind(1, validator);
        BlsPublicKey? group = row.Step() ? new BlsPublicKey(row.Blob(0)) : null;
        row.Reset();
        return group;
    }

    /// <summary>Notes a key, or all of it anew.</summary>
    public static void Put(LedgerTransaction transaction, BlsPublicKey key, long validator, KeyState state, bool isGroup) =>
        transaction
            .Statement(
                """
                INSERT INTO public_key (key, validator, state, is_group) VALUES (?1, ?2, ?3, ?4)
                ON CONFLICT (key) DO UPDATE SET validator = excluded.validator, state = excluded.state, is_group = excluded.is_group
                """
            )
            .Bind(1, key.Bytes)
            .Bind(2, validator)
            .Bind(3, (long)state)
            .Bind(4, isGroup ? 1 : 0)
            .Execute();
}
