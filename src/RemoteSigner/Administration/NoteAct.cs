namespace RemoteSigner.Administration;

/// <summary>Something that happened to the signer and left its effect in memory alone, or before there was a ledger: the entry is all there is to do.</summary>
/// <param name="action">Such as <c>reload</c>.</param>
public sealed class NoteAct(string action, string detail) : AdminAct<bool>
{
    public override string Action => action;

    internal override bool Result => true;

    internal override async Task<bool> CommitAsync(Proceeding proceeding)
    {
        await proceeding.Pending.WriteAsync(transaction => proceeding.Append(transaction, Action, entry => entry with { Detail = detail }));
        return true;
    }
}
