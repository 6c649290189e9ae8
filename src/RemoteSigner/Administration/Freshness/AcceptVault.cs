using RemoteSigner.Audit;
using RemoteSigner.Freshness;
using RemoteSigner.Ledgers;
using RemoteSigner.Sealing;
using RemoteSigner.Slashing;

namespace RemoteSigner.Administration.Freshness;

/// <summary>
/// Where no witness goes along: what a person may overrule who has seen what is risked. The ledger remembers the vault that is there, in place of the one that it knew; where the ledger may be the older of the
/// two it stands on a floor past all that may have been signed, in the same transaction.
/// </summary>
/// <param name="vault">As it was opened.</param>
/// <param name="shown">The refusal that was shown to him.</param>
/// <param name="lost">What may have been signed and is not in this ledger; null where it is the newest.</param>
public sealed class AcceptVault(VaultAnchor vault, FreshnessRefusal shown, SignedBounds? lost) : AdminAct<bool>
{
    public override string Action => "freshness.clear";

    internal override bool Result => true;

    internal override async Task<bool> CommitAsync(Proceeding proceeding)
    {
        await (lost is { } bounds
            ? proceeding.Slashing.RaiseGlobalFloorAsync(
                new GlobalFloor(bounds, $"a person cleared this: {shown.Detail}"),
                (transaction, _) => Take(proceeding, transaction, $", floors at epoch {bounds.Fence}, sources from epoch {bounds.Source}"))
            : proceeding.Pending.WriteAsync(transaction => Take(proceeding, transaction, "")));
        return true;
    }

    private long Take(Proceeding proceeding, LedgerTransaction transaction, string floors)
    {
        KnownVault.Put(transaction, vault);
        return proceeding.Append(transaction, Action, entry => entry with { Decision = AuditDecision.Granted, Detail = $"{shown.Reason} was cleared, without a witness{floors}: {shown.Detail}" });
    }
}
