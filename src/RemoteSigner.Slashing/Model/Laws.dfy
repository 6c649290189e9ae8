include "Fences.dfy"

// The laws of slashing protection and of the fence, to be read alone. What is decided is in Rules.dfy, what rewrites a history in Histories.dfy, keys and permits in
// Ledgers.dfy, starts and the record of the witness in Fences.dfy. Here stands what the world around them may do, and what is true whatever it does. Every predicate
// under "The laws" is proven in Proofs.dfy.
module Laws {
  import opened Rules
  import opened Histories
  import opened Ledgers
  import opened Fences

  // ---- Words

  // Refused for good: not by the operator's word that signing stops.
  ghost predicate Refuses(h: History, d: Duty) { DecideDuty(h, None, d).Refused? }

  // Granted here and still on record.
  ghost predicate IsOwn(h: History, d: Duty) {
    match d
    case Proposal(b) => BlockRecord(b, true) in h.blocks
    case Attestation(v) => VoteRecord(v, true) in h.votes
  }

  ghost predicate OnRecord(h: History, d: Duty) {
    match d
    case Proposal(b) => exists r <- h.blocks :: r.block == b
    case Attestation(v) => exists r <- h.votes :: r.vote == v
  }

  // What is always true of the tables: a floor where there is a record, no record below a floor, no source after its target, and nothing granted twice over.
  ghost predicate Valid(h: History) {
    && (forall r <- h.votes :: r.vote.source <= r.vote.target && h.voteFloor.Some? && r.vote.source >= h.voteFloor.value.source && r.vote.target >= h.voteFloor.value.target)
    && (forall r <- h.blocks :: h.slotFloor.Some? && r.block.slot >= h.slotFloor.value)
    && (forall d, e | IsOwn(h, d) && IsOwn(h, e) :: !Conflict(d, e))
  }

  ghost predicate ValidLedger(l: Ledger) {
    && (forall k <- l.keys :: l.keys[k].history in l.histories)
    && (forall i <- l.histories :: i < l.next && Valid(l.histories[i]))
  }

  // Everything that contradicts d is refused for good, and nothing of it was granted here.
  ghost predicate Knows(h: History, d: Duty) { forall e | Conflict(d, e) :: Refuses(h, e) && !IsOwn(h, e) }

  // Whatever was refused for good still is, save what was granted here before.
  ghost predicate RefusesNoLess(before: History, after: History) {
    && (forall d | Refuses(before, d) && !IsOwn(before, d) :: Refuses(after, d))
    && (forall d | IsOwn(after, d) :: IsOwn(before, d))
  }

  // A permit that was given: to which key, for which duty, and which keys had their history together then: they are the shares of one validator, and its group key.
  datatype Grant = Grant(key: Key, keys: set<Key>, duty: Duty)

  ghost function KeysWith(l: Ledger, key: Key): set<Key>
    requires key in l.keys
  { set k | k in l.keys && l.keys[k].history == l.keys[key].history }

  // A ledger knows of a grant by the history of each of its keys, or by the floor under all keys.
  ghost predicate LedgerKnows(l: Ledger, g: Grant) {
    || (l.floor.Some? && Within(l.floor.value, g.duty))
    || (forall k <- g.keys :: k in l.keys && l.keys[k].history in l.histories && Knows(l.histories[l.keys[k].history], g.duty))
  }

  // What else than a permit changes a ledger: a key comes in, with its group or alone; a share leaves a group that was never its own; a key goes on in its life; pruning; a raised watermark; an import, whatever the
  // file says; the operator's word that signing stops or goes on.
  opaque ghost predicate Operation(l: Ledger, m: Ledger) {
    || (exists key, group, stated :: m == Register(l, key, group, stated).1)
    || (exists share, group :: Release(l, share, group) == Some(m))
    || (exists key, state :: m == Become(l, key, state))
    || (exists keepEpochs: nat :: m == Ledgers.Prune(l, keepEpochs))
    || (exists key, slot, epoch :: m == RaiseLow(l, key, slot, epoch))
    || (exists file, terms :: Ledgers.Import(l, file, terms) == Taken(m))
    || (exists high :: m == l.(high := high))
  }

  // ---- The world: one witness, and any number of processes that use it, each with a data directory of its own

  // How far a process is. It dies by doing nothing any more.
  datatype Stage = Judged | Noted | Counted | Claimed | Serving | Stopping

  // A process: the number of its start and the run it drew; the record it found; its ledger; the records that may be the one on the witness as far as it knows (of its
  // own writes: the last that it saw there, and those since whose answer was lost); the write under way, and whether it has reached the witness; the duties that it let
  // pass the fence, signed or not; and whether its memory was copied (or is a copy) since it last saw a record on the witness that it alone had sent.
  datatype Life = Life(
    stage: Stage, start: nat, run: nat, found: Record, ledger: Ledger, may: set<Record>, sending: Option<Record>, landed: bool, covered: set<Duty>, twin: bool)

  // The witness (count, record), the processes that ever were, every state that a ledger on a disk ever had, every permit that was ever given; and to speak about them:
  // the runs and the writes that were drawn, which run made which count, the last record that each run wrote, the newest start that opened its fence.
  datatype World = World(
    count: nat, record: Record, lives: map<nat, Life>, disks: set<Ledger>, granted: set<Grant>,
    runs: set<nat>, writes: set<nat>, counts: map<nat, nat>, newest: map<nat, Record>, lead: nat)

  ghost predicate Mine(z: Life, r: Record) { r in z.may || z.sending == Some(r) }

  ghost predicate InTouch(w: World, z: Life) { z.run in w.newest ==> Mine(z, w.newest[z.run]) }

  // An enrolled witness, and nothing granted yet.
  ghost predicate Init(w: World) {
    && w.record.start == w.count && w.lives == map[] && w.granted == {} && (forall l <- w.disks :: ValidLedger(l))
    && w.runs == {w.record.run} && w.writes == {w.record.write} && w.counts == map[] && w.newest == map[] && w.lead == 0
  }

  // A process starts on any state that any ledger ever had, and reads the witness. It draws a run that no other has.
  ghost predicate Begin(w: World, v: World, i: nat, l: Ledger, run: nat) {
    && i !in w.lives && l in w.disks && run !in w.runs && !Decide(l, w.count, w.record).Refuse?
    && v == w.(runs := w.runs + {run}, lives := w.lives[i := Life(Judged, w.count + 1, run, w.record, l, {}, None, false, {}, false)])
  }

  // The ledger writes the number of the start and the floors.
  ghost predicate WriteStart(w: World, v: World, i: nat) {
    && i in w.lives && w.lives[i].stage == Judged && w.lives[i].start > 0
    && var z := w.lives[i];
       var l := Note(z.ledger, z.start, Decide(z.ledger, z.start - 1, z.found), z.found);
       v == w.(disks := w.disks + {l}, lives := w.lives[i := z.(stage := Noted, ledger := l)])
  }

  // The witness counts.
  ghost predicate CountStart(w: World, v: World, i: nat) {
    && i in w.lives && w.lives[i].stage == Noted
    && v == w.(count := w.count + 1, counts := w.counts[w.count + 1 := w.lives[i].run], lives := w.lives[i := w.lives[i].(stage := Counted)])
  }

  // Whether it was counted is not known, or its record was not taken: the number is left behind, as long as nobody has written since, and the next one is noted.
  ghost predicate CountAgain(w: World, v: World, i: nat) {
    && i in w.lives && w.lives[i].stage in {Noted, Counted, Claimed} && w.lives[i].sending.None? && w.record == w.lives[i].found
    && var z := w.lives[i];
       var l := z.ledger.(start := w.count + 1);
       v == w.(disks := w.disks + {l}, lives := w.lives[i := z.(stage := Noted, start := w.count + 1, ledger := l, may := {})])
  }

  // Count and record are read back: the count is that of this start, and the record is the one that was found.
  ghost predicate Claim(w: World, v: World, i: nat) {
    && i in w.lives && w.lives[i].stage == Counted && w.count == w.lives[i].start && w.record == w.lives[i].found
    && v == w.(lives := w.lives[i := w.lives[i].(stage := Claimed)])
  }

  // A record is sent: with a number of its own, never below what was found nor below what was let pass, and after an orderly stop with the ledger as it ended. The source
  // bound may be lower than that of the last record.
  ghost predicate Send(w: World, v: World, i: nat, r: Record) {
    && i in w.lives && w.lives[i].stage in {Claimed, Serving, Stopping} && w.lives[i].sending.None?
    && var z := w.lives[i];
       && r.start == z.start && r.run == z.run && r.write !in w.writes
       && AtMost(z.found.bounds, r.bounds) && (forall d <- z.covered :: Within(r.bounds, d))
       && r.stop == (if z.stage == Stopping then Some(z.ledger) else None)
       && v == w.(writes := w.writes + {r.write}, lives := w.lives[i := z.(sending := Some(r), landed := false)])
  }

  // It reaches the witness, once, however late and whatever has happened there since; on trust only that a copy of the same memory has written nothing since this one looked.
  ghost predicate Land(w: World, v: World, i: nat) {
    && i in w.lives && w.lives[i].sending.Some? && !w.lives[i].landed && InTouch(w, w.lives[i])
    && var r := w.lives[i].sending.value;
       v == w.(record := r, newest := w.newest[w.lives[i].run := r], lives := w.lives[i := w.lives[i].(landed := true)])
  }

  // The answer is lost: it has reached the witness, or never will.
  ghost predicate LoseAnswer(w: World, v: World, i: nat) {
    && i in w.lives && w.lives[i].sending.Some?
    && var z := w.lives[i];
       v == w.(lives := w.lives[i := z.(may := z.may + {z.sending.value}, sending := None)])
  }

  // Count and record are read: the count is that of this start, and the record is one of its own writes. The first time, that opens the fence.
  ghost predicate Look(w: World, v: World, i: nat) {
    && i in w.lives && w.lives[i].stage in {Claimed, Serving} && w.count == w.lives[i].start && Mine(w.lives[i], w.record)
    && var z := w.lives[i];
       var seen := z.sending == Some(w.record);
       v == w.(
         lead := Max(w.lead, z.start),
         lives := w.lives[i := z.(stage := Serving, may := {w.record}, sending := if seen then None else z.sending, twin := z.twin && !seen)])
  }

  // A duty passes the fence: it lies within every record that may be the one on the witness.
  ghost predicate Cover(w: World, v: World, i: nat, d: Duty) {
    && i in w.lives && w.lives[i].stage == Serving && (forall r | Mine(w.lives[i], r) :: Within(r.bounds, d))
    && v == w.(lives := w.lives[i := w.lives[i].(covered := w.lives[i].covered + {d})])
  }

  // A duty that passed the fence is permitted: the ledger with its record is on disk first. The signature leaves, or the process dies before.
  ghost predicate Give(w: World, v: World, i: nat, key: Key, group: Option<Key>, d: Duty, leaves: bool) {
    && i in w.lives && w.lives[i].stage == Serving && d in w.lives[i].covered && Judge(w.lives[i].ledger, key, group, d).Allowed?
    && var z := w.lives[i];
       var l := Permit(z.ledger, key, group, d).1;
       v == w.(
         disks := w.disks + {l},
         lives := w.lives[i := z.(ledger := l)],
         granted := if leaves && !z.twin then w.granted + {Grant(key, KeysWith(z.ledger, key), d)} else w.granted)
  }

  ghost predicate Operate(w: World, v: World, i: nat, l: Ledger) {
    && i in w.lives && w.lives[i].stage == Serving && Operation(w.lives[i].ledger, l)
    && v == w.(disks := w.disks + {l}, lives := w.lives[i := w.lives[i].(ledger := l)])
  }

  // A command changes a ledger while no process has it open.
  ghost predicate OperateOffline(w: World, v: World, l: Ledger, m: Ledger) {
    l in w.disks && Operation(l, m) && v == w.(disks := w.disks + {m})
  }

  // Nothing is permitted any more: what passed the fence and was not signed never will be, and the last record need not cover it.
  ghost predicate Stop(w: World, v: World, i: nat) {
    && i in w.lives && w.lives[i].stage == Serving
    && var z := w.lives[i];
       v == w.(lives := w.lives[i := z.(stage := Stopping, covered := set g | g in w.granted && g.duty in z.covered :: g.duty)])
  }

  // The memory of a running process is copied: a snapshot of a machine that is resumed beside it.
  ghost predicate Copy(w: World, v: World, i: nat, j: nat) {
    && i in w.lives && j !in w.lives
    && var z := w.lives[i];
       var twin := z.(may := if z.sending.Some? then z.may + {z.sending.value} else z.may, sending := None, twin := true);
       v == w.(lives := w.lives[i := twin][j := twin])
  }

  opaque ghost predicate Step(w: World, v: World) {
    || (exists i, l, run :: Begin(w, v, i, l, run))
    || (exists i :: WriteStart(w, v, i))
    || (exists i :: CountStart(w, v, i))
    || (exists i :: CountAgain(w, v, i))
    || (exists i :: Claim(w, v, i))
    || (exists i, r :: Send(w, v, i, r))
    || (exists i :: Land(w, v, i))
    || (exists i :: LoseAnswer(w, v, i))
    || (exists i :: Look(w, v, i))
    || (exists i, d :: Cover(w, v, i, d))
    || (exists i, key, group, d, leaves :: Give(w, v, i, key, group, d, leaves))
    || (exists i, l :: Operate(w, v, i, l))
    || (exists l, m :: OperateOffline(w, v, l, m))
    || (exists i :: Stop(w, v, i))
    || (exists i, j :: Copy(w, v, i, j))
  }

  ghost predicate Behaviour(ws: seq<World>) { |ws| > 0 && Init(ws[0]) && (forall n | 0 <= n < |ws| - 1 :: Step(ws[n], ws[n + 1])) }

  // Everything that can become of it: any steps of any processes in any order.
  ghost predicate Reachable(w: World) { exists ws: seq<World> :: Behaviour(ws) && ws[|ws| - 1] == w }

  // ---- The laws

  // 1. The root signed is the root computed from the request, whatever the request claims.
  ghost predicate RootIsComputed() {
    forall content: Duty, computed: nat, claimed: Option<nat> :: DutyAsked(content, computed, claimed).Some? ==> RootOf(DutyAsked(content, computed, claimed).value) == Known(computed)
  }

  // 2. What is remembered decides as what is replayed from disk: the edges in memory give the verdict of all the records, and go on giving it after the next one.
  ghost predicate ReplayDecidesAlike() {
    forall h, high, d | Valid(h) ::
      && DecideByEdges(h, EdgesOf(h), high, d) == DecideDuty(h, high, d)
      && EdgesOf(RecordDuty(h, d)) == NoteDuty(EdgesOf(h), d)
  }

  // 3. A record refuses everything that contradicts it, save what was granted here before.
  ghost predicate RecordsRefuse() { forall h, d, e | Valid(h) && OnRecord(h, d) && Conflict(d, e) :: Refuses(h, e) || IsOwn(h, e) }

  // 4. Below a floor nothing is allowed, and on the floor of slots or targets nothing but what was granted here.
  ghost predicate FloorsRefuse() {
    forall h, d, high | DecideDuty(h, high, d).Allowed? ::
      match d
      case Proposal(b) => h.slotFloor.Some? ==> b.slot > h.slotFloor.value || (b.slot == h.slotFloor.value && IsOwn(h, d))
      case Attestation(v) => h.voteFloor.Some? ==> v.source >= h.voteFloor.value.source && (v.target > h.voteFloor.value.target || (v.target == h.voteFloor.value.target && IsOwn(h, d)))
  }

  // 5. Only what was granted here is granted again.
  ghost predicate OnlyOwnIsGrantedAgain() { forall h, high, d | DecideDuty(h, high, d) == Allowed(true) :: IsOwn(h, d) }

  // 6. Only an active share key is allowed anything, and only under the group it was registered with.
  ghost predicate OnlyActiveKeysSign() {
    forall l, key, group, d | Judge(l, key, group, d).Allowed? ::
      && key in l.keys && l.keys[key].state == Active
      && (group.Some? ==> group.value in l.keys && l.keys[group.value].history == l.keys[key].history)
  }

  // 7. A permit contradicts nothing that the ledger knows of under any key of its history, and from then on the ledger knows of it.
  ghost predicate PermitsAreRemembered() {
    forall l, key, group, d | ValidLedger(l) && Judge(l, key, group, d).Allowed? ::
      && (forall g | LedgerKnows(l, g) && !(g.keys !! KeysWith(l, key)) :: !Conflict(g.duty, d))
      && LedgerKnows(Permit(l, key, group, d).1, Grant(key, KeysWith(l, key), d))
  }

  // 8. An import never grants: what is allowed after it was allowed before, or was granted here already.
  ghost predicate ImportNeverGrants() {
    forall l, file, terms, m, key, group, d | ValidLedger(l) && Ledgers.Import(l, file, terms) == Taken(m) && Judge(m, key, group, d).Allowed? ::
      Judge(l, key, group, d).Allowed? || (key in l.keys && l.keys[key].history in l.histories && IsOwn(l.histories[l.keys[key].history], d))
  }

  // 9. An import never removes: what was on record still is, or lies below the floors.
  ghost predicate ImportNeverRemoves() {
    forall h, file, lowest, d | Valid(h) && OnRecord(h, d) :: OnRecord(Histories.Import(h, file, lowest), d) || BelowOwnFloors(Histories.Import(h, file, lowest), d)
  }

  ghost predicate BelowOwnFloors(h: History, d: Duty) {
    match d
    case Proposal(b) => h.slotFloor.Some? && b.slot < h.slotFloor.value
    case Attestation(v) => h.voteFloor.Some? && (v.source < h.voteFloor.value.source || v.target < h.voteFloor.value.target)
  }

  // 10. An import never lowers a floor.
  ghost predicate ImportNeverLowers() { forall h, file, lowest :: NoFloorFalls(h, Histories.Import(h, file, lowest)) }

  ghost predicate NoFloorFalls(h: History, g: History) {
    && (h.slotFloor.Some? ==> g.slotFloor.Some? && g.slotFloor.value >= h.slotFloor.value)
    && (h.voteFloor.Some? ==> g.voteFloor.Some? && g.voteFloor.value.source >= h.voteFloor.value.source && g.voteFloor.value.target >= h.voteFloor.value.target)
  }

  // 11. An import that contradicts what was granted here changes nothing at all, and neither does one with anything from beyond its limit.
  ghost predicate ContradictionsAreRefusedWhole() {
    forall l: Ledger, file: seq<Line>, terms: Terms, line: Line | line in SpokenFor(file, terms.only) ::
      && (line.key in l.keys && l.keys[line.key].history in l.histories && Contradicts(l.histories[l.keys[line.key].history], line.told) ==> !Ledgers.Import(l, file, terms).Taken?)
      && (terms.limit.Some? && IsBeyond(line.told, terms.limit.value) ==> !Ledgers.Import(l, file, terms).Taken?)
  }

  // 12. An import speaks only for the keys it may speak for: a history that none of them has stays as it is.
  ghost predicate ImportSpeaksForItsOwn() {
    forall l, file, only: set<Key>, limit, lowest, m, i | Ledgers.Import(l, file, Terms(Some(only), limit, lowest)) == Taken(m) && ValidLedger(l) && i in l.histories
      && (forall k | k in only && k in l.keys :: l.keys[k].history != i) :: i in m.histories && m.histories[i] == l.histories[i]
  }

  // 13. Pruning refuses no less.
  ghost predicate PruningRefusesNoLess() { forall h, keep: nat | Valid(h) :: RefusesNoLess(h, Histories.Prune(h, keep)) && NoFloorFalls(h, Histories.Prune(h, keep)) }

  // 14. The merge of two histories refuses what either refused.
  ghost predicate MergingRefusesNoLess() {
    forall a, b | Valid(a) && Valid(b) ::
      && (IsEmpty(a) || RefusesNoLess(a, Merge(a, b))) && (IsEmpty(b) || RefusesNoLess(b, Merge(a, b)))
      && (forall d | Knows(a, d) || Knows(b, d) :: Knows(Merge(a, b), d))
  }

  // 15. No operation on a ledger forgets a grant, under any key that had its history together with the one that signed.
  ghost predicate OperationsForgetNothing() { forall l, m, g | ValidLedger(l) && Operation(l, m) && LedgerKnows(l, g) :: ValidLedger(m) && LedgerKnows(m, g) }

  // 16. A group key stays one for good, and never signs.
  ghost predicate GroupKeysNeverSign() {
    forall l, m, k | Operation(l, m) && k in l.keys && l.keys[k].isGroup && l.keys[k].state == HistoryOnly :: k in m.keys && m.keys[k].isGroup && m.keys[k].state == HistoryOnly
  }

  // 17. A retired key does not come back by itself: somebody allows it again, or it becomes the group key of its shares.
  ghost predicate RetiredStaysRetired() {
    forall l, m, k | Operation(l, m) && k in l.keys && l.keys[k].state == Retired :: k in m.keys && (m.keys[k].state in {Retired, Released} || m.keys[k].isGroup)
  }

  // 18. A key whose past nobody states signs nothing from before it came in.
  ghost predicate FromNowMeansFromNow() {
    forall l: Ledger, key: Key, group: Option<Key>, slot: nat, vote: VoteFloor | ValidLedger(l) && Register(l, key, group, FromNow(slot, vote)).0 == Enrolled ::
      SignsNothingBefore(Register(l, key, group, FromNow(slot, vote)).1, key, slot, vote)
  }

  ghost predicate SignsNothingBefore(l: Ledger, key: Key, slot: nat, vote: VoteFloor) {
    && key in l.keys && l.keys[key].history in l.histories
    && (forall d | IsBefore(d, slot, vote) :: Refuses(l.histories[l.keys[key].history], d))
  }

  ghost predicate IsBefore(d: Duty, slot: nat, vote: VoteFloor) {
    match d
    case Proposal(b) => b.slot < slot
    case Attestation(v) => v.source < vote.source || v.target < vote.target
  }

  // 19. What lies within the bounds of a record and what its floor lets pass never contradict each other.
  ghost predicate FloorsSuffice() { forall b, d, e | Within(b, d) && Beyond(b, e) :: !Conflict(d, e) && !Conflict(e, d) }

  // 20. A ledger that knows fewer starts than the witness is refused, and so is a record of an older start.
  ghost predicate OldLedgersAreRefused() { forall l: Ledger, count: nat, record: Record | l.start < count || record.start < count :: Decide(l, count, record).Refuse? }

  // 21. A start serves without floors only the very ledger that the newest start stopped with; otherwise it has the floors of the record it found.
  ghost predicate OnlyTheStoppedLedgerServes() {
    forall l: Ledger, count: nat, record: Record {:trigger Decide(l, count, record)} ::
      match Decide(l, count, record)
      case Serve => record.start == count && record.stop.Some? && SameButStart(l, record.stop.value)
      case RaiseLowWatermarks => FloorAtLeast(Note(l, count + 1, RaiseLowWatermarks, record).floor, record.bounds)
      case Refuse => true
  }

  // 22. Floors under all keys only rise as long as a process lives, whatever it does and whatever others do.
  ghost predicate FloorsOnlyRise() {
    forall w, v, i | Step(w, v) && i in w.lives && w.lives[i].ledger.floor.Some? && InvariantOfDisks(w) :: i in v.lives && FloorAtLeast(v.lives[i].ledger.floor, w.lives[i].ledger.floor.value)
  }

  ghost predicate InvariantOfDisks(w: World) { forall i <- w.lives :: ValidLedger(w.lives[i].ledger) }

  // 23. A record is durable before its signature: whenever a permit joins those given, a ledger on a disk has it on record.
  ghost predicate DurableBeforeSigned() {
    forall w, v, g | Step(w, v) && InvariantOfDisks(w) && g in v.granted && g !in w.granted ::
      exists l <- v.disks :: g.key in l.keys && l.keys[g.key].history in l.histories && OnRecord(l.histories[l.keys[g.key].history], g.duty)
  }

  // 24. The fence is on the witness before anything behind it is signed: everything ever granted lies within the record there, unless an older start wrote it late.
  ghost predicate FenceBeforeSigned() {
    forall w: World | Reachable(w) :: w.record.start >= w.lead ==> forall g <- w.granted :: Within(w.record.bounds, g.duty)
  }

  // 25. No two starts share a run: processes with the same run are copies of one memory, and of these at most one has the witness.
  ghost predicate NoTwoStartsShareARun() {
    forall w: World, i, j | Reachable(w) && i != j && i in w.lives && j in w.lives && w.lives[i].run == w.lives[j].run :: w.lives[i].twin || w.lives[j].twin
  }

  // 26. No two starts that serve share a number, unless they are such copies.
  ghost predicate NoTwoStartsShareANumber() {
    forall w: World, i, j | Reachable(w) && i != j && i in w.lives && j in w.lives ::
      var (y, z) := (w.lives[i], w.lives[j]);
      y.stage == Serving && z.stage == Serving && y.start == z.start ==> y.run == z.run && (y.twin || z.twin)
  }

  // 27. The theorem. Of everything ever granted to keys of one validator no two conflict: whatever steps which processes took in which order, whichever copies were put
  // back, wherever they died, whatever was imported. (What copies of one memory sign before one of them has moved the fence is not among it.)
  ghost predicate NoTwoConflict() {
    forall w: World, g: Grant, h: Grant | Reachable(w) && g in w.granted && h in w.granted && !(g.keys !! h.keys) :: !Conflict(g.duty, h.duty)
  }
}
