using System.Diagnostics;
using RemoteSigner.Ledgers;
using RemoteSigner.Spec;

namespace RemoteSigner.Slashing;

/// <summary>Which public keys belong to which validator's history, and whether they may sign.</summary>
internal static class KeyRegister
{
    /// <summary>Registers all keys, or keeps nothing: a key may need what the one before it left, so that none can be judged without writing. Those that were refused.</summary>
    public static List<RefusedRegistration> Enrol(LedgerTransaction transaction, KeyEnrolment enrolment)
    {
        var refused = new List<RefusedRegistration>();
        foreach (var (key, floor) in enrolment.Keys)
        {
            var released = !enrolment.Regrouped.Contains(key.PublicKey) || GroupRelease.TryRelease(transaction, key.PublicKey, key.GroupKey);
            if ((released ? Register(transaction, new HistoryIndex(), key, floor, enrolment.From) : new Registration.OtherGroup()) is var registration and not Registration.Enrolled)
            {
                refused.Add(new RefusedRegistration(key, registration));
            }
        }

        return refused;
    }

    /// <summary>Takes keys that sign from one of these states to another; those that did move. Group keys have no life of their own.</summary>
    public static List<BlsPublicKey> Move(LedgerTransaction transaction, IEnumerable<BlsPublicKey> keys, KeyState to, params ReadOnlySpan<KeyState> from)
    {
        var moved = new List<BlsPublicKey>();
        foreach (var key in keys)
        {
            foreach (var state in from)
            {
                if (transaction.Statement("UPDATE public_key SET state = ?2 WHERE key = ?1 AND is_group = 0 AND state = ?3").Bind(1, key.Bytes).Bind(2, (long)to).Bind(3, (long)state).Execute() > 0)
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
        var found = transaction.Statement("SELECT validator FROM public_key WHERE key = ?1").Bind(1, key.Bytes);
        if (found.Step())
        {
            var id = found.Number(0);
            found.Reset();
            return id;
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
        var rows = transaction.Statement("""
            SELECT key, validator FROM public_key
            WHERE ?1 = 0 OR is_group = (?1 = 1) OR NOT EXISTS (SELECT 1 FROM public_key g WHERE g.validator = public_key.validator AND g.is_group = 1)
            ORDER BY validator, key
            """).Bind(1, (long)names);
        while (rows.Step())
        {
            keys.Add((new BlsPublicKey(rows.Blob(0)), rows.Number(1)));
        }

        return keys;
    }

    private static Registration Register(LedgerTransaction transaction, HistoryIndex index, ProtectedKey key, SlashingFloor floor, StartingPoint? from)
    {
        var share = index.Find(transaction, key.PublicKey);
        var group = key.GroupKey is { } groupKey ? index.Find(transaction, groupKey) : null;
        if (share?.State is KeyState.Retired or KeyState.Retiring or KeyState.Releasing or KeyState.Parked)
        {
            return new Registration.WasRetired();
        }

        if (!FitTogether(transaction, key, share, group))
        {
            return new Registration.OtherGroup();
        }

        if (Contradiction(floor, isKnown: share is not null || group is not null, hasHistory: share is { History.HasFloor: true } || group is { History.HasFloor: true }) is { } contradiction)
        {
            return contradiction;
        }

        var validator = group?.History.Id ?? share?.History.Id ?? AddValidator(transaction);
        if (share is not null && share.History.Id != validator)
        {
            HistoryFloors.Merge(transaction, share.History.Id, validator);
        }

        Put(transaction, key.PublicKey, validator, share?.State == KeyState.Active ? KeyState.Active : KeyState.Enrolling, isGroup: false);
        if (key.GroupKey is { } named && named != key.PublicKey)
        {
            Put(transaction, named, validator, KeyState.HistoryOnly, isGroup: true);
        }

        if (floor == SlashingFloor.FromNow)
        {
            var (slot, source, target) = from ?? throw new InvalidOperationException("an enrolment from now on names its starting point");
            HistoryFloors.Raise(transaction, validator, StoredNumber.From(slot.Value), StoredNumber.From(source.Value), StoredNumber.From(target.Value));
        }

        return new Registration.Enrolled();
    }

    /// <summary>What is stated about the past, held against what is known; null when the two go together.</summary>
    private static Registration? Contradiction(SlashingFloor floor, bool isKnown, bool hasHistory) => floor switch
    {
        SlashingFloor.FromHistory => hasHistory ? null : new Registration.NoFloor(),
        SlashingFloor.NeverSigned => hasHistory ? new Registration.HasHistory() : null,
        SlashingFloor.Continued => isKnown ? null : new Registration.NoFloor(),
        SlashingFloor.FromNow => null,
        _ => throw new UnreachableException(),
    };

    /// <summary>
    /// A group key never signs by itself, a share key is nobody's group key, and a share belongs to one group for life. A whole key that was taken out becomes the group key of
    /// its shares: its history is the validator's own, and as a group key it never signs again.
    /// </summary>
    private static bool FitTogether(LedgerTransaction transaction, ProtectedKey key, HistoryIndex.KeyEntry? share, HistoryIndex.KeyEntry? group)
    {
        if (share is { IsGroup: true } || (group is { IsGroup: false, State: not (KeyState.HistoryOnly or KeyState.Retired or KeyState.Released) } && key.GroupKey != key.PublicKey))
        {
            return false;
        }

        return key.GroupKey is not { } groupKey || share is null || GroupOf(transaction, share.History.Id) is not { } known || known == groupKey;
    }

    private static BlsPublicKey? GroupOf(LedgerTransaction transaction, long validator)
    {
        var row = transaction.Statement("SELECT key FROM public_key WHERE validator = ?1 AND is_group = 1").Bind(1, validator);
        BlsPublicKey? group = row.Step() ? new BlsPublicKey(row.Blob(0)) : null;
        row.Reset();
        return group;
    }

    private static void Put(LedgerTransaction transaction, BlsPublicKey key, long validator, KeyState state, bool isGroup) =>
        transaction.Statement("""
            INSERT INTO public_key (key, validator, state, is_group) VALUES (?1, ?2, ?3, ?4)
            ON CONFLICT (key) DO UPDATE SET validator = excluded.validator, state = excluded.state, is_group = excluded.is_group
            """)
            .Bind(1, key.Bytes).Bind(2, validator).Bind(3, (long)state).Bind(4, isGroup ? 1 : 0)
            .Execute();
}
