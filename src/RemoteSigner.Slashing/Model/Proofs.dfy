include "ProofsOfStarts.dfy"

// Every law of Laws.dfy, proven: one lemma for each, in their order.
module Proofs {
  import opened Rules
  import opened Histories
  import opened Ledgers
  import opened Fences
  import opened Laws
  import opened ProofsOfHistories
  import opened ProofsOfLedgers
  import opened ProofsOfStarts

  lemma ProveRootIsComputed()
    ensures RootIsComputed()
  {
  }

  lemma NewestIsNewest(h: History)
    ensures forall r <- h.votes :: r.vote.source <= NewestSource(h.votes) && r.vote.target <= NewestTarget(h.votes)
    ensures forall r <- h.blocks :: r.block.slot <= NewestSlot(h.blocks)
    decreases |h.votes| + |h.blocks|
  {
    if |h.votes| > 0 {
      NewestIsNewest(h.(votes := h.votes[..|h.votes| - 1]));
      assert h.votes == h.votes[..|h.votes| - 1] + [h.votes[|h.votes| - 1]];
    }
    if |h.blocks| > 0 {
      NewestIsNewest(h.(blocks := h.blocks[..|h.blocks| - 1]));
      assert h.blocks == h.blocks[..|h.blocks| - 1] + [h.blocks[|h.blocks| - 1]];
    }
  }

  lemma ProveReplayDecidesAlike()
    ensures ReplayDecidesAlike()
  {
    forall h, high, d | Valid(h) ensures DecideByEdges(h, EdgesOf(h), high, d) == DecideDuty(h, high, d) && EdgesOf(RecordDuty(h, d)) == NoteDuty(EdgesOf(h), d) {
      NewestIsNewest(h);
      match d
      case Proposal(b) =>
        assert (h.blocks + [BlockRecord(b, true)])[..|h.blocks|] == h.blocks;
      case Attestation(v) =>
        assert (h.votes + [VoteRecord(v, true)])[..|h.votes|] == h.votes;
    }
  }

  lemma ProveRecordsRefuse()
    ensures RecordsRefuse()
  {
    forall h, d, e | Valid(h) && OnRecord(h, d) && Conflict(d, e) ensures Refuses(h, e) || IsOwn(h, e) { RecordRefuses(h, d, e); }
  }

  lemma ProveFloorsRefuse()
    ensures FloorsRefuse()
  {
  }

  lemma ProveOnlyOwnIsGrantedAgain()
    ensures OnlyOwnIsGrantedAgain()
  {
  }

  lemma ProveOnlyActiveKeysSign()
    ensures OnlyActiveKeysSign()
  {
  }

  lemma ProvePermitsAreRemembered()
    ensures PermitsAreRemembered()
  {
    forall l, key, group, d | ValidLedger(l) && Judge(l, key, group, d).Allowed?
      ensures (forall g | LedgerKnows(l, g) && !(g.keys !! KeysWith(l, key)) :: !Conflict(g.duty, d)) && LedgerKnows(Permit(l, key, group, d).1, Grant(key, KeysWith(l, key), d))
    {
      PermitIsSafe(l, key, group, d);
    }
  }

  // What an import does to the keys and the histories that were there.
  ghost predicate OnlyAdds(l: Ledger, m: Ledger) {
    && ValidLedger(m) && m.floor == l.floor && m.high == l.high && m.next >= l.next
    && (forall k <- l.keys :: k in m.keys && m.keys[k] == l.keys[k])
    && (forall k <- m.keys | k !in l.keys :: m.keys[k].state == HistoryOnly && m.keys[k].history >= l.next)
    && (forall i <- l.histories :: i in m.histories && RefusesNoLess(l.histories[i], m.histories[i]))
  }

  ghost predicate Leaves(l: Ledger, m: Ledger, i: nat) { i in l.histories && i in m.histories && m.histories[i] == l.histories[i] }

  lemma TakeLineOnlyAdds(l: Ledger, line: Line, lowest: bool)
    requires ValidLedger(l)
    ensures OnlyAdds(l, TakeLine(l, line, lowest))
    ensures forall i <- l.histories | line.key in l.keys ==> l.keys[line.key].history != i :: Leaves(l, TakeLine(l, line, lowest), i)
  {
    TakeLineKeeps(l, line, lowest);
    if line.key in l.keys { ImportIsSafe(l.histories[l.keys[line.key].history], line.told, lowest); }
  }

  lemma OnlyAddsTwice(a: Ledger, b: Ledger, c: Ledger)
    requires OnlyAdds(a, b) && OnlyAdds(b, c)
    ensures OnlyAdds(a, c)
  {
    forall i <- a.histories ensures i in c.histories && RefusesNoLess(a.histories[i], c.histories[i]) { NoLessTwice(a.histories[i], b.histories[i], c.histories[i]); }
  }

  lemma TakeAllOnlyAdds(l: Ledger, lines: seq<Line>, lowest: bool)
    requires ValidLedger(l)
    ensures OnlyAdds(l, TakeAll(l, lines, lowest))
  {
    if |lines| > 0 {
      var before := TakeAll(l, lines[..|lines| - 1], lowest);
      TakeAllOnlyAdds(l, lines[..|lines| - 1], lowest);
      TakeLineOnlyAdds(before, lines[|lines| - 1], lowest);
      OnlyAddsTwice(l, before, TakeAll(l, lines, lowest));
    }
  }

  lemma TakeAllLeaves(l: Ledger, lines: seq<Line>, lowest: bool, i: nat)
    requires ValidLedger(l) && i in l.histories && (forall line <- lines :: line.key in l.keys ==> l.keys[line.key].history != i)
    ensures Leaves(l, TakeAll(l, lines, lowest), i)
  {
    if |lines| > 0 {
      var before := TakeAll(l, lines[..|lines| - 1], lowest);
      var line := lines[|lines| - 1];
      assert lines == lines[..|lines| - 1] + [line];
      TakeAllOnlyAdds(l, lines[..|lines| - 1], lowest);
      TakeAllLeaves(l, lines[..|lines| - 1], lowest, i);
      TakeLineOnlyAdds(before, line, lowest);
      assert i < l.next;
      assert line.key in before.keys ==> before.keys[line.key].history != i;
    }
  }

  lemma ProveImportNeverGrants()
    ensures ImportNeverGrants()
  {
    forall l, file, terms, m, key, group, d | ValidLedger(l) && Ledgers.Import(l, file, terms) == Taken(m) && Judge(m, key, group, d).Allowed?
      ensures Judge(l, key, group, d).Allowed? || (key in l.keys && l.keys[key].history in l.histories && IsOwn(l.histories[l.keys[key].history], d))
    {
      TakeAllOnlyAdds(l, SpokenFor(file, terms.only), terms.floorsAtLowest);
      assert key in l.keys;
      var id := l.keys[key].history;
      HighOnlyRefuses(m.histories[id], m.high, d);
      assert !Refuses(m.histories[id], d);
      assert MayAsk(l, key, group);
      if !IsOwn(l.histories[id], d) {
        assert !Refuses(l.histories[id], d);
        HighDecidesAlike(l.histories[id], m.histories[id], l.high, d);
      }
    }
  }

  lemma HighDecidesAlike(h: History, g: History, high: Option<HighWatermark>, d: Duty)
    requires DecideDuty(g, high, d).Allowed? && DecideDuty(h, None, d).Allowed?
    ensures DecideDuty(h, high, d).Allowed?
  {
  }

  lemma RaiseRemovesNothingAbove(h: History, slot: Option<nat>, vote: Option<VoteFloor>, d: Duty)
    requires OnRecord(h, d)
    ensures OnRecord(Raise(h, slot, vote), d) || BelowOwnFloors(Raise(h, slot, vote), d)
  {
  }

  lemma RaiseLowersNoFloor(h: History, slot: Option<nat>, vote: Option<VoteFloor>)
    ensures NoFloorFalls(h, Raise(h, slot, vote))
  {
  }

  lemma ProveImportNeverRemoves()
    ensures ImportNeverRemoves()
  {
    forall h, file, lowest, d | Valid(h) && OnRecord(h, d) ensures OnRecord(Histories.Import(h, file, lowest), d) || BelowOwnFloors(Histories.Import(h, file, lowest), d) {
      var started := Started(h, file);
      var covered := Raise(started, None, HighestImpossible(file.votes));
      assert OnRecord(started, d);
      RaiseRemovesNothingAbove(started, None, HighestImpossible(file.votes), d);
      if lowest {
        RaiseLowersNoFloor(covered, LowestSlot(file.blocks), LowestVote(file.votes));
        if OnRecord(covered, d) { RaiseRemovesNothingAbove(covered, LowestSlot(file.blocks), LowestVote(file.votes), d); }
      }
    }
  }

  lemma ProveImportNeverLowers()
    ensures ImportNeverLowers()
  {
    forall h, file, lowest ensures NoFloorFalls(h, Histories.Import(h, file, lowest)) {
      var started := Started(h, file);
      var covered := Raise(started, None, HighestImpossible(file.votes));
      RaiseLowersNoFloor(started, None, HighestImpossible(file.votes));
      if lowest { RaiseLowersNoFloor(covered, LowestSlot(file.blocks), LowestVote(file.votes)); }
    }
  }

  lemma ProveContradictionsAreRefusedWhole()
    ensures ContradictionsAreRefusedWhole()
  {
  }

  lemma SpokenForIsAllowed(file: seq<Line>, only: set<Key>)
    ensures forall line <- SpokenFor(file, Some(only)) :: line.key in only
  {
  }

  lemma ProveImportSpeaksForItsOwn()
    ensures ImportSpeaksForItsOwn()
  {
    forall l, file, only: set<Key>, limit, lowest, m, i | Ledgers.Import(l, file, Terms(Some(only), limit, lowest)) == Taken(m) && ValidLedger(l) && i in l.histories
      && (forall k | k in only && k in l.keys :: l.keys[k].history != i) ensures i in m.histories && m.histories[i] == l.histories[i]
    {
      SpokenForIsAllowed(file, only);
      TakeAllLeaves(l, SpokenFor(file, Some(only)), lowest, i);
    }
  }

  lemma ProvePruningRefusesNoLess()
    ensures PruningRefusesNoLess()
  {
    forall h, keep: nat | Valid(h) ensures RefusesNoLess(h, Histories.Prune(h, keep)) && NoFloorFalls(h, Histories.Prune(h, keep)) {
      PruneIsSafe(h, keep);
      RaiseLowersNoFloor(h, PrunedSlot(h, keep), PrunedVote(h, keep));
    }
  }

  lemma ProveMergingRefusesNoLess()
    ensures MergingRefusesNoLess()
  {
    forall a, b | Valid(a) && Valid(b)
      ensures (IsEmpty(a) || RefusesNoLess(a, Merge(a, b))) && (IsEmpty(b) || RefusesNoLess(b, Merge(a, b))) && (forall d | Knows(a, d) || Knows(b, d) :: Knows(Merge(a, b), d))
    {
      MergeIsSafe(a, b);
    }
  }

  lemma OperationForgetsNothing(l: Ledger, m: Ledger, g: Grant)
    requires ValidLedger(l) && Operation(l, m) && LedgerKnows(l, g)
    ensures ValidLedger(m) && LedgerKnows(m, g)
  {
    OperationKeeps(l, m);
  }

  lemma ProveOperationsForgetNothing()
    ensures OperationsForgetNothing()
  {
    forall l, m, g | ValidLedger(l) && Operation(l, m) && LedgerKnows(l, g) ensures ValidLedger(m) && LedgerKnows(m, g) { OperationForgetsNothing(l, m, g); }
  }

  lemma JoinKeepsKeys(l: Ledger, gone: nat, into: nat)
    ensures var m := Join(l, gone, into); forall k <- l.keys :: k in m.keys && m.keys[k].state == l.keys[k].state && m.keys[k].isGroup == l.keys[k].isGroup
    ensures Join(l, gone, into).keys.Keys == l.keys.Keys
  {
  }

  lemma RegisterMovesOnly(l: Ledger, key: Key, group: Option<Key>, stated: Stated, k: Key)
    requires k in l.keys
    ensures var m := Register(l, key, group, stated).1;
      k in m.keys && ((m.keys[k].state == l.keys[k].state && m.keys[k].isGroup == l.keys[k].isGroup)
        || (k == key && !l.keys[k].isGroup && l.keys[k].state !in {Retired, Retiring, Releasing, Parked, Exported})
        || (group == Some(k) && m.keys[k].isGroup && m.keys[k].state == HistoryOnly))
  {
    if Objection(l, key, group, stated).None? {
      var (id, found) := Home(l, key, group);
      if key in found.keys && found.keys[key].history != id { JoinKeepsKeys(found, found.keys[key].history, id); }
    }
  }

  lemma TakeAllKeepsKeys(l: Ledger, lines: seq<Line>, lowest: bool, k: Key)
    requires k in l.keys
    ensures k in TakeAll(l, lines, lowest).keys && TakeAll(l, lines, lowest).keys[k] == l.keys[k]
  {
    if |lines| > 0 { TakeAllKeepsKeys(l, lines[..|lines| - 1], lowest, k); }
  }

  lemma OperationMovesKeys(l: Ledger, m: Ledger, k: Key)
    requires Operation(l, m) && k in l.keys
    ensures k in m.keys
    ensures l.keys[k].isGroup && l.keys[k].state == HistoryOnly ==> m.keys[k].isGroup && m.keys[k].state == HistoryOnly
    ensures l.keys[k].state == Retired ==> m.keys[k].state in {Retired, Released} || m.keys[k].isGroup
  {
    reveal Operation();
    if key, group, stated :| m == Register(l, key, group, stated).1 { RegisterMovesOnly(l, key, group, stated, k); }
    else if share, group :| Release(l, share, group) == Some(m) { }
    else if key, state :| m == Become(l, key, state) { }
    else if keepEpochs: nat :| m == Ledgers.Prune(l, keepEpochs) { }
    else if key, slot, epoch :| m == RaiseLow(l, key, slot, epoch) { }
    else if file, terms :| Ledgers.Import(l, file, terms) == Taken(m) { TakeAllKeepsKeys(l, SpokenFor(file, terms.only), terms.floorsAtLowest, k); }
  }

  lemma ProveGroupKeysNeverSign()
    ensures GroupKeysNeverSign()
  {
    forall l, m, k | Operation(l, m) && k in l.keys && l.keys[k].isGroup && l.keys[k].state == HistoryOnly ensures k in m.keys && m.keys[k].isGroup && m.keys[k].state == HistoryOnly {
      OperationMovesKeys(l, m, k);
    }
  }

  lemma ProveRetiredStaysRetired()
    ensures RetiredStaysRetired()
  {
    forall l, m, k | Operation(l, m) && k in l.keys && l.keys[k].state == Retired ensures k in m.keys && (m.keys[k].state in {Retired, Released} || m.keys[k].isGroup) {
      OperationMovesKeys(l, m, k);
    }
  }

  lemma FromNowRefuses(l: Ledger, key: Key, group: Option<Key>, slot: nat, vote: VoteFloor)
    requires ValidLedger(l) && Register(l, key, group, FromNow(slot, vote)).0 == Enrolled
    ensures SignsNothingBefore(Register(l, key, group, FromNow(slot, vote)).1, key, slot, vote)
  {
    var m := Register(l, key, group, FromNow(slot, vote)).1;
    RegisterKeeps(l, key, group, FromNow(slot, vote));
    var id := m.keys[key].history;
    assert exists h :: m.histories[id] == Raise(h, Some(slot), Some(vote));
    var h :| m.histories[id] == Raise(h, Some(slot), Some(vote));
    forall d | IsBefore(d, slot, vote) ensures Refuses(m.histories[id], d) { RaisedRefuses(h, slot, vote, d); }
  }

  lemma RaisedRefuses(h: History, slot: nat, vote: VoteFloor, d: Duty)
    requires IsBefore(d, slot, vote)
    ensures Refuses(Raise(h, Some(slot), Some(vote)), d)
  {
    var g := Raise(h, Some(slot), Some(vote));
    assert g.slotFloor.value >= slot && g.voteFloor.value.source >= vote.source && g.voteFloor.value.target >= vote.target;
  }

  lemma ProveFromNowMeansFromNow()
    ensures FromNowMeansFromNow()
  {
    forall l: Ledger, key: Key, group: Option<Key>, slot: nat, vote: VoteFloor | ValidLedger(l) && Register(l, key, group, FromNow(slot, vote)).0 == Enrolled
      ensures SignsNothingBefore(Register(l, key, group, FromNow(slot, vote)).1, key, slot, vote)
    {
      FromNowRefuses(l, key, group, slot, vote);
    }
  }

  lemma ProveFloorsSuffice()
    ensures FloorsSuffice()
  {
    forall b, d, e | Within(b, d) && Beyond(b, e) ensures !Conflict(d, e) && !Conflict(e, d) { FloorKeepsApart(b, d, e); }
  }

  lemma ProveOldLedgersAreRefused()
    ensures OldLedgersAreRefused()
  {
  }

  lemma ProveOnlyTheStoppedLedgerServes()
    ensures OnlyTheStoppedLedgerServes()
  {
  }

  lemma StepKeepsFloor(w: World, v: World, i: nat)
    requires Step(w, v) && i in w.lives && w.lives[i].ledger.floor.Some? && InvariantOfDisks(w)
    ensures i in v.lives && FloorAtLeast(v.lives[i].ledger.floor, w.lives[i].ledger.floor.value)
  {
    reveal Step();
    if j, l :| Operate(w, v, j, l) { OperationKeeps(w.lives[j].ledger, l); }
    else if j, key, group, d, leaves :| Give(w, v, j, key, group, d, leaves) { PermitIsSafe(w.lives[j].ledger, key, group, d); }
  }

  lemma ProveFloorsOnlyRise()
    ensures FloorsOnlyRise()
  {
    forall w, v, i | Step(w, v) && i in w.lives && w.lives[i].ledger.floor.Some? && InvariantOfDisks(w)
      ensures i in v.lives && FloorAtLeast(v.lives[i].ledger.floor, w.lives[i].ledger.floor.value)
    {
      StepKeepsFloor(w, v, i);
    }
  }

  lemma GivenIsOnDisk(w: World, v: World, i: nat, key: Key, group: Option<Key>, d: Duty, leaves: bool)
    requires Give(w, v, i, key, group, d, leaves) && ValidLedger(w.lives[i].ledger)
    ensures var l := Permit(w.lives[i].ledger, key, group, d).1;
      l in v.disks && key in l.keys && l.keys[key].history in l.histories && OnRecord(l.histories[l.keys[key].history], d)
  {
    var z := w.lives[i];
    var l := Permit(z.ledger, key, group, d).1;
    var h := z.ledger.histories[z.ledger.keys[key].history];
    HighOnlyRefuses(h, z.ledger.high, d);
    if Judge(z.ledger, key, group, d) == Allowed(false) { RecordIsValid(h, d); }
    assert IsOwn(l.histories[l.keys[key].history], d);
  }

  lemma OnlyGivingGrants(w: World, v: World, g: Grant)
    requires Step(w, v) && InvariantOfDisks(w) && g in v.granted && g !in w.granted
    ensures exists l <- v.disks :: g.key in l.keys && l.keys[g.key].history in l.histories && OnRecord(l.histories[l.keys[g.key].history], g.duty)
  {
    reveal Step();
    var i, key, group, d, leaves :| Give(w, v, i, key, group, d, leaves);
    GivenIsOnDisk(w, v, i, key, group, d, leaves);
  }

  lemma ProveDurableBeforeSigned()
    ensures DurableBeforeSigned()
  {
    forall w, v, g | Step(w, v) && InvariantOfDisks(w) && g in v.granted && g !in w.granted
      ensures exists l <- v.disks :: g.key in l.keys && l.keys[g.key].history in l.histories && OnRecord(l.histories[l.keys[g.key].history], g.duty)
    {
      OnlyGivingGrants(w, v, g);
    }
  }

  lemma ReachableHolds(w: World)
    requires Reachable(w)
    ensures Inv(w)
  {
    var ws: seq<World> :| Behaviour(ws) && ws[|ws| - 1] == w;
    BehaviourHolds(ws, |ws| - 1);
  }

  lemma ProveFenceBeforeSigned()
    ensures FenceBeforeSigned()
  {
    forall w: World | Reachable(w) ensures w.record.start >= w.lead ==> forall g <- w.granted :: Within(w.record.bounds, g.duty) { ReachableHolds(w); }
  }

  lemma ProveNoTwoStartsShareARun()
    ensures NoTwoStartsShareARun()
  {
    forall w: World, i, j | Reachable(w) && i != j && i in w.lives && j in w.lives && w.lives[i].run == w.lives[j].run ensures w.lives[i].twin || w.lives[j].twin {
      ReachableHolds(w);
      assert Apart(w, w.lives[i], w.lives[j]);
    }
  }

  lemma ProveNoTwoStartsShareANumber()
    ensures NoTwoStartsShareANumber()
  {
    forall w: World, i, j | Reachable(w) && i != j && i in w.lives && j in w.lives
      ensures var (y, z) := (w.lives[i], w.lives[j]); y.stage == Serving && z.stage == Serving && y.start == z.start ==> y.run == z.run && (y.twin || z.twin)
    {
      ReachableHolds(w);
      assert Apart(w, w.lives[i], w.lives[j]) && CountsOf(w, w.lives[i]) && CountsOf(w, w.lives[j]);
    }
  }

  lemma ProveNoTwoConflict()
    ensures NoTwoConflict()
  {
    forall w: World, g: Grant, h: Grant | Reachable(w) && g in w.granted && h in w.granted && !(g.keys !! h.keys) ensures !Conflict(g.duty, h.duty) { ReachableHolds(w); }
  }
}
