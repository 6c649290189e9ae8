using RemoteSigner.Ledgers;
using RemoteSigner.Spec;

namespace RemoteSigner.Slashing.Store;

/// <summary>The newest of every key's history (null: none).</summary>
internal readonly record struct NewestNumbers(BlsPublicKey Key, long? Source, long? Target, long? Slot)
{
    /// <summary>
    /// In the order of the keys, of what lies before an epoch and a slot. A low watermark stands for records that were dropped, so it
    /// counts like one.
    /// </summary>
    public static IEnumerable<NewestNumbers> Read(LedgerTransaction transaction, long beforeEpoch, long beforeSlot)
    {
        var recent = RecentNumbers.Read(transaction, beforeEpoch);
        var rows = transaction
            .Statement(
                """
                SELECT k.key, v.id,
                    coalesce(max(a.source, v.source), a.source, v.source),
                    coalesce(max(a.target, v.target), a.target, v.target),
                    coalesce(max(b.slot, v.slot), b.slot, v.slot)
                FROM public_key k
                    JOIN (SELECT id, iif(source_low_watermark < ?1, source_low_watermark, NULL) AS source, iif(target_low_watermark < ?1, target_low_watermark,
                        NULL) AS target, iif(slot_low_watermark < ?2, slot_low_watermark, NULL) AS slot
                        FROM validator) v ON v.id = k.validator
                    LEFT JOIN (SELECT validator, max(source) AS source, max(target) AS target FROM attestation WHERE target < ?1
                        GROUP BY validator) a ON a.validator = v.id
                    LEFT JOIN (SELECT validator, max(slot) AS slot FROM block WHERE slot < ?2 GROUP BY validator) b ON b.validator = v.id
                ORDER BY k.key
                """
            )
            .Bind(1, beforeEpoch)
            .Bind(2, beforeSlot);
        while (rows.Step())
        {
            var (source, target) = (rows.NumberOrNull(2), rows.NumberOrNull(3));
            if (recent.TryGetValue(rows.Number(1), out var votes))
            {
                (source, target) = (Math.Max(source ?? -1, votes.Source), Math.Max(target ?? -1, votes.Target));
            }

            yield return new NewestNumbers(new BlsPublicKey(rows.Blob(0)), source, target, rows.NumberOrNull(4));
        }
    }
}
