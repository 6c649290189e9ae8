using System.Text;
using RemoteSigner.Clusters;
using RemoteSigner.Keys;
using RemoteSigner.Tests.Clusters;

namespace RemoteSigner.Tests.Keys;

public sealed class KnownSharesTests : IAsyncLifetime
{
    private const string Cluster = "lock-v1_11-4of3";

    private IntakeScene _scene = null!;

    public async ValueTask InitializeAsync() => _scene = await IntakeScene.OpenAsync();

    public ValueTask DisposeAsync() => _scene.DisposeAsync();

    [Fact]
    public void A_lock_that_was_put_into_the_archive_tells_where_its_shares_belong()
    {
        var hash = _scene.Archive.Add(ClusterVectors.Bytes(Cluster)).Hash;
        var share = ClusterVectors.Lock(Cluster).SharesOf(3)[1];

        var known = Known().Find(share.PublicShare, ShareProvenance.KeymanagerPush);

        Assert.Equal((share.GroupKey, new ClusterMembership(3, 3, 4, hash, ShareProvenance.KeymanagerPush)), known);
        Assert.Null(Known().Find(share.GroupKey, ShareProvenance.KeymanagerPush));
    }

    [Fact]
    public async Task A_forged_lock_in_the_archive_is_believed_only_if_a_sealed_share_names_it()
    {
        var forged = Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(ClusterVectors.Bytes(Cluster)).Replace("\"threshold\": 3", "\"threshold\": 2", StringComparison.Ordinal).Replace("\"threshold\":3", "\"threshold\":2", StringComparison.Ordinal));
        var document = _scene.Archive.Add(forged);
        var share = ClusterVectors.Lock(Cluster).SharesOf(1)[0];
        Assert.Equal(2, document.Threshold);
        Assert.Null(Known().Find(share.PublicShare, ShareProvenance.KeymanagerPush));

        var held = _scene.Vaults.NewShare(share.GroupKey, new ClusterMembership(1, 2, 4, document.Hash, ShareProvenance.LockFile));
        await _scene.TakeAsync(new IntakeOrder([held], Consensus.Slashing.SlashingFloor.NeverSigned));

        Assert.NotNull(Known().Find(share.PublicShare, ShareProvenance.KeymanagerPush));
    }

    private KnownShares Known() => new(_scene.Archive, _scene.Vault.Contents.Shares, IntakeScene.Policy);
}
