using RemoteSigner.RollbackProtection;
using RemoteSigner.Sealing;

namespace RemoteSigner.Administration;

/// <summary>
/// Something that happened to the signer and left its effect in memory alone, or before there was a ledger: the entry is all there is to
/// do.
/// </summary>
/// <param name="action">Such as <c>reload</c>.</param>
/// <param name="made">The vault that was made for this ledger, which remembers it from here on; null where none was.</param>
public sealed class NoteAct(string action, string detail, VaultAnchor? made = null) : AdminAct<bool>
{
    public override string Action => action;

    internal override bool Result => true;

    internal override async Task<bool> CommitAsync(Proceeding proceeding)
    {
        await proceeding.Pending.WriteAsync(transaction =>
        {
            _ = made is null || KnownVault.Put(transaction, made);
            return proceeding.Append(transaction, Action, entry => entry with { Detail = detail });
        });
        return true;
    }
}
