using RemoteSigner.Sealing;
using RemoteSigner.Slashing;
using RemoteSigner.Spec;

namespace RemoteSigner.RollbackProtection;

/// <summary>
/// Keeps an orderly stop true while a command changes the ledger or the vault and no signer runs: the ledger must have been the one that
/// was stopped, and the anchor is told where it ends now.
/// </summary>
public static class OfflineChange
{
    /// <summary>
    /// What a start would have decided before the change; only after <see cref="StartDecision.Serve"/> the anchor was told of the new end.
    /// </summary>
    /// <param name="before">The ledger as the command found it, with the vault as it is now.</param>
    /// <param name="after">Where the ledger ends now.</param>
    /// <param name="fence">The first epoch past all that is recorded: imported history must lie before the fence, too.</param>
    /// <exception cref="RollbackAnchorException">The anchor failed: the next start finds an unclean stop.</exception>
    public static async Task<StartDecision> KeepAsync(
        IRollbackAnchor anchor,
        FenceKeys keys,
        SlashingProtection slashing,
        ObservedState before,
        HistoryEnd after,
        Epoch fence,
        CancellationToken cancellation = default
    )
    {
        var evidence = await before.CompareWithAsync(anchor, keys, cancellation);
        var decision = StartRules.Decide(evidence);
        if (decision is StartDecision.Serve)
        {
            await slashing.FollowVaultAsync(before.VaultGeneration);
            var record = (evidence.Record! with { Vault = before.Vault.Mark }).Past(fence).EndedAt(after);
            await anchor.WriteRecordAsync(evidence.Anchor!, record.Write(keys.Record), cancellation);
        }

        return decision;
    }
}
