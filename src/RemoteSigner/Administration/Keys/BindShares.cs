using RemoteSigner.Clusters;
using RemoteSigner.Keys;
using RemoteSigner.Sealing;
using RemoteSigner.Slashing;
using RemoteSigner.Spec;

namespace RemoteSigner.Administration.Keys;

/// <summary>
/// Tells shares that are in the vault where they belong, as an anchored document says. Those that know no cluster; if <paramref name="rebind"/> also those that are held under another cluster or
/// validator, once a person has found out that this one is right: their slashing history goes with them.
/// </summary>
/// <param name="document">The document.</param>
/// <param name="places">Public share → group key and membership, of the document's shares that may be ours.</param>
public sealed class BindShares(AnchoredDocument document, IReadOnlyDictionary<BlsPublicKey, (BlsPublicKey GroupKey, ClusterMembership Membership)> places, bool rebind = false) : AdminAct<BoundShares>
{
    private IReadOnlyList<VaultShare> _opened = [];
    private VaultShare[] _bound = [];
    private ImportShares? _import;

    public override string Action => "key.bind";

    internal override bool WantsVault => true;

    internal override BoundShares Result => new(
        [.. _bound.Select(share => share.ShareKey)], [.. _opened.Where(share => _bound.Any(bound => bound.ShareKey == share.ShareKey)).Select(share => share.Membership?.ClusterHash).OfType<Root>().Distinct()]);

    internal override Task PrepareAsync(Proceeding proceeding, CancellationToken cancellation)
    {
        _opened = proceeding.Vault.OpenShares(cancellation);
        _bound = [.. _opened.Where(share => MayBind(share, rebind)).Select(Bind)];
        if (_bound.Length == 0)
        {
            throw Nothing(_opened.Count(share => MayBind(share, anew: true)));
        }

        _import = new ImportShares(new IntakeOrder(_bound, SlashingFloor.FromHistory) { Document = document, Rebind = rebind });
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

    private bool MayBind(VaultShare share, bool anew) => places.TryGetValue(share.ShareKey, out var place)
        && (share.Membership is not { } member || (anew && (share.GroupKey != place.GroupKey || member with { Provenance = place.Membership.Provenance } != place.Membership)));

    private VaultShare Bind(VaultShare share)
    {
        var (group, membership) = places[share.ShareKey];
        return share with { GroupKey = group, Membership = membership with { Provenance = PushLabels.ProvenanceOf(share.Label, membership.Provenance) } };
    }

    private AdminException Nothing(int elsewhere) => elsewhere > 0 && !rebind
        ? new AdminException("bound_elsewhere", $"no share in the vault waits to be bound to this document; {elsewhere} of it are held under another cluster or validator", "find out which of the two is right; 'remote-signer cluster bind --replace' then binds them to this one")
        : new AdminException("nothing_to_bind", "no share in the vault waits to be bound to this document", "'remote-signer keys list' shows what is in the vault, 'remote-signer cluster import' brings shares that are not");
}

/// <summary>Shares that know their place now, and the clusters that some of them have left.</summary>
public sealed record BoundShares(IReadOnlyCollection<BlsPublicKey> Shares, IReadOnlyCollection<Root> Left);
