using RemoteSigner.Ledgers;
using RemoteSigner.Spec;

namespace RemoteSigner.Slashing;

/// <summary>
/// Writes the evidence of a decision in the same transaction as the decision itself, and returns its number, which the slashing record then
/// points to: greater than 0 for what is allowed; of a refusal there may be none (0). When it throws, nothing is recorded and nothing is
/// granted.
/// </summary>
public delegate long EvidenceRecorder(LedgerTransaction transaction, Root signingRoot, Verdict verdict);
