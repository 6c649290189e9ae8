using RemoteSigner.Audit;
using RemoteSigner.Freshness;
using RemoteSigner.Sealing;

namespace RemoteSigner.Administration.Freshness;

/// <summary>Where no witness goes along: what a person may overrule who has seen what is risked. The ledger remembers the vault that is there, in place of the one that it knew.</summary>
/// <param name="vault">As it was opened.</param>
/// <param name="shown">The refusal that was shown to him.</param>
public sealed class AcceptVault(VaultAnchor vault, FreshnessRefusal shown) : AdminAct<bool>
{
    public override string Action => "freshness.clear";

    internal override bool Result => true;

    internal override async Task<bool> CommitAsync(Proceeding proceeding)
    {
        await proceeding.Pending.WriteAsync(transaction =>
        {
            KnownVault.Put(transaction, vault);
            return proceeding.Append(transaction, Action, entry => entry with { Decision = AuditDecision.Granted, Detail = $"{shown.Reason} was cleared, without a witness: {shown.Detail}" });
        });
        return true;
    }
}
