include "ProofsOfLedgers.dfy"

// That an invariant holds in every world: one lemma for each kind of step.
module ProofsOfStarts {
  import opened Rules
  import opened Histories
  import opened Ledgers
  import opened Fences
  import opened Laws
  import opened ProofsOfHistories
  import opened ProofsOfLedgers

  ghost predicate Past(z: Life) { z.stage in {Claimed, Serving, Stopping} }

  // A process that still may give permits that count.
  ghost predicate Gives(z: Life) { z.stage == Serving && !z.twin }

  // It is the newest that may write, as far as anybody can tell.
  ghost predicate Leads(w: World, z: Life) { Past(z) && InTouch(w, z) && z.start >= w.lead }

  // One of its records lies within these bounds, so what it lets pass does, and the floor is at or above it.
  ghost predicate Overtaken(z: Life, bounds: SignedBounds, floor: Option<SignedBounds>) {
    exists r :: Mine(z, r) && AtMost(r.bounds, bounds) && FloorAtLeast(floor, r.bounds)
  }

  ghost predicate Reaches(z: Life, bounds: SignedBounds) { exists r :: Mine(z, r) && AtMost(r.bounds, bounds) }

  ghost predicate IsBeyond(z: Life, d: Duty) { exists r :: Mine(z, r) && Beyond(r.bounds, d) }

  // ---- numbers, runs and writes

  ghost predicate Counts(w: World) {
    && w.record.start <= w.count && w.lead <= w.count
    && (forall n <- w.counts :: n <= w.count)
    && (forall l <- w.disks :: ValidLedger(l))
    && (forall i <- w.lives :: CountsOf(w, w.lives[i]))
  }

  ghost predicate CountsOf(w: World, z: Life) {
    && 1 <= z.start <= w.count + 1 && ValidLedger(z.ledger) && z.run in w.runs
    && (z.stage == Judged ==> !Decide(z.ledger, z.start - 1, z.found).Refuse?)
    && z.found.write in w.writes && (w.record == z.found ==> w.lead <= z.found.start && z.run !in w.newest)
    && (z.sending.Some? && !z.landed ==> w.record != z.sending.value && z.found != z.sending.value)
    && (z.stage == Claimed ==> z.covered == {})
    && (z.stage in {Noted, Counted, Claimed} ==> FloorAtLeast(z.ledger.floor, z.found.bounds) || (z.found.stop.Some? && SameButStart(z.ledger, z.found.stop.value)))
    && (z.stage !in {Judged, Noted} ==> z.start <= w.count && (z.start == w.count ==> z.start in w.counts && w.counts[z.start] == z.run))
    && (Past(z) ==> z.start in w.counts && w.counts[z.start] == z.run)
    && (!Past(z) ==> z.may == {} && z.sending.None? && z.covered == {})
    && (z.stage in {Serving, Stopping} ==> z.start <= w.lead && z.may != {} && z.run in w.newest)
    && (z.stage in {Claimed, Serving} ==> forall r | Mine(z, r) :: r.stop.None?)
    && (z.sending.Some? && z.sending.value.stop.Some? ==> z.sending.value.stop.value == z.ledger)
    && (forall r | Mine(z, r) :: AtMost(z.found.bounds, r.bounds) && r.start == z.start && r.run == z.run && r.write in w.writes && (forall d <- z.covered :: Within(r.bounds, d)))
  }

  ghost predicate Writes(w: World) {
    && w.record.write in w.writes && w.record.run in w.runs
    && (forall u <- w.newest :: u in w.runs && w.newest[u].run == u && w.newest[u].write in w.writes)
    && (if w.record.run in w.newest then w.newest[w.record.run] == w.record else forall i <- w.lives :: w.lives[i].run != w.record.run)
    && (forall i <- w.lives, j <- w.lives | i != j :: Apart(w, w.lives[i], w.lives[j]))
    && (forall i <- w.lives :: !w.lives[i].twin ==> InTouch(w, w.lives[i]))
  }

  ghost predicate Apart(w: World, z: Life, y: Life) {
    && (z.sending.Some? ==> !Mine(y, z.sending.value))
    && (z.sending.Some? && !z.landed ==> y.found != z.sending.value)
    && (!z.twin && y.run == z.run ==> y.twin && !InTouch(w, y))
  }

  // ---- what is known of what was granted

  ghost predicate Covers(w: World) {
    && (w.record.start >= w.lead ==> forall g <- w.granted :: Within(w.record.bounds, g.duty))
    && (forall i <- w.lives | Leads(w, w.lives[i]) :: forall g <- w.granted :: Within(w.lives[i].found.bounds, g.duty) || g.duty in w.lives[i].covered)
  }

  ghost predicate Overtakes(w: World) {
    && (forall i <- w.lives, j <- w.lives | Gives(w.lives[i]) && Past(w.lives[j]) && InTouch(w, w.lives[j]) && w.lives[i].start < w.lives[j].start
        :: Overtaken(w.lives[i], w.lives[j].found.bounds, w.lives[j].ledger.floor))
    && (w.record.start >= w.lead ==> forall i <- w.lives | Gives(w.lives[i]) :: Reaches(w.lives[i], w.record.bounds))
    && (w.record.start >= w.lead && w.record.stop.Some? ==>
        && (forall g <- w.granted :: LedgerKnows(w.record.stop.value, g))
        && (forall i <- w.lives | Gives(w.lives[i]) :: Overtaken(w.lives[i], w.record.bounds, w.record.stop.value.floor)))
  }

  ghost predicate Knowing(w: World) {
    && (forall i <- w.lives | Leads(w, w.lives[i]) :: forall g <- w.granted :: LedgerKnows(w.lives[i].ledger, g))
    && (forall i <- w.lives | Gives(w.lives[i]) :: forall g <- w.granted :: LedgerKnows(w.lives[i].ledger, g) || IsBeyond(w.lives[i], g.duty))
  }

  ghost predicate Peace(w: World) { forall g <- w.granted, h <- w.granted | !(g.keys !! h.keys) :: !Conflict(g.duty, h.duty) }

  ghost predicate Inv(w: World) { Counts(w) && Writes(w) && Covers(w) && Overtakes(w) && Knowing(w) && Peace(w) }

  lemma InitHolds(w: World)
    requires Init(w)
    ensures Inv(w)
  {
  }

  // What a process does before it has its start is nothing to the others.
  lemma NotPastIsNothing(w: World, v: World, i: nat)
    requires Inv(w) && v.record == w.record && v.newest == w.newest && v.lead == w.lead && v.granted == w.granted
    requires i in v.lives && !Past(v.lives[i]) && (forall j <- v.lives | j != i :: j in w.lives && v.lives[j] == w.lives[j])
    ensures Covers(v) && Overtakes(v) && Knowing(v) && Peace(v)
  {
    forall j <- v.lives | Past(v.lives[j]) ensures j in w.lives && v.lives[j] == w.lives[j] && (InTouch(v, v.lives[j]) <==> InTouch(w, w.lives[j])) { }
  }

  lemma BeginHolds(w: World, v: World, i: nat, l: Ledger, run: nat)
    requires Inv(w) && Begin(w, v, i, l, run)
    ensures Inv(v)
  {
    NotPastIsNothing(w, v, i);
    forall j <- v.lives ensures CountsOf(v, v.lives[j]) { if j != i { assert CountsOf(w, w.lives[j]); } }
    assert run !in v.newest;
    forall a <- v.lives, b <- v.lives | a != b ensures Apart(v, v.lives[a], v.lives[b]) {
      if a != i && b != i { assert Apart(w, w.lives[a], w.lives[b]); }
      else if a != i { assert CountsOf(w, w.lives[a]); }
      else { assert CountsOf(w, w.lives[b]); }
    }
  }

  lemma WriteStartHolds(w: World, v: World, i: nat)
    requires Inv(w) && WriteStart(w, v, i)
    ensures Inv(v)
  {
    NotPastIsNothing(w, v, i);
    assert CountsOf(w, w.lives[i]);
    OthersStay(w, v, i);
  }

  lemma CountStartHolds(w: World, v: World, i: nat)
    requires Inv(w) && CountStart(w, v, i)
    ensures Inv(v)
  {
    NotPastIsNothing(w, v, i);
    assert CountsOf(w, w.lives[i]);
    forall j <- v.lives ensures CountsOf(v, v.lives[j]) { assert CountsOf(w, w.lives[j]); }
    assert Counts(v);
    forall j <- w.lives ensures InTouch(v, v.lives[j]) <==> InTouch(w, w.lives[j]) { }
    forall a <- v.lives, b <- v.lives | a != b ensures Apart(v, v.lives[a], v.lives[b]) { assert Apart(w, w.lives[a], w.lives[b]); }
  }

  lemma CountAgainHolds(w: World, v: World, i: nat)
    requires Inv(w) && CountAgain(w, v, i)
    ensures Inv(v)
  {
    NotPastIsNothing(w, v, i);
    var z := w.lives[i];
    assert CountsOf(w, z) && z.run !in w.newest;
    assert CountsOf(v, v.lives[i]);
    forall j <- v.lives ensures CountsOf(v, v.lives[j]) { if j != i { assert CountsOf(w, w.lives[j]); } }
    forall j <- v.lives | j != i ensures InTouch(v, v.lives[j]) <==> InTouch(w, w.lives[j]) { }
    forall a <- v.lives, b <- v.lives | a != b ensures Apart(v, v.lives[a], v.lives[b]) { assert Apart(w, w.lives[a], w.lives[b]); }
  }

  // Most steps change one process and leave its records as they are.
  lemma OthersStay(w: World, v: World, i: nat)
    requires Counts(w) && Writes(w) && i in w.lives && v.lives.Keys == w.lives.Keys && (forall j <- w.lives | j != i :: v.lives[j] == w.lives[j])
    requires v.newest == w.newest && v.record == w.record && w.writes <= v.writes && v.runs == w.runs && v.count == w.count && v.counts == w.counts
    requires v.lead == w.lead && (forall l <- v.disks :: ValidLedger(l))
    requires CountsOf(v, v.lives[i]) && v.lives[i].run == w.lives[i].run && v.lives[i].twin == w.lives[i].twin
    requires forall r | Mine(v.lives[i], r) :: Mine(w.lives[i], r) || r.write !in w.writes
    requires forall r | Mine(w.lives[i], r) :: Mine(v.lives[i], r)
    requires v.lives[i].found == w.lives[i].found
    requires v.lives[i].sending.Some? ==> (v.lives[i].sending == w.lives[i].sending && v.lives[i].landed == w.lives[i].landed) || v.lives[i].sending.value.write !in w.writes
    ensures Counts(v) && Writes(v)
    ensures forall j <- w.lives :: InTouch(v, v.lives[j]) <==> InTouch(w, w.lives[j])
  {
    forall j <- w.lives ensures InTouch(v, v.lives[j]) <==> InTouch(w, w.lives[j]) { assert CountsOf(w, w.lives[j]); }
    forall j <- v.lives ensures CountsOf(v, v.lives[j]) { assert CountsOf(w, w.lives[j]); }
    forall a <- v.lives, b <- v.lives | a != b ensures Apart(v, v.lives[a], v.lives[b]) {
      assert Apart(w, w.lives[a], w.lives[b]);
      assert CountsOf(w, w.lives[a]) && CountsOf(w, w.lives[b]);
    }
  }

  lemma ClaimHolds(w: World, v: World, i: nat)
    requires Inv(w) && Claim(w, v, i)
    ensures Inv(v)
  {
    var z := w.lives[i];
    assert CountsOf(w, z);
    OthersStay(w, v, i);
    if InTouch(w, z) {
      assert w.record.start >= w.lead;
      if FloorAtLeast(z.ledger.floor, z.found.bounds) {
        forall g <- w.granted ensures LedgerKnows(z.ledger, g) { }
        forall j <- w.lives | Gives(w.lives[j]) ensures Overtaken(w.lives[j], z.found.bounds, z.ledger.floor) {
          var r :| Mine(w.lives[j], r) && AtMost(r.bounds, w.record.bounds);
        }
      } else {
        var e := w.record.stop.value;
        assert z.ledger.keys == e.keys && z.ledger.histories == e.histories && z.ledger.floor == e.floor;
        forall g <- w.granted ensures LedgerKnows(z.ledger, g) { assert LedgerKnows(e, g); }
      }
    }
    forall j <- v.lives | j != i ensures v.lives[j] == w.lives[j] { }
  }

  lemma SendHolds(w: World, v: World, i: nat, r: Record)
    requires Inv(w) && Send(w, v, i, r)
    ensures Inv(v)
  {
    assert CountsOf(w, w.lives[i]);
    OthersStay(w, v, i);
    StaysOvertaken(w, v, i);
  }

  lemma LoseAnswerHolds(w: World, v: World, i: nat)
    requires Inv(w) && LoseAnswer(w, v, i)
    ensures Inv(v)
  {
    assert CountsOf(w, w.lives[i]);
    OthersStay(w, v, i);
    StaysOvertaken(w, v, i);
  }

  lemma CoverHolds(w: World, v: World, i: nat, d: Duty)
    requires Inv(w) && Cover(w, v, i, d)
    ensures Inv(v)
  {
    assert CountsOf(w, w.lives[i]);
    OthersStay(w, v, i);
    StaysOvertaken(w, v, i);
  }

  lemma StopHolds(w: World, v: World, i: nat)
    requires Inv(w) && Stop(w, v, i)
    ensures Inv(v)
  {
    assert CountsOf(w, w.lives[i]);
    OthersStay(w, v, i);
    StaysOvertaken(w, v, i);
  }

  // A process that has more records than before, or a floor no lower, or stops, keeps its place among the others.
  lemma StaysOvertaken(w: World, v: World, i: nat)
    requires Inv(w) && i in w.lives && v.lives.Keys == w.lives.Keys && (forall j <- w.lives | j != i :: v.lives[j] == w.lives[j])
    requires v.newest == w.newest && v.record == w.record && v.lead == w.lead && v.granted == w.granted
    requires forall r | Mine(w.lives[i], r) :: Mine(v.lives[i], r)
    requires forall j <- w.lives :: InTouch(v, v.lives[j]) <==> InTouch(w, w.lives[j])
    requires var (z, y) := (w.lives[i], v.lives[i]);
      && y.start == z.start && y.found == z.found && y.ledger == z.ledger && y.twin == z.twin
      && (forall g <- w.granted :: g.duty in z.covered ==> g.duty in y.covered)
      && (y.stage == z.stage || (z.stage == Serving && y.stage == Stopping))
    ensures Covers(v) && Overtakes(v) && Knowing(v) && Peace(v)
  {
    forall j <- v.lives, b: SignedBounds, f: Option<SignedBounds> | Overtaken(w.lives[j], b, f) ensures Overtaken(v.lives[j], b, f) {
      var r :| Mine(w.lives[j], r) && AtMost(r.bounds, b) && FloorAtLeast(f, r.bounds);
      assert Mine(v.lives[j], r);
    }
    forall j <- v.lives, b: SignedBounds | Reaches(w.lives[j], b) ensures Reaches(v.lives[j], b) {
      var r :| Mine(w.lives[j], r) && AtMost(r.bounds, b);
      assert Mine(v.lives[j], r);
    }
    forall j <- v.lives, d: Duty | IsBeyond(w.lives[j], d) ensures IsBeyond(v.lives[j], d) {
      var r :| Mine(w.lives[j], r) && Beyond(r.bounds, d);
      assert Mine(v.lives[j], r);
    }
    forall j <- v.lives ensures (Gives(v.lives[j]) ==> Gives(w.lives[j])) && (Past(v.lives[j]) <==> Past(w.lives[j])) { }
  }

  lemma LandHolds(w: World, v: World, i: nat)
    requires Inv(w) && Land(w, v, i)
    ensures Inv(v)
  {
    var z := w.lives[i];
    var r := z.sending.value;
    assert CountsOf(w, z);
    forall j <- v.lives ensures CountsOf(v, v.lives[j]) { assert CountsOf(w, w.lives[j]); }
    forall j <- w.lives ensures InTouch(v, w.lives[j]) ==> InTouch(w, w.lives[j]) {
      assert CountsOf(w, w.lives[j]);
      if j != i { assert Apart(w, z, w.lives[j]); }
    }
    forall a <- v.lives, b <- v.lives | a != b ensures Apart(v, v.lives[a], v.lives[b]) { assert Apart(w, w.lives[a], w.lives[b]); }
    forall j <- w.lives | !w.lives[j].twin ensures InTouch(v, w.lives[j]) {
      if j != i { assert Apart(w, w.lives[j], z); }
    }
    if z.start >= w.lead {
      assert Leads(w, z);
      forall g <- w.granted ensures Within(r.bounds, g.duty) { assert Within(z.found.bounds, g.duty) || g.duty in z.covered; }
      forall j <- w.lives | Gives(w.lives[j]) ensures Reaches(w.lives[j], r.bounds) && (r.stop.Some? ==> Overtaken(w.lives[j], r.bounds, r.stop.value.floor)) {
        LandReaches(w, i, j);
      }
    }
  }

  // The record that is under way from the newest reaches no less far than what anybody still gives.
  lemma LandReaches(w: World, i: nat, j: nat)
    requires Inv(w) && i in w.lives && j in w.lives && Leads(w, w.lives[i]) && w.lives[i].sending.Some? && Gives(w.lives[j])
    ensures Reaches(w.lives[j], w.lives[i].sending.value.bounds)
    ensures w.lives[i].sending.value.stop.Some? ==> Overtaken(w.lives[j], w.lives[i].sending.value.bounds, w.lives[i].sending.value.stop.value.floor)
  {
    var (z, y) := (w.lives[i], w.lives[j]);
    var r := z.sending.value;
    assert CountsOf(w, z) && CountsOf(w, y);
    if i == j { assert Mine(y, r); }
    else {
      assert Apart(w, y, z);
      assert y.start < z.start;
      var s :| Mine(y, s) && AtMost(s.bounds, z.found.bounds) && FloorAtLeast(z.ledger.floor, s.bounds);
      assert AtMost(s.bounds, r.bounds);
      assert r.stop.Some? ==> Overtaken(y, r.bounds, r.stop.value.floor);
    }
  }

  lemma LookHolds(w: World, v: World, i: nat)
    requires Inv(w) && Look(w, v, i)
    ensures Inv(v)
  {
    LookNumbers(w, v, i);
    LookOthers(w, v, i);
  }

  lemma LookNumbers(w: World, v: World, i: nat)
    requires Inv(w) && Look(w, v, i)
    ensures Counts(v) && Writes(v) && Leads(w, w.lives[i]) && v.lead == w.count == w.lives[i].start && Mine(v.lives[i], w.record) && w.record.stop.None?
    ensures forall j <- w.lives :: InTouch(v, v.lives[j]) ==> InTouch(w, w.lives[j])
  {
    var z := w.lives[i];
    var y := v.lives[i];
    assert CountsOf(w, z);
    assert w.record.run == z.run && w.record.start == z.start && w.record in y.may;
    assert z.run in w.newest && w.newest[z.run] == w.record;
    assert InTouch(w, z) && InTouch(v, y);
    forall j <- v.lives ensures CountsOf(v, v.lives[j]) { assert CountsOf(w, w.lives[j]); }
    forall j <- v.lives ensures InTouch(v, v.lives[j]) <==> InTouch(w, w.lives[j]) { }
    forall a <- v.lives, b <- v.lives | a != b ensures Apart(v, v.lives[a], v.lives[b]) {
      assert Apart(w, w.lives[a], w.lives[b]) && Apart(w, w.lives[b], w.lives[a]);
      if a == i && z.twin && !y.twin { assert !Mine(w.lives[b], w.record); }
    }
  }

  lemma LookOthers(w: World, v: World, i: nat)
    requires Inv(w) && Look(w, v, i)
    requires Counts(v) && Leads(w, w.lives[i]) && v.lead == w.count == w.lives[i].start && Mine(v.lives[i], w.record) && w.record.stop.None?
    requires forall j <- w.lives :: InTouch(v, v.lives[j]) ==> InTouch(w, w.lives[j])
    ensures Covers(v) && Overtakes(v) && Knowing(v) && Peace(v)
  {
    forall j <- v.lives | Leads(v, v.lives[j]) ensures Leads(w, w.lives[j]) { }
    forall j <- v.lives, k <- v.lives | Gives(v.lives[j]) && Past(v.lives[k]) && InTouch(v, v.lives[k]) && v.lives[j].start < v.lives[k].start
      ensures Overtaken(v.lives[j], v.lives[k].found.bounds, v.lives[k].ledger.floor)
    {
      assert CountsOf(w, w.lives[k]);
      assert j != i;
      assert Gives(w.lives[j]) && Past(w.lives[k]);
    }
    forall j <- v.lives | Gives(v.lives[j]) && v.record.start >= v.lead ensures Reaches(v.lives[j], v.record.bounds) {
      if j != i { assert Gives(w.lives[j]); }
    }
    forall j <- v.lives, g <- v.granted | Gives(v.lives[j]) ensures LedgerKnows(v.lives[j].ledger, g) || IsBeyond(v.lives[j], g.duty) {
      if j != i { assert Gives(w.lives[j]); }
    }
  }

  lemma OperateHolds(w: World, v: World, i: nat, l: Ledger)
    requires Inv(w) && Operate(w, v, i, l)
    ensures Inv(v)
  {
    OperationKeeps(w.lives[i].ledger, l);
    assert CountsOf(w, w.lives[i]);
    OthersStay(w, v, i);
    LedgerGrows(w, v, i);
  }

  lemma OperateOfflineHolds(w: World, v: World, l: Ledger, m: Ledger)
    requires Inv(w) && OperateOffline(w, v, l, m)
    ensures Inv(v)
  {
    OperationKeeps(l, m);
    forall j <- v.lives ensures CountsOf(v, v.lives[j]) { assert CountsOf(w, w.lives[j]); }
    forall a <- v.lives, b <- v.lives | a != b ensures Apart(v, v.lives[a], v.lives[b]) { assert Apart(w, w.lives[a], w.lives[b]); }
  }

  // A ledger that forgets nothing, and whose floor stays, keeps its process its place.
  lemma LedgerGrows(w: World, v: World, i: nat)
    requires Inv(w) && i in w.lives && v.lives.Keys == w.lives.Keys && (forall j <- w.lives | j != i :: v.lives[j] == w.lives[j])
    requires v.newest == w.newest && v.record == w.record && v.lead == w.lead && v.granted == w.granted
    requires w.lives[i].stage == Serving && v.lives[i] == w.lives[i].(ledger := v.lives[i].ledger) && Keeps(w.lives[i].ledger, v.lives[i].ledger)
    ensures Covers(v) && Overtakes(v) && Knowing(v) && Peace(v)
  {
    forall j <- v.lives ensures (Gives(v.lives[j]) <==> Gives(w.lives[j])) && (Past(v.lives[j]) <==> Past(w.lives[j])) && (InTouch(v, v.lives[j]) <==> InTouch(w, w.lives[j])) { }
    forall j <- v.lives, b: SignedBounds, f: Option<SignedBounds> ensures Overtaken(v.lives[j], b, f) <==> Overtaken(w.lives[j], b, f) {
      assert forall r :: Mine(v.lives[j], r) <==> Mine(w.lives[j], r);
    }
    forall j <- v.lives, b: SignedBounds ensures Reaches(v.lives[j], b) <==> Reaches(w.lives[j], b) {
      assert forall r :: Mine(v.lives[j], r) <==> Mine(w.lives[j], r);
    }
    forall j <- v.lives, d: Duty ensures IsBeyond(v.lives[j], d) <==> IsBeyond(w.lives[j], d) {
      assert forall r :: Mine(v.lives[j], r) <==> Mine(w.lives[j], r);
    }
  }

  lemma GiveHolds(w: World, v: World, i: nat, key: Key, group: Option<Key>, d: Duty, leaves: bool)
    requires Inv(w) && Give(w, v, i, key, group, d, leaves)
    ensures Inv(v)
  {
    var z := w.lives[i];
    var g := Grant(key, KeysWith(z.ledger, key), d);
    assert CountsOf(w, z);
    PermitIsSafe(z.ledger, key, group, d);
    var u := v.(granted := w.granted);
    OthersStay(w, u, i);
    LedgerGrows(w, u, i);
    assert Inv(u);
    if v != u { assert Gives(z); GrantJoins(w, u, v, i, g); }
  }

  // The permit that leaves: everybody who might contradict it has it behind him or beyond him.
  lemma GrantJoins(w: World, u: World, v: World, i: nat, g: Grant)
    requires Inv(w) && Inv(u) && i in w.lives && i in u.lives && Gives(w.lives[i]) && Gives(u.lives[i]) && u.lives[i].covered == w.lives[i].covered
    requires forall r :: Mine(u.lives[i], r) <==> Mine(w.lives[i], r)
    requires u.lives[i].ledger.floor == w.lives[i].ledger.floor && u.granted == w.granted && v == u.(granted := u.granted + {g})
    requires g.duty in w.lives[i].covered && LedgerKnows(u.lives[i].ledger, g) && !BelowFloor(w.lives[i].ledger.floor, g.duty)
    requires forall h | LedgerKnows(w.lives[i].ledger, h) && !(h.keys !! g.keys) :: !Conflict(h.duty, g.duty)
    requires !Conflict(g.duty, g.duty)
    ensures Inv(v)
  {
    GrantChangesNoNumber(u, v);
    WitnessCovers(u, i, g);
    GrantIsKnown(u, v, i, g);
    GrantIsPeaceful(w, i, g);
    assert Peace(v);
  }

  lemma GrantChangesNoNumber(u: World, v: World)
    requires Counts(u) && Writes(u) && v == u.(granted := v.granted)
    ensures Counts(v) && Writes(v)
    ensures forall j <- v.lives :: InTouch(v, v.lives[j]) <==> InTouch(u, u.lives[j])
  {
    forall j <- v.lives ensures CountsOf(v, v.lives[j]) { assert CountsOf(u, u.lives[j]); }
    forall j <- v.lives ensures InTouch(v, v.lives[j]) <==> InTouch(u, u.lives[j]) { }
    forall a <- v.lives, b <- v.lives | a != b ensures Apart(v, v.lives[a], v.lives[b]) { assert Apart(u, u.lives[a], u.lives[b]); }
  }

  lemma GrantIsKnown(u: World, v: World, i: nat, g: Grant)
    requires Inv(u) && i in u.lives && Gives(u.lives[i]) && v == u.(granted := u.granted + {g})
    requires g.duty in u.lives[i].covered && LedgerKnows(u.lives[i].ledger, g) && !BelowFloor(u.lives[i].ledger.floor, g.duty)
    requires u.record.start >= u.lead ==> Within(u.record.bounds, g.duty) && (u.record.stop.Some? ==> LedgerKnows(u.record.stop.value, g))
    requires forall j <- v.lives :: InTouch(v, v.lives[j]) <==> InTouch(u, u.lives[j])
    ensures Covers(v) && Knowing(v) && Overtakes(v)
  {
    forall j <- v.lives | Leads(v, v.lives[j])
      ensures (Within(v.lives[j].found.bounds, g.duty) || g.duty in v.lives[j].covered) && LedgerKnows(v.lives[j].ledger, g)
    {
      if j != i { LeaderKnows(u, i, j, g); }
    }
    assert Covers(v);
    forall j <- v.lives | Gives(v.lives[j]) ensures LedgerKnows(v.lives[j].ledger, g) || IsBeyond(v.lives[j], g.duty) {
      if j != i { GiverKnows(u, i, j, g); }
    }
    assert Knowing(v);
    forall a <- v.lives, b <- v.lives | Gives(v.lives[a]) && Past(v.lives[b]) && InTouch(v, v.lives[b]) && v.lives[a].start < v.lives[b].start
      ensures Overtaken(v.lives[a], v.lives[b].found.bounds, v.lives[b].ledger.floor) { assert InTouch(u, u.lives[b]); }
    assert Overtakes(v);
  }

  lemma GrantIsPeaceful(w: World, i: nat, g: Grant)
    requires Inv(w) && i in w.lives && Gives(w.lives[i]) && g.duty in w.lives[i].covered
    requires forall h | LedgerKnows(w.lives[i].ledger, h) && !(h.keys !! g.keys) :: !Conflict(h.duty, g.duty)
    ensures forall h <- w.granted | !(h.keys !! g.keys) :: !Conflict(h.duty, g.duty) && !Conflict(g.duty, h.duty)
  {
    var z := w.lives[i];
    assert CountsOf(w, z);
    forall h <- w.granted | !(h.keys !! g.keys) ensures !Conflict(h.duty, g.duty) && !Conflict(g.duty, h.duty) {
      if LedgerKnows(z.ledger, h) { ConflictIsMutual(h.duty, g.duty); }
      else {
        assert IsBeyond(z, h.duty);
        var r :| Mine(z, r) && Beyond(r.bounds, h.duty);
        assert Within(r.bounds, g.duty);
        FloorKeepsApart(r.bounds, g.duty, h.duty);
      }
    }
  }

  lemma ConflictIsMutual(d: Duty, e: Duty)
    ensures Conflict(d, e) <==> Conflict(e, d)
  {
  }

  lemma WitnessCovers(u: World, i: nat, g: Grant)
    requires Inv(u) && i in u.lives && Gives(u.lives[i]) && g.duty in u.lives[i].covered
    ensures u.record.start >= u.lead ==> Within(u.record.bounds, g.duty) && (u.record.stop.Some? ==> LedgerKnows(u.record.stop.value, g))
  {
    var z := u.lives[i];
    assert CountsOf(u, z);
    if u.record.start >= u.lead {
      var r :| Mine(z, r) && AtMost(r.bounds, u.record.bounds);
      assert Within(r.bounds, g.duty);
      if u.record.stop.Some? {
        var s :| Mine(z, s) && AtMost(s.bounds, u.record.bounds) && FloorAtLeast(u.record.stop.value.floor, s.bounds);
        assert Within(s.bounds, g.duty);
      }
    }
  }

  lemma LeaderKnows(u: World, i: nat, j: nat, g: Grant)
    requires Inv(u) && i in u.lives && j in u.lives && i != j && Gives(u.lives[i]) && Leads(u, u.lives[j]) && g.duty in u.lives[i].covered
    ensures Within(u.lives[j].found.bounds, g.duty) && LedgerKnows(u.lives[j].ledger, g)
  {
    var (z, y) := (u.lives[i], u.lives[j]);
    assert CountsOf(u, z) && CountsOf(u, y) && Apart(u, z, y);
    assert z.start < y.start;
    var r :| Mine(z, r) && AtMost(r.bounds, y.found.bounds) && FloorAtLeast(y.ledger.floor, r.bounds);
    assert Within(r.bounds, g.duty);
  }

  lemma GiverKnows(u: World, i: nat, j: nat, g: Grant)
    requires Inv(u) && i in u.lives && j in u.lives && i != j && Gives(u.lives[i]) && Gives(u.lives[j])
    requires g.duty in u.lives[i].covered && !BelowFloor(u.lives[i].ledger.floor, g.duty)
    ensures LedgerKnows(u.lives[j].ledger, g) || IsBeyond(u.lives[j], g.duty)
  {
    var (z, y) := (u.lives[i], u.lives[j]);
    assert CountsOf(u, z) && CountsOf(u, y) && Apart(u, z, y) && Apart(u, y, z);
    if z.start < y.start {
      var r :| Mine(z, r) && AtMost(r.bounds, y.found.bounds) && FloorAtLeast(y.ledger.floor, r.bounds);
      assert Within(r.bounds, g.duty);
    } else {
      assert y.start < z.start;
      var r :| Mine(y, r) && AtMost(r.bounds, z.found.bounds) && FloorAtLeast(z.ledger.floor, r.bounds);
      assert Beyond(r.bounds, g.duty);
    }
  }

  lemma CopyHolds(w: World, v: World, i: nat, j: nat)
    requires Inv(w) && Copy(w, v, i, j)
    ensures Inv(v)
  {
    CopyNumbers(w, v, i, j);
    CopyOthers(w, v, i, j);
  }

  function Origin(i: nat, j: nat, k: nat): nat { if k == j then i else k }

  lemma CopyNumbers(w: World, v: World, i: nat, j: nat)
    requires Counts(w) && Writes(w) && Copy(w, v, i, j)
    ensures Counts(v) && Writes(v)
    ensures forall k <- v.lives :: Origin(i, j, k) in w.lives && (InTouch(v, v.lives[k]) <==> InTouch(w, w.lives[Origin(i, j, k)]))
  {
    var z := w.lives[i];
    var y := v.lives[i];
    assert CountsOf(w, z);
    assert forall r :: Mine(y, r) <==> Mine(z, r);
    forall k <- v.lives ensures CountsOf(v, v.lives[k]) { assert CountsOf(w, w.lives[Origin(i, j, k)]); }
    forall k <- v.lives ensures InTouch(v, v.lives[k]) <==> InTouch(w, w.lives[Origin(i, j, k)]) { }
    forall a <- v.lives, b <- v.lives | a != b ensures Apart(v, v.lives[a], v.lives[b]) {
      var (c, d) := (Origin(i, j, a), Origin(i, j, b));
      if c != d { assert Apart(w, w.lives[c], w.lives[d]); }
    }
  }

  lemma CopyOthers(w: World, v: World, i: nat, j: nat)
    requires Inv(w) && Copy(w, v, i, j)
    requires forall k <- v.lives :: Origin(i, j, k) in w.lives && (InTouch(v, v.lives[k]) <==> InTouch(w, w.lives[Origin(i, j, k)]))
    ensures Covers(v) && Overtakes(v) && Knowing(v) && Peace(v)
  {
    forall a <- v.lives | Gives(v.lives[a]) ensures a != i && a != j && a in w.lives && Gives(w.lives[a]) && v.lives[a] == w.lives[a] { }
    forall b <- v.lives ensures var c := Origin(i, j, b); var (x, z) := (v.lives[b], w.lives[c]);
      x.start == z.start && x.found == z.found && x.ledger == z.ledger && x.covered == z.covered && x.stage == z.stage { }
    forall a <- v.lives, b <- v.lives | Gives(v.lives[a]) && Past(v.lives[b]) && InTouch(v, v.lives[b]) && v.lives[a].start < v.lives[b].start
      ensures Overtaken(v.lives[a], v.lives[b].found.bounds, v.lives[b].ledger.floor)
    {
      var c := Origin(i, j, b);
      assert Overtaken(w.lives[a], w.lives[c].found.bounds, w.lives[c].ledger.floor);
    }
    assert Overtakes(v);
    forall b <- v.lives | Leads(v, v.lives[b])
      ensures forall g <- v.granted :: LedgerKnows(v.lives[b].ledger, g) && (Within(v.lives[b].found.bounds, g.duty) || g.duty in v.lives[b].covered)
    {
      assert Leads(w, w.lives[Origin(i, j, b)]);
    }
  }

  lemma StepHolds(w: World, v: World)
    requires Inv(w) && Step(w, v)
    ensures Inv(v)
  {
    reveal Step();
    if i, l, run :| Begin(w, v, i, l, run) { BeginHolds(w, v, i, l, run); }
    else if i :| WriteStart(w, v, i) { WriteStartHolds(w, v, i); }
    else if i :| CountStart(w, v, i) { CountStartHolds(w, v, i); }
    else if i :| CountAgain(w, v, i) { CountAgainHolds(w, v, i); }
    else if i :| Claim(w, v, i) { ClaimHolds(w, v, i); }
    else if i, r :| Send(w, v, i, r) { SendHolds(w, v, i, r); }
    else if i :| Land(w, v, i) { LandHolds(w, v, i); }
    else if i :| LoseAnswer(w, v, i) { LoseAnswerHolds(w, v, i); }
    else if i :| Look(w, v, i) { LookHolds(w, v, i); }
    else if i, d :| Cover(w, v, i, d) { CoverHolds(w, v, i, d); }
    else if i, key, group, d, leaves :| Give(w, v, i, key, group, d, leaves) { GiveHolds(w, v, i, key, group, d, leaves); }
    else if i, l :| Operate(w, v, i, l) { OperateHolds(w, v, i, l); }
    else if l, m :| OperateOffline(w, v, l, m) { OperateOfflineHolds(w, v, l, m); }
    else if i :| Stop(w, v, i) { StopHolds(w, v, i); }
    else { var i, j :| Copy(w, v, i, j); CopyHolds(w, v, i, j); }
  }

  lemma BehaviourHolds(ws: seq<World>, n: nat)
    requires Behaviour(ws) && n < |ws|
    ensures Inv(ws[n])
  {
    if n == 0 { InitHolds(ws[0]); } else { BehaviourHolds(ws, n - 1); StepHolds(ws[n - 1], ws[n]); }
  }
}
