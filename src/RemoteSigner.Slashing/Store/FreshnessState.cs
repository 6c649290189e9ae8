using RemoteSigner.Ledgers;
using RemoteSigner.Spec;

namespace RemoteSigner.Slashing.Store;

/// <summary>The one row about freshness: the newest start, and the floor under all keys.</summary>
internal sealed class FreshnessState
{
    private readonly LedgerTransaction _transaction;

    public FreshnessState(LedgerTransaction transaction)
    {
        _transaction = transaction;
        var row = transaction.Statement(
            "SELECT vault, witness, start, vault_generation, floor, floor_reason, awaited_marks, "
                + "floor_beneath, floor_source, floor_beneath_source FROM freshness"
        );
        _ = row.Step();
        Start = row.IsNull(0)
            ? null
            : new LedgerStart(new Guid(row.Blob(0), bigEndian: true), row.Text(1), (ulong)row.Number(2), (ulong)row.Number(3));
        Floor = row.IsNull(4)
            ? null
            : new GlobalFloor(
                Bounds(row.Number(4), row.NumberOrNull(8)),
                row.Text(5),
                row.IsNull(6) ? null : new Root(row.Blob(6)),
                row.NumberOrNull(7) is { } beneath ? Bounds(beneath, row.NumberOrNull(9)) : null
            );
        row.Reset();
    }

    public LedgerStart? Start { get; private set; }

    public GlobalFloor? Floor { get; private set; }

    public void SetStart(LedgerStart start)
    {
        _transaction
            .Statement("UPDATE freshness SET vault = ?1, witness = ?2, start = ?3, vault_generation = ?4")
            .Bind(1, start.VaultId.ToByteArray(bigEndian: true))
            .Bind(2, start.Witness)
            .Bind(3, StoredNumber.From(start.Start))
            .Bind(4, StoredNumber.From(start.VaultGeneration))
            .Execute();
        Start = start;
    }

    public void RemoveStart()
    {
        _transaction.Statement("UPDATE freshness SET vault = NULL, witness = NULL, start = NULL, vault_generation = NULL").Execute();
        Start = null;
    }

    public void SetFloor(GlobalFloor? floor)
    {
        var row = _transaction
            .Statement(
                "UPDATE freshness SET floor = ?1, floor_reason = ?2, awaited_marks = ?3, "
                    + "floor_beneath = ?4, floor_source = ?5, floor_beneath_source = ?6"
            )
            .Bind(1, Number(floor?.Fence))
            .Bind(4, Number(floor?.Beneath?.Fence))
            .Bind(5, Number(floor?.LowestSource))
            .Bind(6, Number(floor?.Beneath?.Source));
        _ = floor is null ? row.BindNull(2) : row.Bind(2, floor.Reason);
        _ = floor?.AwaitedMarks is { } marks ? row.Bind(3, marks.Bytes) : row.BindNull(3);
        row.Execute();
        Floor = floor;
    }

    /// <summary>Has a vote signed here passed this floor? What was imported says nothing about the chain.</summary>
    public bool IsPassed(GlobalFloor floor)
    {
        var row = _transaction
            .Statement(
                """
                SELECT EXISTS (SELECT 1 FROM recent_vote WHERE target >= ?1 AND source >= ?2) OR EXISTS (SELECT 1 FROM attestation
                    WHERE evidence IS NOT NULL AND target >= ?1 AND source >= ?2)
                """
            )
            .Bind(1, StoredNumber.From(floor.Fence.Value))
            .Bind(2, StoredNumber.From(floor.LowestSource.Value));
        _ = row.Step();
        var passed = row.Number(0) != 0;
        row.Reset();
        return passed;
    }

    // A floor from before there was a column for its source.
    private static SignedBounds Bounds(long fence, long? source) =>
        source is { } known
            ? new SignedBounds(new Epoch((ulong)fence), new Epoch((ulong)known))
            : SignedBounds.Before(new Epoch((ulong)fence));

    private static long? Number(Epoch? epoch) => epoch is { } known ? StoredNumber.From(known.Value) : null;
}
