namespace RemoteSigner.Oracle;

/// <summary>
/// The record of an anchor: start, run and write that it is of, its bounds, and after an orderly stop the ledger that was stopped (null:
/// none).
/// </summary>
public sealed record ModelRecord(long Start, int Run, int Write, ModelBounds Bounds, IModelLedger? Stop);
