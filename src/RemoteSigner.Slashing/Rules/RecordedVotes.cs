namespace RemoteSigner.Slashing;

/// <summary>
/// What is on record that bears on one vote: for its target epoch, a vote that surrounds it, and one that it surrounds (null: none; not
/// looked for where the target has a record).
/// </summary>
internal readonly record struct RecordedVotes(SignedBefore AtTarget, Vote? Outer, Vote? Inner);
