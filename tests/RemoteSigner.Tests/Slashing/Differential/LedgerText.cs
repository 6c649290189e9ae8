using RemoteSigner.Ledgers;
using RemoteSigner.Oracle;
using RemoteSigner.Slashing;
using RemoteSigner.Slashing.Store;
using RemoteSigner.Spec;

namespace RemoteSigner.Tests.Slashing.Differential;

/// <summary>The program's ledger in the lines that <see cref="IModelLedger.Describe"/> makes of the model's.</summary>
internal static class LedgerText
{
    public static List<string> Of(LedgerTransaction transaction, Book book)
    {
        var lowWatermark = HistoryStore.Anew(transaction).RollbackProtection.LowWatermark;
        var lines = new List<string> { ModelText.Head(High(transaction), lowWatermark is null ? null : Book.Of(lowWatermark.Lost)) };
        var keys = Keys(transaction);
        lines.AddRange(keys.Select(key => ModelText.Key(key.Number, key.State.ToString(), key.IsGroup)));
        foreach (var shared in keys.GroupBy(key => key.Validator, key => key.Number))
        {
            lines.Add(History(transaction, shared));
            lines.AddRange(Records(transaction, shared.Key, book).Order(StringComparer.Ordinal));
        }

        return lines;
    }

    private static (long Slot, long Epoch)? High(LedgerTransaction transaction) =>
        HistoryStore.Anew(transaction).Chain.High is { } high ? ((long)high.Slot.Value, (long)high.Epoch.Value) : null;

    private static List<(int Number, long Validator, KeyState State, bool IsGroup)> Keys(LedgerTransaction transaction)
    {
        var keys = new List<(int Number, long Validator, KeyState State, bool IsGroup)>();
        var rows = transaction.Statement("SELECT key, validator, state, is_group FROM public_key");
        while (rows.Step())
        {
            keys.Add((rows.Blob(0)[1], rows.Number(1), (KeyState)rows.Number(2), rows.Number(3) != 0));
        }

        keys.Sort();
        return keys;
    }

    private static string History(LedgerTransaction transaction, IGrouping<long, int> shared)
    {
        var row = transaction
            .Statement("SELECT slot_low_watermark, source_low_watermark, target_low_watermark FROM validator WHERE id = ?1")
            .Bind(1, shared.Key);
        _ = row.Step();
        var (slot, source, target) = (row.NumberOrNull(0), row.NumberOrNull(1), row.NumberOrNull(2));
        row.Reset();
        return ModelText.History(shared, slot, source is { } s && target is { } t ? (s, t) : null);
    }

    private static List<string> Records(LedgerTransaction transaction, long validator, Book book)
    {
        var lines = new List<string>();
        var rows = transaction
            .Statement(
                """
                SELECT 1, 0, slot, root, evidence IS NOT NULL FROM block WHERE validator = ?1
                UNION ALL SELECT 0, source, target, root, evidence IS NOT NULL FROM attestation WHERE validator = ?1
                UNION ALL SELECT 0, source, target, root, evidence IS NOT NULL FROM recent_vote WHERE validator = ?1
                """
            )
            .Bind(1, validator);
        while (rows.Step())
        {
            int? root = rows.Blob(3).IsEmpty ? null : book.NumberOf(new Root(rows.Blob(3)));
            lines.Add(ModelText.Record(new ModelDuty(rows.Number(0) != 0, rows.Number(1), rows.Number(2), root), rows.Number(4) != 0));
        }

        return lines;
    }
}
