using RemoteSigner.Audit;
using RemoteSigner.Sealing;
using RemoteSigner.Slashing;
using RemoteSigner.Spec;

namespace RemoteSigner.Administration.Keys;

/// <summary>
/// Takes a change of shares back: parked ones sign again, and those that took their place are parked, in one transaction. The history of
/// their validators is one and the same, so that neither set can sign against the other.
/// </summary>
/// <param name="keys">Parked shares, of each validator one.</param>
public sealed class RevertShares(IReadOnlyCollection<BlsPublicKey> keys) : AdminAct<KeyTurnover>
{
    private KeyTurnover _result = new([], []);
    private List<VaultListing.Share> _back = [];
    private List<VaultListing.Share> _leaving = [];

    public override string Action => AuditActions.ClusterRevert;

    internal override bool WantsVault => true;

    internal override KeyTurnover Result => _result;

    internal override async Task PrepareAsync(Proceeding proceeding, CancellationToken cancellation)
    {
        var states = await proceeding.Slashing.GetKeyStatesAsync();
        var held = proceeding.Vault.Contents.Shares;
        _back =
        [
            .. held.Where(share =>
                keys.Contains(share.ShareKey) && share.GroupKey is not null && states.GetValueOrDefault(share.ShareKey) == KeyState.Parked
            ),
        ];
        if (_back.Count == 0 || _back.Count < keys.Count || _back.DistinctBy(share => share.GroupKey).Count() < _back.Count)
        {
            throw new AdminException(
                AdminFault.NothingParked,
                "these are not parked shares of the vault, one of each validator",
                "'remote-signer cluster list' shows what is parked"
            );
        }

        var groups = _back.Select(share => share.GroupKey).ToHashSet();
        _leaving = [.. held.Where(share => groups.Contains(share.GroupKey) && states.GetValueOrDefault(share.ShareKey) == KeyState.Active)];
    }

    internal override async Task<bool> CommitAsync(Proceeding proceeding)
    {
        var turn = new KeyTurn([])
        {
            Returning = [.. _back.Select(share => share.ShareKey)],
            Leaving = [.. _leaving.Select(share => share.ShareKey)],
        };
        _result = await proceeding.Slashing.TurnAsync(turn, (transaction, turnover) =>
        {
            foreach (var cluster in _back.Select(share => share.Membership?.ClusterHash).Distinct())
            {
                ParkedSets.Remove(transaction, cluster);
            }

            proceeding.Append(transaction, Action, entry => entry with { Keys = turnover.Activated });
            return KeyEvidence.Write(proceeding, transaction, turnover);
        });
        return true;
    }
}
