include "ProofsOfHistories.dfy"

module ProofsOfLedgers {
  import opened Rules
  import opened Histories
  import opened Ledgers
  import opened Fences
  import opened Laws
  import opened ProofsOfHistories

  // What of a ledger may change without any grant being forgotten: histories that refuse no less, keys that stay together.
  ghost predicate Keeps(l: Ledger, m: Ledger) {
    && ValidLedger(m) && m.start == l.start && m.floor == l.floor
    && (forall g | LedgerKnows(l, g) :: LedgerKnows(m, g))
  }

  lemma PutKeeps(l: Ledger, id: nat, h: History)
    requires ValidLedger(l) && id in l.histories && Valid(h)
    requires forall d | Knows(l.histories[id], d) :: Knows(h, d)
    ensures Keeps(l, Put(l, id, h))
  {
  }

  lemma AddHistoryKeeps(l: Ledger)
    requires ValidLedger(l)
    ensures Keeps(l, AddHistory(l).1)
  {
    var m := AddHistory(l).1;
    assert l.next !in l.histories;
  }

  lemma JoinKeeps(l: Ledger, gone: nat, into: nat)
    requires ValidLedger(l) && gone != into
    ensures Keeps(l, Join(l, gone, into))
  {
    if gone in l.histories && into in l.histories { MergeIsSafe(l.histories[into], l.histories[gone]); }
  }

  // The copy that a group keeps refuses no less, and what the share takes along is as it was.
  lemma ReleaseKeeps(l: Ledger, share: Key, group: Option<Key>)
    requires ValidLedger(l) && Release(l, share, group).Some?
    ensures Keeps(l, Release(l, share, group).value)
  {
    var m := Release(l, share, group).value;
    if m != l {
      var h := l.histories[l.keys[share].history];
      DisownIsSafe(h);
      assert l.next !in l.histories;
    }
  }

  // A key that is new to the ledger, or stays in its history, changes nothing for others.
  lemma KeyKeeps(l: Ledger, key: Key, entry: KeyEntry)
    requires ValidLedger(l) && entry.history in l.histories
    requires key in l.keys ==> l.keys[key].history == entry.history
    ensures Keeps(l, l.(keys := l.keys[key := entry]))
  {
  }

  lemma KeepsTwice(a: Ledger, b: Ledger, c: Ledger)
    requires Keeps(a, b) && Keeps(b, c)
    ensures Keeps(a, c)
  {
  }

  lemma RaiseKeeps(l: Ledger, id: nat, slot: Option<nat>, vote: Option<VoteFloor>)
    requires ValidLedger(l) && id in l.histories
    ensures Keeps(l, Put(l, id, Raise(l.histories[id], slot, vote)))
  {
    var h := l.histories[id];
    RaiseIsValid(h, slot, vote);
    RaiseRefusesNoLess(h, slot, vote);
    forall d | Knows(h, d) ensures Knows(Raise(h, slot, vote), d) { KnowsNoLess(h, Raise(h, slot, vote), d); }
    PutKeeps(l, id, Raise(h, slot, vote));
  }

  lemma RegisterKeeps(l: Ledger, key: Key, group: Option<Key>, stated: Stated)
    requires ValidLedger(l)
    ensures Keeps(l, Register(l, key, group, stated).1)
  {
    if Objection(l, key, group, stated).None? {
      var (id, found) := Home(l, key, group);
      AddHistoryKeeps(l);
      assert Keeps(l, found) && id in found.histories;
      var joined := if key in found.keys && found.keys[key].history != id then Join(found, found.keys[key].history, id) else found;
      if key in found.keys && found.keys[key].history != id { JoinKeeps(found, found.keys[key].history, id); }
      KeepsTwice(l, found, joined);
      var state := if key in l.keys && l.keys[key].state == Active then Active else Enrolling;
      var keyed := joined.(keys := joined.keys[key := KeyEntry(id, state, false)]);
      KeyKeeps(joined, key, KeyEntry(id, state, false));
      KeepsTwice(l, joined, keyed);
      var grouped := if group.Some? && group.value != key then keyed.(keys := keyed.keys[group.value := KeyEntry(id, HistoryOnly, true)]) else keyed;
      if group.Some? && group.value != key { KeyKeeps(keyed, group.value, KeyEntry(id, HistoryOnly, true)); }
      KeepsTwice(l, keyed, grouped);
      if stated.FromNow? {
        RaiseKeeps(grouped, id, Some(stated.slot), Some(stated.vote));
        KeepsTwice(l, grouped, Put(grouped, id, Raise(grouped.histories[id], Some(stated.slot), Some(stated.vote))));
      }
    }
  }

  lemma PruneKeeps(l: Ledger, keepEpochs: nat)
    requires ValidLedger(l)
    ensures Keeps(l, Ledgers.Prune(l, keepEpochs))
  {
    var m := Ledgers.Prune(l, keepEpochs);
    forall i <- l.histories ensures Valid(m.histories[i]) && (forall d | Knows(l.histories[i], d) :: Knows(m.histories[i], d)) {
      PruneIsSafe(l.histories[i], keepEpochs);
      forall d | Knows(l.histories[i], d) ensures Knows(m.histories[i], d) { KnowsNoLess(l.histories[i], m.histories[i], d); }
    }
  }

  lemma TakeLineKeeps(l: Ledger, line: Line, floorsAtLowest: bool)
    requires ValidLedger(l)
    ensures Keeps(l, TakeLine(l, line, floorsAtLowest))
  {
    if line.key in l.keys {
      var id := l.keys[line.key].history;
      var (h, g) := (l.histories[id], Histories.Import(l.histories[id], line.told, floorsAtLowest));
      ImportIsSafe(h, line.told, floorsAtLowest);
      forall d | Knows(h, d) ensures Knows(g, d) { KnowsNoLess(h, g, d); }
      PutKeeps(l, id, g);
    } else {
      var (id, added) := AddHistory(l);
      AddHistoryKeeps(l);
      KeyKeeps(added, line.key, KeyEntry(id, HistoryOnly, false));
      var keyed := added.(keys := added.keys[line.key := KeyEntry(id, HistoryOnly, false)]);
      var g := Histories.Import(Nothing, line.told, floorsAtLowest);
      ImportIsSafe(Nothing, line.told, floorsAtLowest);
      forall d | Knows(Nothing, d) ensures Knows(g, d) { KnowsNoLess(Nothing, g, d); }
      PutKeeps(keyed, id, g);
      KeepsTwice(l, added, keyed);
      KeepsTwice(l, keyed, Put(keyed, id, g));
    }
  }

  lemma TakeAllKeeps(l: Ledger, lines: seq<Line>, floorsAtLowest: bool)
    requires ValidLedger(l)
    ensures Keeps(l, TakeAll(l, lines, floorsAtLowest))
  {
    if |lines| > 0 {
      var before := TakeAll(l, lines[..|lines| - 1], floorsAtLowest);
      TakeAllKeeps(l, lines[..|lines| - 1], floorsAtLowest);
      TakeLineKeeps(before, lines[|lines| - 1], floorsAtLowest);
      KeepsTwice(l, before, TakeAll(l, lines, floorsAtLowest));
    }
  }

  lemma OperationKeeps(l: Ledger, m: Ledger)
    requires ValidLedger(l) && Operation(l, m)
    ensures Keeps(l, m)
  {
    reveal Operation();
    if key, group, stated :| m == Register(l, key, group, stated).1 { RegisterKeeps(l, key, group, stated); }
    else if share, group :| Release(l, share, group) == Some(m) { ReleaseKeeps(l, share, group); }
    else if key, state :| m == Become(l, key, state) { if m != l { KeyKeeps(l, key, l.keys[key].(state := state)); } }
    else if keepEpochs: nat :| m == Ledgers.Prune(l, keepEpochs) { PruneKeeps(l, keepEpochs); }
    else if key, slot, epoch :| m == RaiseLow(l, key, slot, epoch) {
      if key in l.keys { RaiseKeeps(l, l.keys[key].history, slot, if epoch.Some? then Some(VoteFloor(epoch.value, epoch.value)) else None); }
    }
    else if file, terms :| Ledgers.Import(l, file, terms) == Taken(m) { TakeAllKeeps(l, SpokenFor(file, terms.only), terms.floorsAtLowest); }
    else {
      var high :| m == l.(high := high);
      forall g | LedgerKnows(l, g) ensures LedgerKnows(m, g) { }
    }
  }

  lemma HighOnlyRefuses(h: History, high: Option<HighWatermark>, d: Duty)
    ensures DecideDuty(h, high, d).Allowed? ==> DecideDuty(h, high, d) == DecideDuty(h, None, d)
  {
  }

  // A permit contradicts nothing that the ledger knows of, and the ledger knows of it from then on.
  lemma PermitIsSafe(l: Ledger, key: Key, group: Option<Key>, d: Duty)
    requires ValidLedger(l) && Judge(l, key, group, d).Allowed?
    ensures Keeps(l, Permit(l, key, group, d).1)
    ensures LedgerKnows(Permit(l, key, group, d).1, Grant(key, KeysWith(l, key), d))
    ensures forall g | LedgerKnows(l, g) && !(g.keys !! KeysWith(l, key)) :: !Conflict(g.duty, d)
  {
    var id := l.keys[key].history;
    var h := l.histories[id];
    var m := Permit(l, key, group, d).1;
    HighOnlyRefuses(h, l.high, d);
    if Judge(l, key, group, d) == Allowed(false) {
      RecordIsValid(h, d);
      forall e | Knows(h, e) ensures Knows(RecordDuty(h, d), e) { RecordRefusesNoLess(h, d, e); }
      PutKeeps(l, id, RecordDuty(h, d));
    } else {
      OwnOfAgain(h, d);
      OwnIsKnown(h, d);
    }
    forall g | LedgerKnows(l, g) && !(g.keys !! KeysWith(l, key)) ensures !Conflict(g.duty, d) {
      if l.floor.Some? && Within(l.floor.value, g.duty) { FloorKeepsApart(l.floor.value, g.duty, d); }
      else {
        var k :| k in g.keys && k in KeysWith(l, key);
        assert l.keys[k].history == id;
      }
    }
  }

  lemma OwnOfAgain(h: History, d: Duty)
    requires DecideDuty(h, None, d) == Allowed(true)
    ensures IsOwn(h, d)
  {
  }

  // The arithmetic of the fence: what is within the bounds and what is beyond them do not contradict each other.
  lemma FloorKeepsApart(b: SignedBounds, before: Duty, after: Duty)
    requires Within(b, before) && Beyond(b, after)
    ensures !Conflict(before, after) && !Conflict(after, before)
  {
  }
}
