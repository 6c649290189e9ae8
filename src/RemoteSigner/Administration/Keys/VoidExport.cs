using RemoteSigner.Audit;
using RemoteSigner.Slashing;
using RemoteSigner.Spec;

namespace RemoteSigner.Administration.Keys;

/// <summary>
/// Takes an export back, at the word of a person that no copy is left: the shares sign again, or are parked where others of their
/// validators sign by now.
/// </summary>
/// <param name="keys">Exported shares of one document.</param>
/// <param name="reason">Why, as whoever does it says.</param>
/// <param name="isSuperseded">Is a later set of the same validators out, too? Then these are parked.</param>
public sealed class VoidExport(IReadOnlyCollection<BlsPublicKey> keys, string reason, bool isSuperseded) : AdminAct<KeyTurnover>
{
    private KeyTurnover _result = new([], []);
    private IReadOnlyList<HandedOut> _gone = [];

    public override string Action => AuditActions.KeyExportVoid;

    public override IReadOnlyCollection<BlsPublicKey> Keys => keys;

    internal override bool WantsVault => true;

    internal override KeyTurnover Result => _result;

    internal override async Task PrepareAsync(Proceeding proceeding, CancellationToken cancellation)
    {
        StatedReason.Require(reason);
        _gone = await HandedOut.RequireGoneAsync(proceeding, keys, []);
    }

    internal override async Task<bool> CommitAsync(Proceeding proceeding)
    {
        _result = await proceeding.Slashing.EndExportAsync(keys, isSuperseded, (transaction, turnover) =>
        {
            HandedOut.Forget(transaction, _gone);
            proceeding.Append(transaction, Action, entry =>
                entry with
                {
                    Keys = [.. turnover.Activated, .. turnover.Parked],
                    Detail = reason,
                }
            );
            return KeyEvidence.Write(proceeding, transaction, turnover);
        });
        return !_result.IsEmpty;
    }
}
