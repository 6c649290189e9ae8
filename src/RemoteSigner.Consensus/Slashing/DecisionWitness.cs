using RemoteSigner.Consensus.Spec;

namespace RemoteSigner.Consensus.Slashing;

/// <summary>
/// Writes the evidence of a decision in the same transaction as the decision itself, and returns its number (greater than 0), which the
/// slashing record then points to. When it throws, nothing is recorded and nothing is granted.
/// </summary>
public delegate long DecisionWitness(LedgerTransaction transaction, Root signingRoot, Verdict verdict);
