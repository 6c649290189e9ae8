namespace RemoteSigner.Slashing;

/// <summary>
/// The edges of one validator's history: its low watermarks (null: none yet) and the newest of what is recorded (-1: nothing). A duty
/// beyond all edges needs no look into the tables. Kept in the ledger's memory, so that it can never outlive a rollback.
/// </summary>
internal sealed class ValidatorHistory(long id)
{
    public long Id { get; } = id;

    public long? SlotLowWatermark { get; set; }

    public long? SourceLowWatermark { get; set; }

    public long? TargetLowWatermark { get; set; }

    /// <summary>Wherever there is a record there is a low watermark, so without one nothing is known.</summary>
    public bool HasLowWatermark => SlotLowWatermark is not null || TargetLowWatermark is not null;

    public long NewestSlot { get; set; } = -1;

    public long NewestSource { get; set; } = -1;

    public long NewestTarget { get; set; } = -1;

    /// <summary>A first block gives the low watermark: everything below it is unknown (EIP-3076 condition 2).</summary>
    public bool NoteBlock(long slot)
    {
        var first = SlotLowWatermark is null;
        SlotLowWatermark ??= slot;
        NewestSlot = Math.Max(NewestSlot, slot);
        return first;
    }

    /// <summary>A first vote gives both low watermarks (EIP-3076 conditions 4 and 5).</summary>
    public bool NoteAttestation(long source, long target)
    {
        var first = TargetLowWatermark is null;
        SourceLowWatermark ??= source;
        TargetLowWatermark ??= target;
        NewestSource = Math.Max(NewestSource, source);
        NewestTarget = Math.Max(NewestTarget, target);
        return first;
    }
}
