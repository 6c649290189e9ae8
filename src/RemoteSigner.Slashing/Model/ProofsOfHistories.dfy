include "Laws.dfy"

module ProofsOfHistories {
  import opened Rules
  import opened Histories
  import opened Ledgers
  import opened Laws

  lemma RecordRefuses(h: History, d: Duty, e: Duty)
    requires Valid(h) && OnRecord(h, d) && Conflict(d, e)
    ensures Refuses(h, e) || IsOwn(h, e)
  {
  }

  lemma OwnIsKnown(h: History, d: Duty)
    requires Valid(h) && IsOwn(h, d)
    ensures Knows(h, d)
  {
    forall e | Conflict(d, e) ensures Refuses(h, e) && !IsOwn(h, e) { RecordRefuses(h, d, e); }
  }

  lemma AllowedContradictsNoRecord(h: History, d: Duty)
    requires Valid(h) && !Refuses(h, d)
    ensures IsOwn(h, d) || (forall e | OnRecord(h, e) :: !Conflict(d, e) && !Conflict(e, d))
  {
    forall e | OnRecord(h, e) && Conflict(e, d) ensures IsOwn(h, d) { RecordRefuses(h, e, d); }
  }

  lemma RecordIsValid(h: History, d: Duty)
    requires Valid(h) && DecideDuty(h, None, d) == Allowed(false)
    ensures Valid(RecordDuty(h, d)) && Knows(RecordDuty(h, d), d) && IsOwn(RecordDuty(h, d), d)
  {
    var g := RecordDuty(h, d);
    AllowedContradictsNoRecord(h, d);
    assert !IsOwn(h, d);
    forall a, b | IsOwn(g, a) && IsOwn(g, b) ensures !Conflict(a, b) {
      assert a == d || IsOwn(h, a);
      assert b == d || IsOwn(h, b);
      assert IsOwn(h, a) ==> OnRecord(h, a);
      assert IsOwn(h, b) ==> OnRecord(h, b);
    }
    assert IsOwn(g, d);
    OwnIsKnown(g, d);
  }

  lemma RecordRefusesNoLess(h: History, d: Duty, e: Duty)
    requires Valid(h) && DecideDuty(h, None, d) == Allowed(false) && Knows(h, e)
    ensures Knows(RecordDuty(h, d), e)
  {
    var g := RecordDuty(h, d);
    forall x | Conflict(e, x) ensures Refuses(g, x) && !IsOwn(g, x) {
      assert Refuses(h, x);
      assert x != d;
    }
  }

  lemma RaiseIsValid(h: History, slot: Option<nat>, vote: Option<VoteFloor>)
    requires forall r <- h.votes :: r.vote.source <= r.vote.target && (h.voteFloor.Some? || vote.Some?)
    requires forall r <- h.blocks :: h.slotFloor.Some? || slot.Some?
    requires forall d, e | IsOwn(h, d) && IsOwn(h, e) :: !Conflict(d, e)
    ensures Valid(Raise(h, slot, vote))
  {
    var g := Raise(h, slot, vote);
    forall d | IsOwn(g, d) ensures IsOwn(h, d) { }
  }

  lemma RaiseRefusesNoLess(h: History, slot: Option<nat>, vote: Option<VoteFloor>)
    ensures RefusesNoLess(h, Raise(h, slot, vote))
  {
    var g := Raise(h, slot, vote);
    forall d | IsOwn(g, d) ensures IsOwn(h, d) { }
    forall d | Refuses(h, d) && !IsOwn(h, d) ensures Refuses(g, d) {
      match d
      case Proposal(b) => RaiseRefusesBlock(h, slot, vote, b);
      case Attestation(v) => RaiseRefusesVote(h, slot, vote, v);
    }
  }

  lemma RaiseRefusesBlock(h: History, slot: Option<nat>, vote: Option<VoteFloor>, b: Block)
    requires Refuses(h, Proposal(b)) && !IsOwn(h, Proposal(b))
    ensures Refuses(Raise(h, slot, vote), Proposal(b))
  {
    var g := Raise(h, slot, vote);
    if r :| r in h.blocks && r.block.slot == b.slot && r in g.blocks {
      assert FindBlock(g, b) == Another;
    }
  }

  lemma RaiseRefusesVote(h: History, slot: Option<nat>, vote: Option<VoteFloor>, v: Vote)
    requires Refuses(h, Attestation(v)) && !IsOwn(h, Attestation(v))
    ensures Refuses(Raise(h, slot, vote), Attestation(v))
  {
    var g := Raise(h, slot, vote);
    if g.voteFloor.Some? && v.source <= v.target && v.source >= g.voteFloor.value.source && v.target >= g.voteFloor.value.target {
      if r :| r in g.votes && r.vote.target == v.target {
        assert r in h.votes;
        assert FindVote(g, v) == Another;
      } else {
        assert FindVote(g, v) == NothingSigned;
      }
    }
  }

  lemma AddsRefuseNoLess(h: History, g: History)
    requires (forall r <- h.votes :: r in g.votes) && (forall r <- h.blocks :: r in g.blocks)
    requires (h.slotFloor.Some? ==> g.slotFloor == h.slotFloor) && (h.voteFloor.Some? ==> g.voteFloor == h.voteFloor)
    requires forall d | IsOwn(g, d) :: IsOwn(h, d)
    ensures RefusesNoLess(h, g)
  {
    forall d | Refuses(h, d) ensures Refuses(g, d) {
      match d
      case Proposal(b) => { if FindBlock(h, b) == Another { assert FindBlock(g, b) == Another; } else { assert FindBlock(h, b) == NothingSigned || b.slot < h.slotFloor.value; if FindBlock(g, b) == TheSame { assert IsOwn(g, d); } } }
      case Attestation(v) => { if FindVote(h, v) == Another { assert FindVote(g, v) == Another; } else if FindVote(g, v) == TheSame && FindVote(h, v) == NothingSigned { assert IsOwn(g, d); } }
    }
  }

  lemma NoLessTwice(a: History, b: History, c: History)
    requires RefusesNoLess(a, b) && RefusesNoLess(b, c)
    ensures RefusesNoLess(a, c)
  {
    forall d | Refuses(a, d) && !IsOwn(a, d) ensures Refuses(c, d) { assert !IsOwn(b, d); }
  }

  lemma KnowsNoLess(a: History, b: History, d: Duty)
    requires RefusesNoLess(a, b) && Knows(a, d)
    ensures Knows(b, d)
  {
    forall e | Conflict(d, e) ensures Refuses(b, e) && !IsOwn(b, e) { }
  }

  lemma PruneIsSafe(h: History, keepEpochs: nat)
    requires Valid(h)
    ensures Valid(Histories.Prune(h, keepEpochs)) && RefusesNoLess(h, Histories.Prune(h, keepEpochs))
  {
    RaiseIsValid(h, PrunedSlot(h, keepEpochs), PrunedVote(h, keepEpochs));
    RaiseRefusesNoLess(h, PrunedSlot(h, keepEpochs), PrunedVote(h, keepEpochs));
  }

  lemma LowestExists(file: Imported)
    ensures (exists v <- file.votes :: v.source <= v.target) ==> LowestVote(file.votes).Some?
    ensures |file.blocks| > 0 ==> LowestSlot(file.blocks).Some?
    decreases |file.votes|
  {
    if |file.votes| > 0 {
      LowestExists(Imported(file.blocks, file.votes[..|file.votes| - 1]));
      assert file.votes == file.votes[..|file.votes| - 1] + [file.votes[|file.votes| - 1]];
    }
  }

  lemma ImportIsSafe(h: History, file: Imported, floorsAtLowest: bool)
    requires Valid(h)
    ensures Valid(Histories.Import(h, file, floorsAtLowest)) && RefusesNoLess(h, Histories.Import(h, file, floorsAtLowest))
  {
    var started := Started(h, file);
    LowestExists(file);
    forall d | IsOwn(started, d) ensures IsOwn(h, d) { }
    AddsRefuseNoLess(h, started);
    var impossible := HighestImpossible(file.votes);
    var covered := Raise(started, None, impossible);
    RaiseIsValid(started, None, impossible);
    RaiseRefusesNoLess(started, None, impossible);
    NoLessTwice(h, started, covered);
    if floorsAtLowest {
      var end := Raise(covered, LowestSlot(file.blocks), LowestVote(file.votes));
      RaiseIsValid(covered, LowestSlot(file.blocks), LowestVote(file.votes));
      RaiseRefusesNoLess(covered, LowestSlot(file.blocks), LowestVote(file.votes));
      NoLessTwice(h, covered, end);
    }
  }

  lemma DisownedRefusesNoLess(h: History, g: History)
    requires (forall r <- h.votes :: VoteRecord(r.vote, false) in g.votes) && (forall r <- h.blocks :: BlockRecord(r.block, false) in g.blocks)
    requires (h.slotFloor.Some? ==> g.slotFloor == h.slotFloor) && (h.voteFloor.Some? ==> g.voteFloor == h.voteFloor)
    requires forall d :: !IsOwn(g, d)
    ensures RefusesNoLess(h, g)
  {
    forall d | Refuses(h, d) && !IsOwn(h, d) ensures Refuses(g, d) {
      match d
      case Proposal(b) => {
        assert !IsOwn(g, d);
        if r :| r in h.blocks && r.block.slot == b.slot { assert BlockRecord(r.block, false) in g.blocks; assert FindBlock(g, b) == Another; }
        else if FindBlock(g, b) == TheSame { assert IsOwn(g, d); }
      }
      case Attestation(v) => {
        assert !IsOwn(g, d);
        if r :| r in h.votes && r.vote.target == v.target { assert VoteRecord(r.vote, false) in g.votes; assert FindVote(g, v) == Another; }
        else if FindVote(g, v) == TheSame { assert IsOwn(g, d); }
        else if r :| r in h.votes && (Surrounds(r.vote, v) || Surrounds(v, r.vote)) { assert VoteRecord(r.vote, false) in g.votes; }
      }
    }
  }

  lemma DisownIsSafe(h: History)
    requires Valid(h)
    ensures Valid(Disown(h)) && (forall d | Knows(h, d) :: Knows(Disown(h), d))
  {
    var g := Disown(h);
    assert g.votes == [] + g.votes + [] && g.blocks == [] + g.blocks + [];
    DisownIsPlain(h, g);
    forall d ensures !IsOwn(g, d) { }
    assert forall r <- g.votes :: VoteRecord(r.vote, true) in h.votes || VoteRecord(r.vote, false) in h.votes;
    assert forall r <- g.blocks :: BlockRecord(r.block, true) in h.blocks || BlockRecord(r.block, false) in h.blocks;
    DisownedRefusesNoLess(h, g);
    forall d | Knows(h, d) ensures Knows(g, d) { KnowsNoLess(h, g, d); }
  }

  lemma EmptyKnowsNothing(h: History, d: Duty)
    requires Valid(h) && IsEmpty(h)
    ensures !Knows(h, d)
  {
    match d
    case Proposal(b) =>
      var other := Proposal(Block(b.slot, if b.root == Unknown then Known(0) else Unknown));
      assert Conflict(d, other) && !Refuses(h, other);
    case Attestation(v) =>
      var other := Attestation(Vote(0, v.target, if v.root == Unknown then Known(0) else Unknown));
      assert Conflict(d, other) && !Refuses(h, other);
  }

  lemma MergeIsSafe(into: History, from: History)
    requires Valid(into) && Valid(from)
    ensures Valid(Merge(into, from))
    ensures RefusesNoLess(into, Merge(into, from)) || IsEmpty(into)
    ensures RefusesNoLess(from, Merge(into, from)) || IsEmpty(from)
    ensures forall d | Knows(into, d) || Knows(from, d) :: Knows(Merge(into, from), d)
  {
    if !IsEmpty(into) && !IsEmpty(from) {
      var (a, b) := (Disown(into), Disown(from));
      var both := a.(blocks := a.blocks + b.blocks, votes := a.votes + b.votes);
      var turned := both.(slotFloor := b.slotFloor, voteFloor := b.voteFloor);
      assert both.votes == [] + a.votes + b.votes && both.votes == a.votes + b.votes + [];
      assert both.blocks == [] + a.blocks + b.blocks && both.blocks == a.blocks + b.blocks + [];
      DisownIsPlain(into, both);
      DisownIsPlain(from, both);
      forall d ensures !IsOwn(both, d) && !IsOwn(turned, d) { }
      RaiseIsValid(both, b.slotFloor, b.voteFloor);
      DisownedRefusesNoLess(into, both);
      RaiseRefusesNoLess(both, b.slotFloor, b.voteFloor);
      NoLessTwice(into, both, Merge(into, from));
      DisownedRefusesNoLess(from, turned);
      RaiseRefusesNoLess(turned, a.slotFloor, a.voteFloor);
      assert Raise(turned, a.slotFloor, a.voteFloor) == Merge(into, from);
      NoLessTwice(from, turned, Merge(into, from));
      forall d | Knows(into, d) ensures Knows(Merge(into, from), d) { KnowsNoLess(into, Merge(into, from), d); }
      forall d | Knows(from, d) ensures Knows(Merge(into, from), d) { KnowsNoLess(from, Merge(into, from), d); }
    } else {
      forall d | Knows(into, d) || Knows(from, d) ensures Knows(Merge(into, from), d) {
        if IsEmpty(from) { EmptyKnowsNothing(from, d); } else { EmptyKnowsNothing(into, d); }
      }
    }
  }

  lemma DisownIsPlain(h: History, both: History)
    requires (exists before, after :: both.votes == before + Disown(h).votes + after) && (exists before, after :: both.blocks == before + Disown(h).blocks + after)
    ensures forall r <- h.votes :: VoteRecord(r.vote, false) in both.votes
    ensures forall r <- h.blocks :: BlockRecord(r.block, false) in both.blocks
  {
    forall r <- h.votes ensures VoteRecord(r.vote, false) in both.votes {
      var i :| 0 <= i < |h.votes| && h.votes[i] == r;
      assert Disown(h).votes[i] == VoteRecord(r.vote, false);
    }
    forall r <- h.blocks ensures BlockRecord(r.block, false) in both.blocks {
      var i :| 0 <= i < |h.blocks| && h.blocks[i] == r;
      assert Disown(h).blocks[i] == BlockRecord(r.block, false);
    }
  }
}
