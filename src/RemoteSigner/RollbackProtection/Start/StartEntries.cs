using RemoteSigner.Ledgers;
using RemoteSigner.Slashing;

namespace RemoteSigner.RollbackProtection;

/// <summary>
/// What a start writes into the audit log: the start with its low watermarks and the end of low watermarks in the transactions that make
/// them, a refusal before it is told.
/// </summary>
public sealed record StartEntries(
    EvidenceWriter<CountedStart> Counted,
    EvidenceWriter<GlobalLowWatermark> Completed,
    Func<RollbackRefusal, Task> RefuseAsync
);

/// <summary>A start that the ledger knows from now on, before the anchor counts it.</summary>
/// <param name="Start">Its number, and where it is counted.</param>
/// <param name="Decision">To serve, or to serve above low watermarks.</param>
/// <param name="Found">What the anchor showed before.</param>
public sealed record CountedStart(LedgerStart Start, StartDecision Decision, RollbackAnchorReading Found);
