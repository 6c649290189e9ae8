using RemoteSigner.Ledgers;
using RemoteSigner.Spec;

namespace RemoteSigner.Slashing.Store;

/// <summary>The one row about rollback protection: the newest start, and the low watermark under all keys.</summary>
internal sealed class StartRow
{
    private readonly LedgerTransaction _transaction;

    public StartRow(LedgerTransaction transaction)
    {
        _transaction = transaction;
        var row = transaction.Statement(
            "SELECT vault, anchor, start, vault_generation, low_watermark, low_watermark_reason, awaited_marks, "
                + "low_watermark_beneath, low_watermark_source, low_watermark_beneath_source FROM rollback_protection"
        );
        _ = row.Step();
        Start = row.IsNull(0)
            ? null
            : new LedgerStart(new Guid(row.Blob(0), bigEndian: true), row.Text(1), (ulong)row.Number(2), (ulong)row.Number(3));
        LowWatermark = row.IsNull(4)
            ? null
            : new GlobalLowWatermark(
                Bounds(row.Number(4), row.NumberOrNull(8)),
                row.Text(5),
                row.IsNull(6) ? null : new Root(row.Blob(6)),
                row.NumberOrNull(7) is { } beneath ? Bounds(beneath, row.NumberOrNull(9)) : null
            );
        row.Reset();
    }

    public LedgerStart? Start { get; private set; }

    public GlobalLowWatermark? LowWatermark { get; private set; }

    public void SetStart(LedgerStart start)
    {
        _transaction
            .Statement("UPDATE rollback_protection SET vault = ?1, anchor = ?2, start = ?3, vault_generation = ?4")
            .Bind(1, start.VaultId.ToByteArray(bigEndian: true))
            .Bind(2, start.Anchor)
            .Bind(3, StoredNumber.From(start.Start))
            .Bind(4, StoredNumber.From(start.VaultGeneration))
            .Execute();
        Start = start;
    }

    public void RemoveStart()
    {
        _transaction
            .Statement("UPDATE rollback_protection SET vault = NULL, anchor = NULL, start = NULL, vault_generation = NULL")
            .Execute();
        Start = null;
    }

    public void SetLowWatermark(GlobalLowWatermark? lowWatermark)
    {
        var row = _transaction
            .Statement(
                "UPDATE rollback_protection SET low_watermark = ?1, low_watermark_reason = ?2, awaited_marks = ?3, "
                    + "low_watermark_beneath = ?4, low_watermark_source = ?5, low_watermark_beneath_source = ?6"
            )
            .Bind(1, Number(lowWatermark?.Fence))
            .Bind(4, Number(lowWatermark?.Beneath?.Fence))
            .Bind(5, Number(lowWatermark?.LowestSource))
            .Bind(6, Number(lowWatermark?.Beneath?.Source));
        _ = lowWatermark is null ? row.BindNull(2) : row.Bind(2, lowWatermark.Reason);
        _ = lowWatermark?.AwaitedMarks is { } marks ? row.Bind(3, marks.Bytes) : row.BindNull(3);
        row.Execute();
        LowWatermark = lowWatermark;
    }

    /// <summary>Has a vote signed here passed this low watermark? What was imported says nothing about the chain.</summary>
    public bool IsPassed(GlobalLowWatermark lowWatermark)
    {
        var row = _transaction
            .Statement(
                """
                SELECT EXISTS (SELECT 1 FROM recent_vote WHERE target >= ?1 AND source >= ?2) OR EXISTS (SELECT 1 FROM attestation
                    WHERE evidence IS NOT NULL AND target >= ?1 AND source >= ?2)
                """
            )
            .Bind(1, StoredNumber.From(lowWatermark.Fence.Value))
            .Bind(2, StoredNumber.From(lowWatermark.LowestSource.Value));
        _ = row.Step();
        var passed = row.Number(0) != 0;
        row.Reset();
        return passed;
    }

    // A low watermark from before there was a column for its source.
    private static SignedBounds Bounds(long fence, long? source) =>
        source is { } known
            ? new SignedBounds(new Epoch((ulong)fence), new Epoch((ulong)known))
            : SignedBounds.Before(new Epoch((ulong)fence));

    private static long? Number(Epoch? epoch) => epoch is { } known ? StoredNumber.From(known.Value) : null;
}
