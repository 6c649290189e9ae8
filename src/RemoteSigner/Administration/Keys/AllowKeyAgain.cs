using RemoteSigner.Audit;
using RemoteSigner.Spec;

namespace RemoteSigner.Administration.Keys;

/// <summary>
/// Lets a key that was deleted for good be brought in again, with the history it has. The result says whether it was such a key.
/// </summary>
public sealed class AllowKeyAgain(BlsPublicKey key) : AdminAct<bool>
{
    private bool _done;

    public override string Action => AuditActions.KeyEnable;

    public override IReadOnlyCollection<BlsPublicKey> Keys => [key];

    internal override bool Result => _done;

    internal override async Task<bool> CommitAsync(Proceeding proceeding) =>
        _done =
            (
                await proceeding.Slashing.AllowAgainAsync(key, (transaction, _) =>
                    proceeding.Append(transaction, Action, entry => entry with { ShareKey = key })
                )
            ).Count > 0;
}
