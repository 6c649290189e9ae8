using RemoteSigner.Audit;

namespace RemoteSigner.Administration.Keys;

/// <summary>
/// Opens the vault's shares: at a start and at a reload. It changes nothing by itself; what an interruption left is finished, and the open
/// keys follow vault and ledger.
/// </summary>
public sealed class OpenKeys : AdminAct<bool>
{
    public override string Action => AuditActions.KeyOpen;

    internal override bool WantsVault => true;

    internal override bool OnlyOpens => true;

    internal override bool Result => true;

    internal override Task<bool> CommitAsync(Proceeding proceeding) => Task.FromResult(false);
}
