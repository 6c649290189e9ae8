using RemoteSigner.Sealing;

namespace RemoteSigner.RollbackProtection;

/// <summary>
/// The judgement of a vault that was opened, by what the ledger remembers of it, without any effect. Nothing inside the file can give this:
/// whoever writes it chooses what its slots open to.
/// </summary>
public static class VaultRules
{
    private const string Hint =
        "put the newest vault in its place, and find out who put this one there; where that one is "
        + "lost, 'remote-signer rollback-protection clear' shows what is risked and takes this one";

    /// <summary>Why this vault must not be taken for the ledger's; null where it is, or where the ledger remembers none yet.</summary>
    public static RollbackRefusal? Refusal(KnownVault? known, VaultAnchor vault)
    {
        if (known is null || vault == known.Present || vault == known.Next)
        {
            return null;
        }

        var present = known.Present;
        return vault.VaultId != present.VaultId
                ? Person(
                    RollbackReason.LedgerForeign,
                    $"the ledger belongs to the vault {present.VaultId}, and the vault here is {vault.VaultId}: one of the two was swapped"
                )
            : vault.Commitment != present.Commitment
                ? Person(
                    RollbackReason.VaultReplaced,
                    $"the vault {vault.VaultId} has another root key than the ledger remembers: it was replaced, and "
                        + "whatever is sealed into it is sealed to whoever made it; or it is a copy from before the root key changed"
                )
            : vault.Generation < present.Generation
                ? Person(
                    RollbackReason.VaultRolledBack,
                    $"the vault has generation {vault.Generation} and had "
                        + $"{present.Generation} before: an old copy of the vault was put back"
                )
            : Person(
                RollbackReason.VaultUnknown,
                $"the vault has generation {vault.Generation}, and it is not what the ledger remembers of generation "
                    + $"{present.Generation}, nor what it was about to become: it was changed "
                    + "elsewhere, or an old copy of the ledger was put back"
            );
    }

    /// <summary>
    /// The same where the vault is another one altogether, whose anchor says nothing of this ledger; null also where it is an older or
    /// unknown state of the ledger's own.
    /// </summary>
    public static RollbackRefusal? RefusalOfAnother(KnownVault? known, VaultAnchor vault) =>
        Refusal(known, vault) is { Reason: RollbackReason.VaultReplaced or RollbackReason.LedgerForeign } refusal ? refusal : null;

    private static RollbackRefusal Person(RollbackReason reason, string detail) => new(reason, detail, Hint);
}
