include "Histories.dfy"

// The ledger as a whole: which key belongs to which history, what a key may do, and what is decided. As SlashingProtection and KeyEnrolling have it; all of it runs.
module Ledgers {
  import opened Rules
  import opened Histories

  type Key = nat

  datatype KeyState = HistoryOnly | Enrolling | Active | Retiring | Retired | Releasing | Released | Parked | Exported

  datatype KeyEntry = KeyEntry(history: nat, state: KeyState, isGroup: bool)

  datatype Ledger = Ledger(start: nat, keys: map<Key, KeyEntry>, histories: map<nat, History>, next: nat, floor: Option<SignedBounds>, high: Option<HighWatermark>)

  const Empty: Ledger := Ledger(0, map[], map[], 0, None, None)

  // ---- asking for leave to sign

  // Only an active key, and only where the group that the request names is the one it was registered with.
  predicate MayAsk(l: Ledger, key: Key, group: Option<Key>) {
    && key in l.keys && l.keys[key].state == Active && l.keys[key].history in l.histories
    && (group.Some? ==> group.value in l.keys && l.keys[group.value].history == l.keys[key].history)
  }

  function Judge(l: Ledger, key: Key, group: Option<Key>, d: Duty): Verdict {
    if !MayAsk(l, key, group) then Refused(KeyNotActive)
    else if BelowFloor(l.floor, d) then Refused(BelowGlobalLowWatermark)
    else DecideDuty(l.histories[l.keys[key].history], l.high, d)
  }

  // What is allowed is recorded, and the record is on disk before the answer.
  function Permit(l: Ledger, key: Key, group: Option<Key>, d: Duty): (Verdict, Ledger) {
    var verdict := Judge(l, key, group, d);
    (verdict, if verdict == Allowed(false) then Put(l, l.keys[key].history, RecordDuty(l.histories[l.keys[key].history], d)) else l)
  }

  function Put(l: Ledger, id: nat, h: History): Ledger { l.(histories := l.histories[id := h]) }

  // ---- keys

  // What is stated about the past of a key that comes in.
  datatype Stated = FromHistory | NeverSigned | FromNow(slot: nat, vote: VoteFloor) | Continued

  datatype Registration = Enrolled | NoLowWatermark | HasHistory | WasRetired | OtherGroup

  predicate HasFloor(l: Ledger, key: Key) {
    key in l.keys && l.keys[key].history in l.histories && !IsEmpty(l.histories[l.keys[key].history])
  }

  predicate IsGroupOf(l: Ledger, group: Key, id: nat) { group in l.keys && l.keys[group].isGroup && l.keys[group].history == id }

  predicate FitTogether(l: Ledger, key: Key, group: Option<Key>) {
    && !(key in l.keys && l.keys[key].isGroup)
    && !(group.Some? && group.value != key && group.value in l.keys && !l.keys[group.value].isGroup && l.keys[group.value].state !in {HistoryOnly, Retired, Released})
    && (group.Some? && key in l.keys && (exists g <- l.keys.Keys :: IsGroupOf(l, g, l.keys[key].history)) ==> IsGroupOf(l, group.value, l.keys[key].history))
  }

  function Objection(l: Ledger, key: Key, group: Option<Key>, stated: Stated): Option<Registration> {
    var known := key in l.keys || (group.Some? && group.value in l.keys);
    var hasHistory := HasFloor(l, key) || (group.Some? && HasFloor(l, group.value));
    if key in l.keys && l.keys[key].state in {Retired, Retiring, Releasing, Parked, Exported} then Some(WasRetired)
    else if !FitTogether(l, key, group) then Some(OtherGroup)
    else match stated
      case FromHistory => if hasHistory then None else Some(NoLowWatermark)
      case NeverSigned => if hasHistory then Some(HasHistory) else None
      case Continued => if known then None else Some(NoLowWatermark)
      case FromNow(_, _) => None
  }

  // KeyEnrolling.Register: history belongs to the group key when that is known, and the histories of a share and its group are joined.
  function Register(l: Ledger, key: Key, group: Option<Key>, stated: Stated): (Registration, Ledger) {
    var objection := Objection(l, key, group, stated);
    if objection.Some? then (objection.value, l)
    else
      var (id, found) := Home(l, key, group);
      var joined := if key in found.keys && found.keys[key].history != id then Join(found, found.keys[key].history, id) else found;
      var state := if key in l.keys && l.keys[key].state == Active then Active else Enrolling;
      var keyed := joined.(keys := joined.keys[key := KeyEntry(id, state, false)]);
      var grouped := if group.Some? && group.value != key then keyed.(keys := keyed.keys[group.value := KeyEntry(id, HistoryOnly, true)]) else keyed;
      (Enrolled, if stated.FromNow? && id in grouped.histories then Put(grouped, id, Raise(grouped.histories[id], Some(stated.slot), Some(stated.vote))) else grouped)
  }

  function Home(l: Ledger, key: Key, group: Option<Key>): (nat, Ledger) {
    if group.Some? && group.value in l.keys then (l.keys[group.value].history, l)
    else if key in l.keys then (l.keys[key].history, l)
    else AddHistory(l)
  }

  function AddHistory(l: Ledger): (nat, Ledger) { (l.next, l.(histories := l.histories[l.next := Nothing], next := l.next + 1)) }

  // All keys and records of one history go over into another.
  function Join(l: Ledger, gone: nat, into: nat): Ledger {
    if gone !in l.histories || into !in l.histories then l
    else l.(
      keys := map k | k in l.keys :: if l.keys[k].history == gone then l.keys[k].(history := into) else l.keys[k],
      histories := (l.histories - {gone})[into := Merge(l.histories[into], l.histories[gone])])
  }

  // GroupRelease: a share leaves a group that was never its own, on a person's word, and takes its history along; the group keeps a copy, of which nothing is granted again.
  // None: other shares signed under that group, so that nobody can tell whose history is whose.
  function Release(l: Ledger, share: Key, group: Option<Key>): Option<Ledger> {
    if share !in l.keys || l.keys[share].isGroup || l.keys[share].history !in l.histories then Some(l)
    else
      var id := l.keys[share].history;
      if !(exists g <- l.keys.Keys :: IsGroupOf(l, g, id)) || (group.Some? && IsGroupOf(l, group.value, id)) then Some(l)
      else if exists k <- l.keys.Keys :: k != share && !l.keys[k].isGroup && l.keys[k].history == id then None
      else Some(l.(
        keys := map k | k in l.keys :: if l.keys[k].isGroup && l.keys[k].history == id then l.keys[k].(history := l.next) else l.keys[k],
        histories := l.histories[l.next := Disown(l.histories[id])],
        next := l.next + 1))
  }

  // The life of a share key. A group key has none: it never signs.
  predicate MayBecome(from: KeyState, to: KeyState) {
    match to
    case Active => from == Enrolling
    case Retiring => from in {Active, Enrolling, Parked, Exported}
    case Releasing => from in {Active, Enrolling, Parked}
    case Retired => from in {Retiring, Active, Enrolling}
    case Released => from in {Releasing, Retired}
    case Parked => from in {Active, Enrolling, Exported}
    case Exported => from in {Active, Exported}
    case Enrolling => from in {Parked, Exported}
    case HistoryOnly => false
  }

  function Become(l: Ledger, key: Key, to: KeyState): Ledger {
    if key in l.keys && !l.keys[key].isGroup && MayBecome(l.keys[key].state, to) then l.(keys := l.keys[key := l.keys[key].(state := to)]) else l
  }

  // ---- histories

  function Prune(l: Ledger, keepEpochs: nat): Ledger { l.(histories := map i | i in l.histories :: Histories.Prune(l.histories[i], keepEpochs)) }

  function RaiseLow(l: Ledger, key: Key, slot: Option<nat>, epoch: Option<nat>): Ledger {
    if key in l.keys && l.keys[key].history in l.histories then
      Put(l, l.keys[key].history, Raise(l.histories[l.keys[key].history], slot, if epoch.Some? then Some(VoteFloor(epoch.value, epoch.value)) else None))
    else l
  }

  // What an interchange file says, each key once, and who brings it: the keys it may speak for (None: all), and the newest slot and epoch that anybody can have signed by now.
  datatype Terms = Terms(only: Option<set<Key>>, limit: Option<HighWatermark>, floorsAtLowest: bool)

  datatype Line = Line(key: Key, told: Imported)

  datatype Taken = BeyondLimit | Contradiction | Taken(ledger: Ledger)

  function SpokenFor(file: seq<Line>, only: Option<set<Key>>): seq<Line> {
    if |file| == 0 then []
    else
      var rest := SpokenFor(file[..|file| - 1], only);
      if only.None? || file[|file| - 1].key in only.value then rest + [file[|file| - 1]] else rest
  }

  predicate IsBeyond(told: Imported, limit: HighWatermark) {
    (exists b <- told.blocks :: b.slot > limit.slot) || (exists v <- told.votes :: v.source > limit.epoch || v.target > limit.epoch)
  }

  function Import(l: Ledger, file: seq<Line>, terms: Terms): Taken {
    var lines := SpokenFor(file, terms.only);
    if terms.limit.Some? && (exists line <- lines :: IsBeyond(line.told, terms.limit.value)) then BeyondLimit
    else if exists line <- lines :: line.key in l.keys && l.keys[line.key].history in l.histories && Contradicts(l.histories[l.keys[line.key].history], line.told) then Contradiction
    else Taken(TakeAll(l, lines, terms.floorsAtLowest))
  }

  function TakeAll(l: Ledger, lines: seq<Line>, floorsAtLowest: bool): Ledger {
    if |lines| == 0 then l else TakeLine(TakeAll(l, lines[..|lines| - 1], floorsAtLowest), lines[|lines| - 1], floorsAtLowest)
  }

  // History of a key that is not known waits for it.
  function TakeLine(l: Ledger, line: Line, floorsAtLowest: bool): Ledger {
    if line.key in l.keys then
      var id := l.keys[line.key].history;
      if id in l.histories then Put(l, id, Histories.Import(l.histories[id], line.told, floorsAtLowest)) else l
    else
      var (id, added) := AddHistory(l);
      Put(added.(keys := added.keys[line.key := KeyEntry(id, HistoryOnly, false)]), id, Histories.Import(Nothing, line.told, floorsAtLowest))
  }

  // ---- the floor under all keys

  function RaiseFloor(l: Ledger, floor: SignedBounds): Ledger {
    l.(floor := Some(if l.floor.None? then floor else SignedBounds(Max(floor.fence, l.floor.value.fence), Max(floor.source, l.floor.value.source))))
  }

  // SlashingProtection.EndFloorIfComplete, once the awaited marks are there: every history stands at its newest numbers, and an earlier floor stays. No step of the world in Laws.dfy.
  function EndFloor(l: Ledger, beneath: Option<SignedBounds>): Ledger {
    l.(floor := beneath, histories := map i | i in l.histories :: RaiseToNewest(l.histories[i]))
  }

  function RaiseToNewest(h: History): History {
    Raise(h,
      if NewestSlot(h.blocks) < 0 then None else Some(NewestSlot(h.blocks)),
      if NewestSource(h.votes) < 0 || NewestTarget(h.votes) < 0 then None else Some(VoteFloor(NewestSource(h.votes), NewestTarget(h.votes))))
  }
}
