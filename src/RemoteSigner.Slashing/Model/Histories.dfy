include "Rules.dfy"

// What rewrites a history: floors that rise, pruning, an import, the merge of two. As HistoryFloors, HistoryPruning and InterchangeImport have it; all of it runs.
module Histories {
  import opened Rules

  function SourceToCover(votes: seq<VoteRecord>, target: nat, least: nat): nat {
    if |votes| == 0 then least
    else
      var last := votes[|votes| - 1].vote;
      var rest := SourceToCover(votes[..|votes| - 1], target, least);
      if last.target < target then Max(last.source, rest) else rest
  }

  function TargetToCover(votes: seq<VoteRecord>, source: nat, least: nat): nat {
    if |votes| == 0 then least
    else
      var last := votes[|votes| - 1].vote;
      var rest := TargetToCover(votes[..|votes| - 1], source, least);
      if last.source < source then Max(last.target, rest) else rest
  }

  // The largest number in it, which no floor passes that rises for a record.
  ghost function Top(votes: seq<VoteRecord>, least: nat): nat
    ensures Top(votes, least) >= least
    ensures forall r <- votes :: r.vote.source <= Top(votes, least) && r.vote.target <= Top(votes, least)
  {
    if |votes| == 0 then least
    else
      var last := votes[|votes| - 1];
      var rest := Top(votes[..|votes| - 1], least);
      assert votes == votes[..|votes| - 1] + [last];
      Max(Max(last.vote.source, last.vote.target), rest)
  }

  lemma ToCoverStaysBelow(votes: seq<VoteRecord>, bound: nat, least: nat, top: nat)
    requires least <= top && forall r <- votes :: r.vote.source <= top && r.vote.target <= top
    ensures least <= SourceToCover(votes, bound, least) <= top
    ensures least <= TargetToCover(votes, bound, least) <= top
    ensures forall r <- votes :: r.vote.target < bound ==> r.vote.source <= SourceToCover(votes, bound, least)
    ensures forall r <- votes :: r.vote.source < bound ==> r.vote.target <= TargetToCover(votes, bound, least)
  {
    if |votes| > 0 {
      ToCoverStaysBelow(votes[..|votes| - 1], bound, least, top);
      assert votes == votes[..|votes| - 1] + [votes[|votes| - 1]];
    }
  }

  // A vote that falls below a floor goes on being covered only if both floors are at or above it; a floor that rises for it may push out more.
  function Settle(votes: seq<VoteRecord>, floor: VoteFloor, ghost top: nat): VoteFloor
    requires floor.source <= top && floor.target <= top && forall r <- votes :: r.vote.source <= top && r.vote.target <= top
    decreases top - floor.source + (top - floor.target)
    ensures Settle(votes, floor, top).source >= floor.source && Settle(votes, floor, top).target >= floor.target
    ensures Settled(votes, Settle(votes, floor, top))
  {
    ToCoverStaysBelow(votes, floor.target, floor.source, top);
    ToCoverStaysBelow(votes, floor.source, Max(floor.target, floor.source), top);
    var next := VoteFloor(SourceToCover(votes, floor.target, floor.source), TargetToCover(votes, floor.source, Max(floor.target, floor.source)));
    if next == floor then floor else Settle(votes, next, top)
  }

  ghost predicate Settled(votes: seq<VoteRecord>, floor: VoteFloor) {
    && floor.source <= floor.target
    && (forall r <- votes :: r.vote.target < floor.target ==> r.vote.source <= floor.source)
    && (forall r <- votes :: r.vote.source < floor.source ==> r.vote.target <= floor.target)
  }

  function VotesFrom(votes: seq<VoteRecord>, floor: VoteFloor): seq<VoteRecord>
    ensures forall r :: r in VotesFrom(votes, floor) <==> r in votes && r.vote.source >= floor.source && r.vote.target >= floor.target
  {
    if |votes| == 0 then []
    else
      var last := votes[|votes| - 1];
      var rest := VotesFrom(votes[..|votes| - 1], floor);
      assert votes == votes[..|votes| - 1] + [last];
      if last.vote.source >= floor.source && last.vote.target >= floor.target then rest + [last] else rest
  }

  function BlocksFrom(blocks: seq<BlockRecord>, slot: nat): seq<BlockRecord>
    ensures forall r :: r in BlocksFrom(blocks, slot) <==> r in blocks && r.block.slot >= slot
  {
    if |blocks| == 0 then []
    else
      var last := blocks[|blocks| - 1];
      var rest := BlocksFrom(blocks[..|blocks| - 1], slot);
      assert blocks == blocks[..|blocks| - 1] + [last];
      if last.block.slot >= slot then rest + [last] else rest
  }

  // HistoryFloors.Raise: floors rise to these numbers or stay (None), and what lies below them is dropped.
  function Raise(h: History, slot: Option<nat>, vote: Option<VoteFloor>): History { RaiseVotes(RaiseBlocks(h, slot), vote) }

  function RaiseBlocks(h: History, slot: Option<nat>): History {
    match HigherSlot(h.slotFloor, slot)
    case None => h
    case Some(floor) => h.(blocks := BlocksFrom(h.blocks, floor), slotFloor := Some(floor))
  }

  function RaiseVotes(h: History, vote: Option<VoteFloor>): History {
    match HigherVote(h.voteFloor, vote)
    case None => h
    case Some(least) =>
      var floor := Settle(h.votes, least, Top(h.votes, Max(least.source, least.target)));
      h.(votes := VotesFrom(h.votes, floor), voteFloor := Some(floor))
  }

  function HigherSlot(a: Option<nat>, b: Option<nat>): Option<nat> {
    if a.None? then b else if b.None? then a else Some(Max(a.value, b.value))
  }

  function HigherVote(a: Option<VoteFloor>, b: Option<VoteFloor>): Option<VoteFloor> {
    if a.None? then b else if b.None? then a else Some(VoteFloor(Max(a.value.source, b.value.source), Max(a.value.target, b.value.target)))
  }

  // HistoryPruning.Prune: what is older than so many epochs before the newest, each of blocks and votes by its own newest.
  function Prune(h: History, keepEpochs: nat): History { Raise(h, PrunedSlot(h, keepEpochs), PrunedVote(h, keepEpochs)) }

  function PrunedSlot(h: History, keepEpochs: nat): Option<nat> { SlotToDrop(h.blocks, NewestSlot(h.blocks) - keepEpochs * SlotsPerEpoch) }

  function PrunedVote(h: History, keepEpochs: nat): Option<VoteFloor> { VoteToDrop(h.votes, NewestTarget(h.votes) - keepEpochs) }

  function SlotToDrop(blocks: seq<BlockRecord>, before: int): Option<nat> {
    if |blocks| == 0 then None
    else
      var last := blocks[|blocks| - 1].block.slot;
      var rest := SlotToDrop(blocks[..|blocks| - 1], before);
      if last >= before then rest else if rest.None? then Some(last) else Some(Max(last, rest.value))
  }

  function VoteToDrop(votes: seq<VoteRecord>, before: int): Option<VoteFloor> {
    if |votes| == 0 then None
    else
      var last := votes[|votes| - 1].vote;
      var rest := VoteToDrop(votes[..|votes| - 1], before);
      if last.target >= before then rest
      else if rest.None? then Some(VoteFloor(last.source, last.target))
      else Some(VoteFloor(Max(last.source, rest.value.source), Max(last.target, rest.value.target)))
  }

  // What a file says of one key.
  datatype Imported = Imported(blocks: seq<Block>, votes: seq<Vote>)

  // InterchangeContradiction: a message with a root that is slashable beside one of ours. A record without a root proves nothing; it refuses all the same.
  predicate Contradicts(h: History, file: Imported) {
    || (exists r <- h.votes, v <- file.votes :: r.own && v.source <= v.target && v.root.Known? && Conflict(Attestation(r.vote), Attestation(v)))
    || (exists r <- h.blocks, b <- file.blocks :: r.own && b.root.Known? && Conflict(Proposal(r.block), Proposal(b)))
  }

  function AddVotes(to: seq<VoteRecord>, votes: seq<Vote>): seq<VoteRecord>
    ensures forall r <- to :: r in AddVotes(to, votes)
    ensures forall r <- AddVotes(to, votes) :: r in to || (!r.own && r.vote in votes && r.vote.source <= r.vote.target)
  {
    if |votes| == 0 then to
    else
      var v := votes[|votes| - 1];
      var rest := AddVotes(to, votes[..|votes| - 1]);
      if v.source > v.target || (exists r <- rest :: r.vote == v) then rest else rest + [VoteRecord(v, false)]
  }

  function AddBlocks(to: seq<BlockRecord>, blocks: seq<Block>): seq<BlockRecord>
    ensures forall r <- to :: r in AddBlocks(to, blocks)
    ensures forall r <- AddBlocks(to, blocks) :: r in to || (!r.own && r.block in blocks)
  {
    if |blocks| == 0 then to
    else
      var b := blocks[|blocks| - 1];
      var rest := AddBlocks(to, blocks[..|blocks| - 1]);
      if exists r <- rest :: r.block == b then rest else rest + [BlockRecord(b, false)]
  }

  function LowestSlot(blocks: seq<Block>): Option<nat> {
    if |blocks| == 0 then None
    else
      var last := blocks[|blocks| - 1].slot;
      var rest := LowestSlot(blocks[..|blocks| - 1]);
      if rest.None? then Some(last) else Some(Min(last, rest.value))
  }

  // The lowest source and target of the possible votes.
  function LowestVote(votes: seq<Vote>): Option<VoteFloor> {
    if |votes| == 0 then None
    else
      var last := votes[|votes| - 1];
      var rest := LowestVote(votes[..|votes| - 1]);
      if last.source > last.target then rest
      else if rest.None? then Some(VoteFloor(last.source, last.target))
      else Some(VoteFloor(Min(last.source, rest.value.source), Min(last.target, rest.value.target)))
  }

  // The highest numbers of the impossible votes, whose source is after their target: they are no records, floors at them refuse what they could be slashed with.
  function HighestImpossible(votes: seq<Vote>): Option<VoteFloor> {
    if |votes| == 0 then None
    else
      var last := votes[|votes| - 1];
      var rest := HighestImpossible(votes[..|votes| - 1]);
      if last.source <= last.target then rest
      else if rest.None? then Some(VoteFloor(last.source, last.target))
      else Some(VoteFloor(Max(last.source, rest.value.source), Max(last.target, rest.value.target)))
  }

  // InterchangeImport.Take for one key. A history without floors gets the file's lowest; with floorsAtLowest floors that exist rise to them.
  function Import(h: History, file: Imported, floorsAtLowest: bool): History {
    var covered := Raise(Started(h, file), None, HighestImpossible(file.votes));
    if floorsAtLowest then Raise(covered, LowestSlot(file.blocks), LowestVote(file.votes)) else covered
  }

  function Started(h: History, file: Imported): History {
    h.(
      blocks := AddBlocks(h.blocks, file.blocks),
      votes := AddVotes(h.votes, file.votes),
      slotFloor := if h.slotFloor.None? then LowestSlot(file.blocks) else h.slotFloor,
      voteFloor := if h.voteFloor.None? then LowestVote(file.votes) else h.voteFloor)
  }

  function Disown(h: History): History {
    h.(blocks := seq(|h.blocks|, i requires 0 <= i < |h.blocks| => h.blocks[i].(own := false)), votes := seq(|h.votes|, i requires 0 <= i < |h.votes| => h.votes[i].(own := false)))
  }

  // HistoryFloors.Merge: the higher floors hold and all records are kept. Two histories that were kept apart may contradict each other, so nothing of before is granted again.
  function Merge(into: History, from: History): History {
    if IsEmpty(from) then into
    else if IsEmpty(into) then from
    else
      var (a, b) := (Disown(into), Disown(from));
      Raise(a.(blocks := a.blocks + b.blocks, votes := a.votes + b.votes), b.slotFloor, b.voteFloor)
  }
}
