include "Ledgers.dfy"

// What the witness outside keeps, how a start is judged by it, and what the fence lets pass. As FenceRecord, StartRules, StartProtocol and Fence have it; all of it runs.
module Fences {
  import opened Rules
  import opened Ledgers

  // The one record beside the count: who wrote it (start and run), which of the run's writes it is, what everything signed lies within,
  // and after an orderly stop the ledger that was stopped (its newest audit entry commits to all of it).
  datatype Record = Record(start: nat, run: nat, write: nat, bounds: SignedBounds, stop: Option<Ledger>)

  datatype Decision = Refuse | RaiseLowWatermarks | Serve

  predicate SameButStart(a: Ledger, b: Ledger) { a.(start := 0) == b.(start := 0) }

  // StartRules.Decide. A record that is not of the newest start is refused: that start died before its record was written, or an older signer wrote over it, late.
  function Decide(l: Ledger, count: nat, record: Record): Decision {
    if l.start < count || l.start > count + 1 || record.start != count then Refuse
    else if record.stop.Some? && SameButStart(l, record.stop.value) then Serve
    else RaiseLowWatermarks
  }

  // What the ledger writes before the witness counts: the number of the start and the floors, in one transaction.
  function Note(l: Ledger, start: nat, decision: Decision, record: Record): Ledger {
    (if decision.RaiseLowWatermarks? then RaiseFloor(l, record.bounds) else l).(start := start)
  }

  predicate AtMost(a: SignedBounds, b: SignedBounds) { a.fence <= b.fence && a.source <= b.source }

  predicate FloorAtLeast(floor: Option<SignedBounds>, b: SignedBounds) { floor.Some? && AtMost(b, floor.value) }
}
