using RemoteSigner.Slashing;
using RemoteSigner.Spec;

namespace RemoteSigner.Administration.Keys;

/// <summary>
/// Takes an export back, at the word of a person that no copy is left: the shares sign again, or are parked where others of their validators sign by now.
/// </summary>
/// <param name="keys">Exported shares.</param>
/// <param name="reason">Why, as whoever does it says.</param>
public sealed class VoidExport(IReadOnlyCollection<BlsPublicKey> keys, string reason) : AdminAct<KeyTurnover>
{
    private KeyTurnover _result = new([], []);

    public override string Action => "key.export.void";

    public override IReadOnlyCollection<BlsPublicKey> Keys => keys;

    internal override bool WantsVault => true;

    internal override KeyTurnover Result => _result;

    internal override async Task PrepareAsync(Proceeding proceeding, CancellationToken cancellation)
    {
        StatedReason.Require(reason);
        var clusters = proceeding.Vault.Contents.Shares.Where(share => keys.Contains(share.ShareKey)).Select(share => share.Membership?.ClusterHash).ToHashSet();
        var left = (await proceeding.Pending.ParkedAsync()).Where(set => clusters.Contains(set.Cluster)).Select(set => set.Folder).OfType<string>().FirstOrDefault(CeremonyFolder.HasKeystores);
        if (left is not null)
        {
            throw new AdminException("export_still_there", $"the keystores are still in {left}; nothing was changed", $"'rm -r {left}' first, wherever they were copied to as well: two places that sign with one share get the validator slashed");
        }
    }

    internal override async Task<bool> CommitAsync(Proceeding proceeding)
    {
        _result = await proceeding.Slashing.EndExportAsync(keys, (transaction, turnover) =>
        {
            foreach (var cluster in proceeding.Vault.Contents.Shares.Where(share => keys.Contains(share.ShareKey)).Select(share => share.Membership?.ClusterHash).Distinct())
            {
                ParkedSets.Remove(transaction, cluster);
            }

            proceeding.Append(transaction, Action, entry => entry with { Keys = [.. turnover.Activated, .. turnover.Parked], Detail = reason });
            return KeyEvidence.Write(proceeding, transaction, turnover);
        });
        return _result is not { Activated.Count: 0, Parked.Count: 0 };
    }
}
