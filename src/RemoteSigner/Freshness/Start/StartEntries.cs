using RemoteSigner.Ledgers;
using RemoteSigner.Slashing;

namespace RemoteSigner.Freshness;

/// <summary>
/// What a start writes into the audit log: the start with its floors and the end of floors in the transactions that make them, a refusal
/// before it is told.
/// </summary>
public sealed record StartEntries(
    EvidenceWriter<CountedStart> Counted,
    EvidenceWriter<GlobalFloor> Completed,
    Func<FreshnessRefusal, Task> RefuseAsync
);

/// <summary>A start that the ledger knows from now on, before the witness counts it.</summary>
/// <param name="Start">Its number, and where it is counted.</param>
/// <param name="Decision">To serve, or to serve above floors.</param>
/// <param name="Found">What the witness showed before.</param>
public sealed record CountedStart(LedgerStart Start, StartDecision Decision, WitnessReading Found);
