namespace RemoteSigner.Ledgers;

/// <summary>
/// Writes the audit entry of a change into the transaction of that change and returns its number (greater than 0). Every method that
/// changes anything takes one, so that no change without its entry compiles. When it throws, nothing is changed.
/// </summary>
/// <param name="transaction">The transaction of the change.</param>
/// <param name="change">What was changed.</param>
public delegate long EvidenceWriter<in T>(LedgerTransaction transaction, T change);
