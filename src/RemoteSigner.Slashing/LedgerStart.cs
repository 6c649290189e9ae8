namespace RemoteSigner.Slashing;

/// <summary>
/// What the ledger remembers of the newest start: the vault it belongs to (its id), the witness of freshness outside (a name for it), the
/// number of the start, which the witness counts as well, and the generation of the vault. A ledger whose number is behind the witness was
/// put back.
/// </summary>
public sealed record LedgerStart(Guid VaultId, string Witness, ulong Start, ulong VaultGeneration);
