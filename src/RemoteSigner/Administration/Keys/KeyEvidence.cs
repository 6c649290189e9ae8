using RemoteSigner.Audit;
using RemoteSigner.Ledgers;
using RemoteSigner.Slashing;
using RemoteSigner.Spec;

namespace RemoteSigner.Administration.Keys;

/// <summary>The entries about keys that begin to sign and those that are parked for them, and what is kept of the parked ones.</summary>
internal static class KeyEvidence
{
    /// <param name="yielded">Those of the parked ones whose place nobody took: they had come without a document.</param>
    public static long Write(
        Proceeding proceeding,
        LedgerTransaction transaction,
        KeyTurnover turnover,
        DateTimeOffset? until = null,
        string? detail = null,
        IReadOnlyCollection<BlsPublicKey>? yielded = null
    )
    {
        var last = Park(
            proceeding,
            transaction,
            [.. turnover.Parked.Except(yielded ?? [])],
            until,
            "other shares of their validators took their place; until "
                + $"{(until is { } end ? $"{end:u}, or " : "")}'cluster commit' or 'cluster revert'"
        );
        last = Math.Max(
            last,
            Park(
                proceeding,
                transaction,
                [.. turnover.Parked.Intersect(yielded ?? [])],
                null,
                "they came without a document, and it is known now that other shares of their validators "
                    + "sign here; until 'cluster commit', 'cluster revert' or 'keys delete'"
            )
        );
        return turnover.Activated.Count == 0
            ? last
            : proceeding.Append(transaction, AuditActions.KeyActive, entry => entry with { Keys = turnover.Activated, Detail = detail });
    }

    private static long Park(
        Proceeding proceeding,
        LedgerTransaction transaction,
        IReadOnlyList<BlsPublicKey> keys,
        DateTimeOffset? until,
        string detail
    )
    {
        if (keys.Count == 0)
        {
            return 0;
        }

        var vault = proceeding.Vault;
        foreach (var set in keys.Where(key => vault.Find(key) is not null).GroupBy(key => vault.Find(key)!.Membership?.ClusterHash))
        {
            var successor = set.SelectMany(key => SlashingProtection.SignBeside(transaction, key))
                .Select(other => vault.Find(other)?.Membership?.ClusterHash)
                .FirstOrDefault(cluster => cluster is not null);
            ParkedSets.Put(transaction, new ParkedSet(set.Key, proceeding.Clock.Moment, until, successor));
        }

        return proceeding.Append(transaction, AuditActions.KeyPark, entry => entry with { Keys = keys, Detail = detail });
    }
}
