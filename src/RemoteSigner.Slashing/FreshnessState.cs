using RemoteSigner.Ledgers;
using RemoteSigner.Spec;

namespace RemoteSigner.Slashing;

/// <summary>The one row about freshness: the newest start, and the floor under all keys.</summary>
internal sealed class FreshnessState
{
    public LedgerStart? Start { get; private set; }

    public GlobalFloor? Floor { get; private set; }

    public static FreshnessState Load(LedgerTransaction transaction)
    {
        var row = transaction.Statement("SELECT vault, witness, start, vault_generation, floor, floor_reason, awaited_marks, floor_beneath, floor_source, floor_beneath_source FROM freshness");
        _ = row.Step();
        var state = new FreshnessState
        {
            Start = row.IsNull(0) ? null : new LedgerStart(new Guid(row.Blob(0), bigEndian: true), row.Text(1), (ulong)row.Number(2), (ulong)row.Number(3)),
            Floor = row.IsNull(4) ? null : new GlobalFloor(
                Bounds(row.Number(4), row.NumberOrNull(8)),
                row.Text(5),
                row.IsNull(6) ? null : new Root(row.Blob(6)),
                row.NumberOrNull(7) is { } beneath ? Bounds(beneath, row.NumberOrNull(9)) : null),
        };
        row.Reset();
        return state;
    }

    public void SetStart(LedgerTransaction transaction, LedgerStart start)
    {
        transaction.Statement("UPDATE freshness SET vault = ?1, witness = ?2, start = ?3, vault_generation = ?4")
            .Bind(1, start.VaultId.ToByteArray(bigEndian: true)).Bind(2, start.Witness)
            .Bind(3, StoredNumber.From(start.Start)).Bind(4, StoredNumber.From(start.VaultGeneration))
            .Execute();
        Start = start;
    }

    public void RemoveStart(LedgerTransaction transaction)
    {
        transaction.Statement("UPDATE freshness SET vault = NULL, witness = NULL, start = NULL, vault_generation = NULL").Execute();
        Start = null;
    }

    public void SetFloor(LedgerTransaction transaction, GlobalFloor? floor)
    {
        var row = transaction.Statement("UPDATE freshness SET floor = ?1, floor_reason = ?2, awaited_marks = ?3, floor_beneath = ?4, floor_source = ?5, floor_beneath_source = ?6")
            .Bind(1, Number(floor?.Fence)).Bind(4, Number(floor?.Beneath?.Fence)).Bind(5, Number(floor?.LowestSource)).Bind(6, Number(floor?.Beneath?.Source));
        _ = floor is null ? row.BindNull(2) : row.Bind(2, floor.Reason);
        _ = floor?.AwaitedMarks is { } marks ? row.Bind(3, marks.Bytes) : row.BindNull(3);
        row.Execute();
        Floor = floor;
    }

    // A floor from before there was a column for its source.
    private static SignedBounds Bounds(long fence, long? source) =>
        source is { } known ? new SignedBounds(new Epoch((ulong)fence), new Epoch((ulong)known)) : SignedBounds.Before(new Epoch((ulong)fence));

    private static long? Number(Epoch? epoch) => epoch is { } known ? StoredNumber.From(known.Value) : null;
}
