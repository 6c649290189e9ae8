using RemoteSigner.Ledgers;

namespace RemoteSigner.Slashing.Store;

/// <summary>The newest of every key's history.</summary>
internal static class NewestNumbers
{
    /// <summary>
    /// Rows of key, source, target and slot (null: none) in the order of the keys, of what lies before an epoch and a slot. A floor stands for records that were dropped, so it counts like one.
    /// </summary>
    public static LedgerStatement Select(LedgerTransaction transaction, long beforeEpoch, long beforeSlot) => transaction.Statement("""
        SELECT k.key,
            coalesce(max(a.source, v.source), a.source, v.source),
            coalesce(max(a.target, v.target), a.target, v.target),
            coalesce(max(b.slot, v.slot), b.slot, v.slot)
        FROM public_key k
            JOIN (SELECT id, iif(source_floor < ?1, source_floor, NULL) AS source, iif(target_floor < ?1, target_floor, NULL) AS target, iif(slot_floor < ?2, slot_floor, NULL) AS slot
                FROM validator) v ON v.id = k.validator
            LEFT JOIN (SELECT validator, max(source) AS source, max(target) AS target FROM attestation WHERE target < ?1 GROUP BY validator) a ON a.validator = v.id
            LEFT JOIN (SELECT validator, max(slot) AS slot FROM block WHERE slot < ?2 GROUP BY validator) b ON b.validator = v.id
        ORDER BY k.key
        """).Bind(1, beforeEpoch).Bind(2, beforeSlot);
}
