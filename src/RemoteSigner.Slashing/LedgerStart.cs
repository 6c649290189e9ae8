namespace RemoteSigner.Slashing;

/// <summary>
/// What the ledger remembers of the newest start: the vault it belongs to (its id), the anchor of rollback protection outside (a name for
/// it), the number of the start, which the anchor counts as well, and the generation of the vault. A ledger whose number is behind the
/// anchor was put back.
/// </summary>
public sealed record LedgerStart(Guid VaultId, string Anchor, ulong Start, ulong VaultGeneration);
