using RemoteSigner.Consensus.Spec;

namespace RemoteSigner.Consensus.Slashing;

/// <summary>Which public keys belong to which validator's history, and whether they may sign.</summary>
internal static class KeyRegister
{
    /// <summary>Takes all keys in with their history, or keeps nothing: a key may need what the one before it left, so that none can be judged without writing.</summary>
    public static List<RefusedRegistration> EnrolAll(LedgerTransaction transaction, KeyEnrolment enrolment, Action<LedgerTransaction> takeHistory)
    {
        transaction.Statement("SAVEPOINT enrolment").Execute();
        takeHistory(transaction);
        var refused = new List<RefusedRegistration>();
        foreach (var (key, floor) in enrolment.Keys)
        {
            if (Register(transaction, new HistoryIndex(), key, floor) is var registration and not Registration.Active)
            {
                refused.Add(new RefusedRegistration(key, registration));
            }
        }

        foreach (var replaced in enrolment.Replaced)
        {
            transaction.Statement("UPDATE public_key SET state = 2 WHERE key = ?1 AND is_group = 0 AND state = 1").Bind(1, replaced.Bytes).Execute();
        }

        if (refused.Count > 0)
        {
            transaction.Statement("ROLLBACK TO enrolment").Execute();
        }

        transaction.Statement("RELEASE enrolment").Execute();
        return refused;
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

    private static Registration Register(LedgerTransaction transaction, HistoryIndex index, ProtectedKey key, SlashingFloor floor)
    {
        var share = index.Find(transaction, key.PublicKey);
        var group = key.GroupKey is { } groupKey ? index.Find(transaction, groupKey) : null;
        if (share?.State == KeyState.Retired)
        {
            return new Registration.WasRetired();
        }

        if (!FitTogether(transaction, key, share, group))
        {
            return new Registration.OtherGroup();
        }

        var hasHistory = share is { History.HasFloor: true } || group is { History.HasFloor: true };
        if (floor == SlashingFloor.Continued ? share is null && group is null : hasHistory != (floor == SlashingFloor.FromHistory))
        {
            return hasHistory ? new Registration.HasHistory() : new Registration.NoFloor();
        }

        var validator = group?.History.Id ?? share?.History.Id ?? AddValidator(transaction);
        if (share is not null && share.History.Id != validator)
        {
            HistoryFloors.Merge(transaction, share.History.Id, validator);
        }

        Put(transaction, key.PublicKey, validator, KeyState.Active, isGroup: false);
        if (key.GroupKey is { } named && named != key.PublicKey)
        {
            Put(transaction, named, validator, KeyState.HistoryOnly, isGroup: true);
        }

        return new Registration.Active();
    }

    /// <summary>A group key never signs by itself, a share key is nobody's group key, and a share belongs to one group for life.</summary>
    private static bool FitTogether(LedgerTransaction transaction, ProtectedKey key, HistoryIndex.KeyEntry? share, HistoryIndex.KeyEntry? group)
    {
        if (share is { IsGroup: true } || (group is { IsGroup: false, State: not KeyState.HistoryOnly } && key.GroupKey != key.PublicKey))
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
