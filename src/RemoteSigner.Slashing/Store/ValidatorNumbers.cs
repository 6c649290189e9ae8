using RemoteSigner.Ledgers;
using RemoteSigner.Spec;

namespace RemoteSigner.Slashing.Store;

/// <summary>Every validator's history in numbers.</summary>
internal static class ValidatorNumbers
{
    public static List<ValidatorStatus> All(LedgerTransaction transaction)
    {
        var recent = RecentNumbers.Read(transaction, long.MaxValue);
        return
        [
            .. KeyTable
                .All(transaction)
                .Select(key => key.Validator)
                .Distinct()
                .Select(validator => Of(transaction, validator, recent.GetValueOrDefault(validator, new RecentNumbers(0, -1, -1)))),
        ];
    }

    private static ValidatorStatus Of(LedgerTransaction transaction, long validator, RecentNumbers recent)
    {
        var keys = new List<ValidatorStatus.Key>();
        var rows = transaction
            .Statement("SELECT key, state, is_group FROM public_key WHERE validator = ?1 ORDER BY is_group, key")
            .Bind(1, validator);
        while (rows.Step())
        {
            keys.Add(new ValidatorStatus.Key(new BlsPublicKey(rows.Blob(0)), (KeyState)rows.Number(1), rows.Number(2) != 0));
        }

        var row = transaction
            .Statement(
                """
                SELECT v.slot_low_watermark, v.source_low_watermark, v.target_low_watermark, b.n, b.slot, a.n, a.source, a.target
                FROM validator v,
                    (SELECT count(*) AS n, max(slot) AS slot FROM block WHERE validator = ?1) b,
                    (SELECT count(*) + ?2 AS n, nullif(max(coalesce(max(source), -1), ?3), -1) AS source,
                        nullif(max(coalesce(max(target), -1), ?4), -1) AS target FROM attestation WHERE validator = ?1) a
                WHERE v.id = ?1
                """
            )
            .Bind(1, validator)
            .Bind(2, recent.Count)
            .Bind(3, recent.Source)
            .Bind(4, recent.Target);
        _ = row.Step();
        var status = new ValidatorStatus(
            keys,
            row.Number(3),
            SlotAt(row, 4),
            SlotAt(row, 0),
            row.Number(5),
            EpochAt(row, 6),
            EpochAt(row, 7),
            EpochAt(row, 1),
            EpochAt(row, 2)
        );
        row.Reset();
        return status;
    }

    private static Slot? SlotAt(LedgerStatement row, int column) => row.NumberOrNull(column) is { } number ? new Slot((ulong)number) : null;

    private static Epoch? EpochAt(LedgerStatement row, int column) =>
        row.NumberOrNull(column) is { } number ? new Epoch((ulong)number) : null;
}
