using RemoteSigner.Clusters;
using RemoteSigner.Sealing;
using RemoteSigner.Spec;

namespace RemoteSigner.Tests.Sealing;

public sealed class VaultMembershipTests : IDisposable
{
    private readonly VaultScene _scene = new();

    public void Dispose() => _scene.Dispose();

    [Fact]
    public async Task A_membership_is_sealed_with_its_share()
    {
        await _scene.MakeAsync(0);
        var membership = new ClusterMembership(
            ulong.MaxValue,
            9,
            13,
            new Root(Enumerable.Range(1, 32).Select(i => (byte)i).ToArray()),
            ShareProvenance.SsvPush
        );
        var share = _scene.NewShare(_scene.NewShare().ShareKey, membership);
        using var vault = await _scene.OpenAsync();

        vault.Add([share, _scene.NewShare()]);

        Assert.Equal([membership, null], vault.Contents.Shares.Select(one => one.Membership));
        Assert.Equal(membership, vault.OpenShares()[0].Membership);
    }

    [Fact]
    public async Task A_changed_membership_does_not_open()
    {
        await _scene.MakeAsync(2);
        var hash = VaultScene.Member(1)!.ClusterHash.Bytes.ToArray();
        var bytes = await File.ReadAllBytesAsync(_scene.VaultPath);
        bytes[bytes.AsSpan().IndexOf(hash)] ^= 1;
        await File.WriteAllBytesAsync(_scene.VaultPath, bytes);

        Assert.Equal(VaultFault.RecordsMismatch, (await Assert.ThrowsAsync<VaultException>(_scene.OpenAsync)).Fault);
    }

    [Theory]
    [InlineData(0, 3, 4)]
    [InlineData(1, 0, 4)]
    [InlineData(1, 5, 4)]
    public async Task A_membership_that_cannot_be_is_not_sealed(ulong index, int threshold, int operators)
    {
        await _scene.MakeAsync(0);
        using var vault = await _scene.OpenAsync();

        Assert.Throws<ArgumentException>(() =>
            vault.Add([_scene.NewShare(membership: new ClusterMembership(index, threshold, operators, default, ShareProvenance.LockFile))])
        );

        Assert.Empty(vault.Contents.Shares);
    }

    [Fact]
    public async Task A_vault_of_version_1_opens_and_keeps_its_shares_through_changes()
    {
        File.Copy(Vectors.Path("vault-v1/vault"), _scene.VaultPath);
        using var pem = SoftHsm.Secret(_scene.Arena, await File.ReadAllTextAsync(Vectors.Path("vault-v1/recovery.pem")));
        using var key = RecoveryKey.FromPrivatePem(pem, null, "offline", _scene.Arena);
        var added = _scene.NewShare(membership: VaultScene.Member(3));
        using (var vault = await Vault.OpenAsync(_scene.VaultPath, _scene.Arena, key))
        {
            Assert.Equal(["keystore-1.json", "keystore-2.json"], vault.OpenShares().Select(share => share.Label));
            vault.Add([added]);
        }

        using var again = await Vault.OpenAsync(_scene.VaultPath, _scene.Arena, key);

        Assert.Equal(["keystore-1.json", "keystore-2.json", "test"], again.OpenShares().Select(share => share.Label));
        Assert.Equal([null, null, added.Membership], again.Contents.Shares.Select(share => share.Membership));
        Assert.Equal(3, (await File.ReadAllBytesAsync(_scene.VaultPath))[9]);
    }
}
