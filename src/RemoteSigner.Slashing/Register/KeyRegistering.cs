using System.Diagnostics;
using RemoteSigner.Ledgers;
using RemoteSigner.Slashing.Store;

namespace RemoteSigner.Slashing;

/// <summary>How keys come in: what is stated about the past of each is held against what is known, and histories are joined.</summary>
internal static class KeyRegistering
{
    /// <summary>
    /// Registers all keys, or keeps nothing: a key may need what the one before it left, so that none can be judged without writing. Those
    /// that were refused.
    /// </summary>
    public static List<RefusedRegistration> Enrol(LedgerTransaction transaction, KeyRegistration enrolment)
    {
        var refused = new List<RefusedRegistration>();
        foreach (var (key, lowWatermark) in enrolment.Keys)
        {
            var released =
                !enrolment.Regrouped.Contains(key.PublicKey) || GroupRelease.TryRelease(transaction, key.PublicKey, key.GroupKey);
            if (
                (released ? Register(transaction, key, lowWatermark, enrolment.From) : new Registration.OtherGroup())
                is var registration
                    and not Registration.Enrolled
            )
            {
                refused.Add(new RefusedRegistration(key, registration));
            }
        }

        foreach (var key in enrolment.From is null ? [] : enrolment.Returning)
        {
            RaiseTo(
                transaction,
                KeyTable.Find(transaction, key)?.Validator
                    ?? throw new InvalidOperationException($"{key} was never here, so it does not come back"),
                enrolment.From
            );
        }

        return refused;
    }

    private static void RaiseTo(LedgerTransaction transaction, long validator, StartingPoint? from)
    {
        var (slot, source, target) = from ?? throw new InvalidOperationException("an enrolment from now on names its starting point");
        HistoryLowWatermarks.Raise(
            transaction,
            validator,
            StoredNumber.From(slot.Value),
            StoredNumber.From(source.Value),
            StoredNumber.From(target.Value)
        );
    }

    private static Registration Register(LedgerTransaction transaction, ProtectedKey key, DeclaredHistory lowWatermark, StartingPoint? from)
    {
        var store = HistoryStore.Anew(transaction);
        var share = store.Find(key.PublicKey);
        var group = key.GroupKey is { } groupKey ? store.Find(groupKey) : null;
        if (share?.State is KeyState.Retired or KeyState.Retiring or KeyState.Releasing or KeyState.Parked or KeyState.Exported)
        {
            return new Registration.WasRetired();
        }

        if (!FitTogether(transaction, key, share, group))
        {
            return new Registration.OtherGroup();
        }

        if (
            Contradiction(
                lowWatermark,
                isKnown: share is not null || group is not null,
                hasHistory: share is { History.HasLowWatermark: true } || group is { History.HasLowWatermark: true }
            ) is
            { } contradiction
        )
        {
            return contradiction;
        }

        var validator = group?.History.Id ?? share?.History.Id ?? KeyTable.AddValidator(transaction);
        if (share is not null && share.History.Id != validator)
        {
            HistoryLowWatermarks.Merge(transaction, share.History.Id, validator);
        }

        KeyTable.Put(
            transaction,
            key.PublicKey,
            validator,
            share?.State == KeyState.Active ? KeyState.Active : KeyState.Enrolling,
            isGroup: false
        );
        if (key.GroupKey is { } named && named != key.PublicKey)
        {
            KeyTable.Put(transaction, named, validator, KeyState.HistoryOnly, isGroup: true);
        }

        if (lowWatermark == DeclaredHistory.FromNow)
        {
            RaiseTo(transaction, validator, from);
        }

        return new Registration.Enrolled();
    }

    /// <summary>What is stated about the past, held against what is known; null when the two go together.</summary>
    private static Registration? Contradiction(DeclaredHistory lowWatermark, bool isKnown, bool hasHistory) =>
        lowWatermark switch
        {
            DeclaredHistory.FromHistory => hasHistory ? null : new Registration.NoLowWatermark(),
            DeclaredHistory.NeverSigned => hasHistory ? new Registration.HasHistory() : null,
            DeclaredHistory.Continued => isKnown ? null : new Registration.NoLowWatermark(),
            DeclaredHistory.FromNow => null,
            _ => throw new UnreachableException(),
        };

    /// <summary>
    /// A group key never signs by itself, a share key is nobody's group key, and a share belongs to one group for life. A whole key that
    /// was taken out becomes the group key of its shares: its history is the validator's own, and as a group key it never signs again.
    /// </summary>
    private static bool FitTogether(
        LedgerTransaction transaction,
        ProtectedKey key,
        HistoryStore.KeyEntry? share,
        HistoryStore.KeyEntry? group
    )
    {
        if (
            share is { IsGroup: true }
            || (
                group is { IsGroup: false, State: not (KeyState.HistoryOnly or KeyState.Retired or KeyState.Released) }
                && key.GroupKey != key.PublicKey
            )
        )
        {
            return false;
        }

        return key.GroupKey is not { } groupKey
            || share is null
            || KeyTable.GroupOf(transaction, share.History.Id) is not { } known
            || known == groupKey;
    }
}
