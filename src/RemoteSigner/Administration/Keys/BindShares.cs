using RemoteSigner.Clusters;
using RemoteSigner.Consensus.Slashing;
using RemoteSigner.Consensus.Spec;
using RemoteSigner.Keys;
using RemoteSigner.Sealing;

namespace RemoteSigner.Administration.Keys;

/// <summary>Tells shares that are in the vault and know no cluster where they belong, as a verified document says.</summary>
/// <param name="document">The document, as it was given.</param>
/// <param name="places">Public share → group key and membership, of our operator's shares in the document.</param>
public sealed class BindShares(ReadOnlyMemory<byte> document, IReadOnlyDictionary<BlsPublicKey, (BlsPublicKey GroupKey, ClusterMembership Membership)> places) : AdminAct<IReadOnlyCollection<BlsPublicKey>>
{
    private IReadOnlyList<VaultShare> _opened = [];
    private ImportShares? _import;

    public override string Action => "key.bind";

    internal override bool WantsVault => true;

    internal override IReadOnlyCollection<BlsPublicKey> Result => _import!.Keys;

    internal override Task PrepareAsync(Proceeding proceeding, CancellationToken cancellation)
    {
        _opened = proceeding.Vault.OpenShares(cancellation);
        VaultShare[] bound = [.. _opened.Where(share => share.Membership is null && places.ContainsKey(share.ShareKey)).Select(Bind)];
        if (bound.Length == 0)
        {
            throw new AdminException(
                "nothing_to_bind", "no share of this node in the vault waits to be bound to this lock", "'remote-signer keys list' shows what is in the vault, 'remote-signer cluster import' brings shares that are not");
        }

        _import = new ImportShares(new IntakeOrder(bound, SlashingFloor.FromHistory) { Document = document });
        return _import.PrepareAsync(proceeding, cancellation);
    }

    internal override Task<bool> CommitAsync(Proceeding proceeding) => _import!.CommitAsync(proceeding);

    internal override Task FollowAsync(Proceeding proceeding) => _import!.FollowAsync(proceeding);

    internal override Task FinishAsync(Proceeding proceeding) => _import!.FinishAsync(proceeding);

    public override void Dispose()
    {
        foreach (var share in _opened)
        {
            share.Dispose();
        }

        base.Dispose();
    }

    private VaultShare Bind(VaultShare share)
    {
        var (group, membership) = places[share.ShareKey];
        return share with { GroupKey = group, Membership = share.Label == PushedKeystore.Label ? membership with { Provenance = ShareProvenance.KeymanagerPush } : membership };
    }
}
