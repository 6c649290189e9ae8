// The decision rules, as SlashingProtection, AttestationRules, BlockRules and GlobalFloor have them. Everything in this file runs: translated to C# it is the
// oracle of the differential test. Numbers are unbounded here; the signer refuses those past 2^63-1 before any of this.
module Rules {

  datatype Option<T> = None | Some(value: T)

  function Max(a: nat, b: nat): nat { if a < b then b else a }

  function Min(a: nat, b: nat): nat { if a < b then a else b }

  // As in the minimal preset, with which the differential test runs. The proof uses only that it is not zero.
  const SlotsPerEpoch: nat := 8

  function EpochOf(slot: nat): nat { slot / SlotsPerEpoch }

  // A signing root. A record from an interchange file need not have one.
  datatype Root = Unknown | Known(number: nat)

  datatype Block = Block(slot: nat, root: Root)

  datatype Vote = Vote(source: nat, target: nat, root: Root)

  datatype Duty = Proposal(block: Block) | Attestation(vote: Vote)

  // What is asked for: a message's epochs or slot, the root that is computed from it, and the root that the client claims, if any. A claim is compared, never signed.
  function DutyAsked(content: Duty, computed: nat, claimed: Option<nat>): Option<Duty> {
    if claimed.Some? && claimed.value != computed then None
    else Some(match content case Proposal(b) => Proposal(Block(b.slot, Known(computed))) case Attestation(v) => Attestation(Vote(v.source, v.target, Known(computed))))
  }

  function RootOf(d: Duty): Root { match d case Proposal(b) => b.root case Attestation(v) => v.root }

  predicate Surrounds(outer: Vote, inner: Vote) { outer.source < inner.source && inner.target < outer.target }

  // What the chain slashes.
  predicate Conflict(a: Duty, b: Duty) {
    match (a, b)
    case (Proposal(p), Proposal(q)) => p.slot == q.slot && p != q
    case (Attestation(v), Attestation(w)) => (v.target == w.target && v != w) || Surrounds(v, w) || Surrounds(w, v)
    case _ => false
  }

  // A record is own when this signer granted it: its evidence is an audit entry. Others came in with an interchange file, or lost that rank in a merge.
  datatype BlockRecord = BlockRecord(block: Block, own: bool)

  datatype VoteRecord = VoteRecord(vote: Vote, own: bool)

  // The lowest source that may be signed, and the target below and on which nothing new may be.
  datatype VoteFloor = VoteFloor(source: nat, target: nat)

  // What is kept of one validator.
  datatype History = History(blocks: seq<BlockRecord>, votes: seq<VoteRecord>, slotFloor: Option<nat>, voteFloor: Option<VoteFloor>)

  const Nothing: History := History([], [], None, None)

  predicate IsEmpty(h: History) { h.slotFloor.None? && h.voteFloor.None? }

  // Signing stops here on the operator's word.
  datatype HighWatermark = HighWatermark(slot: nat, epoch: nat)

  // What is known of everything that was ever signed, also of what may be lost. As a floor under all keys it lets pass what contradicts none of that.
  datatype SignedBounds = SignedBounds(fence: nat, source: nat)

  datatype Rule =
    | KeyNotActive
    | BelowGlobalLowWatermark
    | SourceAfterTarget
    | AtOrAboveHighWatermark
    | SourceBelowLowWatermark
    | TargetBelowLowWatermark
    | BlockBelowLowWatermark
    | DoubleVote
    | DoubleProposal
    | SurroundedVote
    | SurroundingVote

  datatype Verdict = Allowed(again: bool) | Refused(rule: Rule)

  datatype SignedBefore = NothingSigned | TheSame | Another

  // Whatever stands on record beside the very same content refuses, and so does that content itself unless it was granted here.
  function FindVote(h: History, v: Vote): SignedBefore {
    if exists r <- h.votes :: r.vote.target == v.target && !(r.vote == v && r.own) then Another
    else if exists r <- h.votes :: r.vote.target == v.target then TheSame
    else NothingSigned
  }

  function FindBlock(h: History, b: Block): SignedBefore {
    if exists r <- h.blocks :: r.block.slot == b.slot && !(r.block == b && r.own) then Another
    else if exists r <- h.blocks :: r.block.slot == b.slot then TheSame
    else NothingSigned
  }

  function DecideVote(h: History, high: Option<HighWatermark>, v: Vote): Verdict {
    if v.source > v.target then Refused(SourceAfterTarget)
    else if high.Some? && v.target >= high.value.epoch then Refused(AtOrAboveHighWatermark)
    else if h.voteFloor.Some? && v.source < h.voteFloor.value.source then Refused(SourceBelowLowWatermark)
    else if h.voteFloor.Some? && v.target < h.voteFloor.value.target then Refused(TargetBelowLowWatermark)
    else CompareVote(h, v)
  }

  function CompareVote(h: History, v: Vote): Verdict {
    match FindVote(h, v)
    case TheSame => Allowed(true)
    case Another => Refused(DoubleVote)
    case NothingSigned =>
      if exists r <- h.votes :: Surrounds(r.vote, v) then Refused(SurroundedVote)
      else if exists r <- h.votes :: Surrounds(v, r.vote) then Refused(SurroundingVote)
      else AboveVoteFloor(h, v)
  }

  function AboveVoteFloor(h: History, v: Vote): Verdict {
    if h.voteFloor.Some? && v.target == h.voteFloor.value.target then Refused(TargetBelowLowWatermark) else Allowed(false)
  }

  function DecideBlock(h: History, high: Option<HighWatermark>, b: Block): Verdict {
    if high.Some? && b.slot >= high.value.slot then Refused(AtOrAboveHighWatermark)
    else if h.slotFloor.Some? && b.slot < h.slotFloor.value then Refused(BlockBelowLowWatermark)
    else match FindBlock(h, b)
      case TheSame => Allowed(true)
      case Another => Refused(DoubleProposal)
      case NothingSigned => if h.slotFloor == Some(b.slot) then Refused(BlockBelowLowWatermark) else Allowed(false)
  }

  function DecideDuty(h: History, high: Option<HighWatermark>, d: Duty): Verdict {
    match d
    case Proposal(b) => DecideBlock(h, high, b)
    case Attestation(v) => DecideVote(h, high, v)
  }

  // A block of this epoch or a vote with this target lies before the fence, and no source is beyond the bound.
  predicate Within(b: SignedBounds, d: Duty) {
    match d
    case Proposal(p) => EpochOf(p.slot) < b.fence
    case Attestation(v) => v.target < b.fence && v.source <= b.source
  }

  predicate Beyond(b: SignedBounds, d: Duty) {
    match d
    case Proposal(p) => EpochOf(p.slot) >= b.fence
    case Attestation(v) => v.target >= b.fence && v.source >= b.source
  }

  predicate BelowFloor(floor: Option<SignedBounds>, d: Duty) { floor.Some? && !Beyond(floor.value, d) }

  // The first vote and the first block give the floors.
  function RecordDuty(h: History, d: Duty): History {
    match d
    case Proposal(b) => h.(
      blocks := h.blocks + [BlockRecord(b, true)],
      slotFloor := if h.slotFloor.None? then Some(b.slot) else h.slotFloor)
    case Attestation(v) => h.(
      votes := h.votes + [VoteRecord(v, true)],
      voteFloor := if h.voteFloor.None? then Some(VoteFloor(v.source, v.target)) else h.voteFloor)
  }

  // What ValidatorHistory remembers of a history, so that the usual duty needs no look into the tables.
  datatype Edges = Edges(slot: int, source: int, target: int)

  function NewestSlot(blocks: seq<BlockRecord>): int {
    if |blocks| == 0 then -1
    else var last := blocks[|blocks| - 1].block.slot; var rest := NewestSlot(blocks[..|blocks| - 1]); if last > rest then last else rest
  }

  function NewestSource(votes: seq<VoteRecord>): int {
    if |votes| == 0 then -1
    else var last := votes[|votes| - 1].vote.source; var rest := NewestSource(votes[..|votes| - 1]); if last > rest then last else rest
  }

  function NewestTarget(votes: seq<VoteRecord>): int {
    if |votes| == 0 then -1
    else var last := votes[|votes| - 1].vote.target; var rest := NewestTarget(votes[..|votes| - 1]); if last > rest then last else rest
  }

  function EdgesOf(h: History): Edges { Edges(NewestSlot(h.blocks), NewestSource(h.votes), NewestTarget(h.votes)) }

  function NoteDuty(e: Edges, d: Duty): Edges {
    match d
    case Proposal(b) => e.(slot := if b.slot > e.slot then b.slot else e.slot)
    case Attestation(v) => e.(source := if v.source > e.source then v.source else e.source, target := if v.target > e.target then v.target else e.target)
  }

  // The decision with remembered edges: beyond them nothing is compared.
  function DecideByEdges(h: History, e: Edges, high: Option<HighWatermark>, d: Duty): Verdict {
    match d
    case Proposal(b) =>
      if high.Some? && b.slot >= high.value.slot then Refused(AtOrAboveHighWatermark)
      else if h.slotFloor.Some? && b.slot < h.slotFloor.value then Refused(BlockBelowLowWatermark)
      else if b.slot > e.slot then (if h.slotFloor == Some(b.slot) then Refused(BlockBelowLowWatermark) else Allowed(false))
      else DecideBlock(h, high, b)
    case Attestation(v) =>
      if v.source > v.target then Refused(SourceAfterTarget)
      else if high.Some? && v.target >= high.value.epoch then Refused(AtOrAboveHighWatermark)
      else if h.voteFloor.Some? && v.source < h.voteFloor.value.source then Refused(SourceBelowLowWatermark)
      else if h.voteFloor.Some? && v.target < h.voteFloor.value.target then Refused(TargetBelowLowWatermark)
      else if v.target > e.target && v.source >= e.source then AboveVoteFloor(h, v)
      else CompareVote(h, v)
  }
}
