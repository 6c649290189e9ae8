using RemoteSigner.Clusters;
using RemoteSigner.Native;
using RemoteSigner.Sealing;
using RemoteSigner.Sealing.Pkcs11;

namespace RemoteSigner.Tests.Sealing;

[Trait("Speed", "slow")]
[Collection(SoftHsmCollection.Name)]
public sealed class VaultInTokenTests(SoftHsm softHsm) : IDisposable
{
    private readonly VaultScene _scene = new();

    public void Dispose() => _scene.Dispose();

    [Theory]
    [InlineData(VaultSlotType.Pkcs11RsaOaepSha1)]
    [InlineData(VaultSlotType.Pkcs11AesGcm)]
    public async Task A_vault_opens_again_through_each_kind_of_slot_the_token_has(VaultSlotType mechanism)
    {
        using var token = softHsm.Open(_scene.Arena, profile: Only(mechanism));
        var enrolment = await SealEnrolment.EnrolAsync(token, "kek", TimeProvider.System);
        var shares = new[]
        {
            _scene.NewShare(),
            _scene.NewShare(
                group: _scene.NewShare().ShareKey,
                membership: new ClusterMembership(ulong.MaxValue, 3, 4, default, ShareProvenance.SsvFile),
                label: "ключ"
            ),
        };
        using (var made = await Vault.CreateAsync(_scene.VaultPath, _scene.Arena, [enrolment.Key]))
        {
            made.Add(shares);
        }

        using var fresh = softHsm.Open(_scene.Arena);
        var slot = Assert.Single(Vault.List(_scene.VaultPath).Slots);
        using var vault = await Vault.OpenAsync(_scene.VaultPath, _scene.Arena, Pkcs11Key.Of(fresh, slot));

        Assert.Equal(mechanism, slot.Type);
        _scene.AssertHolds(vault, shares);
    }

    [Fact]
    public async Task A_thousand_shares_open_with_one_operation_of_the_token()
    {
        using var token = softHsm.Open(_scene.Arena);
        var enrolment = await SealEnrolment.EnrolAsync(token, "kek", TimeProvider.System);
        var shares = Enumerable.Range(0, 1000).Select(_ => _scene.NewShare()).ToList();
        using (var made = await Vault.CreateAsync(_scene.VaultPath, _scene.Arena, [enrolment.Key]))
        {
            made.Add(shares);
        }

        using var fresh = softHsm.Open(_scene.Arena);
        var key = await Pkcs11Key.FindAsync(fresh, Vault.List(_scene.VaultPath).Slots);
        using var vault = await Vault.OpenAsync(_scene.VaultPath, _scene.Arena, key!);
        _scene.AssertHolds(vault, shares);

        Assert.Equal(1, fresh.State.Operations);
    }

    [Fact]
    public async Task Of_many_slots_the_one_is_found_whose_key_the_token_has()
    {
        using var first = softHsm.Open(_scene.Arena, profile: Only(VaultSlotType.Pkcs11AesGcm));
        using var second = softHsm.Open(_scene.Arena, label: "two", profile: Only(VaultSlotType.Pkcs11AesGcm));
        var here = (await SealEnrolment.EnrolAsync(first, "here", TimeProvider.System)).Key;
        var there = (await SealEnrolment.EnrolAsync(second, "there", TimeProvider.System)).Key;
        (await Vault.CreateAsync(_scene.VaultPath, _scene.Arena, [_scene.PublicRecovery, here, there])).Dispose();
        var slots = Vault.List(_scene.VaultPath).Slots;

        Assert.Equal(there.Id, (await Pkcs11Key.FindAsync(second, slots))!.Id);
        Assert.Null(await Pkcs11Key.FindAsync(second, slots.Take(2)));
        using var recovered = await Vault.OpenAsync(_scene.VaultPath, _scene.Arena, _scene.PrivateRecovery);
        Assert.Equal(3, recovered.Contents.Slots.Count);
    }

    [Fact]
    public async Task Enrolment_passes_over_what_the_token_lists_but_cannot_do()
    {
        using var token = softHsm.Open(_scene.Arena);

        var report = (await SealEnrolment.EnrolAsync(token, "kek", TimeProvider.System)).Report;

        Assert.Equal(VaultSlotType.Pkcs11RsaOaepSha1, report.Mechanism);
        Assert.Equal(VaultSlotType.Pkcs11RsaOaepSha256, Assert.Single(report.Rejected).Mechanism);
        Assert.InRange(report.Unseal.P50, TimeSpan.FromTicks(1), report.Unseal.P99);
    }

    [Fact]
    public async Task Rotation_puts_the_proven_slot_in_place_of_the_old_one_in_one_change()
    {
        using var first = softHsm.Open(_scene.Arena);
        using var second = softHsm.Open(_scene.Arena, label: "two", profile: Only(VaultSlotType.Pkcs11AesGcm));
        var old = (await SealEnrolment.EnrolAsync(first, "old", TimeProvider.System)).Key;
        var replacement = (await SealEnrolment.EnrolAsync(second, "new", TimeProvider.System)).Key;
        var share = _scene.NewShare();
        using (var made = await Vault.CreateAsync(_scene.VaultPath, _scene.Arena, [old]))
        {
            made.Add([share]);
        }

        using (var rotated = await Vault.OpenAsync(_scene.VaultPath, _scene.Arena, old))
        {
            rotated.Put(rotated.Slots(await rotated.PrepareSlotAsync(replacement), (old.SlotType, old.Id)));
        }

        using var vault = await Vault.OpenAsync(_scene.VaultPath, _scene.Arena, replacement);
        _scene.AssertHolds(vault, [share]);
        Assert.Equal(3UL, vault.Contents.Generation);
        var refused = await Assert.ThrowsAsync<VaultException>(() => Vault.OpenAsync(_scene.VaultPath, _scene.Arena, old));
        Assert.Equal(VaultFault.NoSlotOpens, refused.Fault);
    }

    [Fact]
    public async Task A_key_that_does_not_open_what_it_sealed_gets_no_slot()
    {
        using var token = softHsm.Open(_scene.Arena);
        var old = (await SealEnrolment.EnrolAsync(token, "old", TimeProvider.System)).Key;
        (await Vault.CreateAsync(_scene.VaultPath, _scene.Arena, [old])).Dispose();

        using var vault = await Vault.OpenAsync(_scene.VaultPath, _scene.Arena, old);
        Assert.Equal(VaultFault.WrongKey, (await Assert.ThrowsAsync<VaultException>(() => vault.PrepareSlotAsync(new Broken()))).Fault);
    }

    /// <summary>Opens to something else than it has wrapped.</summary>
    private sealed class Broken : IKeyEncryptionKey
    {
        public VaultSlotType SlotType => VaultSlotType.Pkcs11AesGcm;

        public ReadOnlyMemory<byte> Id => new byte[16];

        public string Label => "broken";

        public Task<byte[]> WrapAsync(SecretBytes rootKey, ReadOnlyMemory<byte> context, CancellationToken cancellation) =>
            Task.FromResult(new byte[48]);

        public Task<SecretBytes> UnwrapAsync(
            ReadOnlyMemory<byte> wrapped,
            ReadOnlyMemory<byte> context,
            SecretArena arena,
            CancellationToken cancellation
        ) => Task.FromResult(arena.Allocate(32));
    }

    [Theory]
    [InlineData(VaultSlotType.Pkcs11RsaOaepSha1)]
    [InlineData(VaultSlotType.Pkcs11AesGcm)]
    public async Task A_flipped_bit_in_the_wrapped_key_is_told_apart_from_a_lost_device(VaultSlotType mechanism)
    {
        using var token = softHsm.Open(
            _scene.Arena,
            profile: Only(mechanism),
            timeouts: new TokenTimeouts { Pause = TimeSpan.FromMilliseconds(1) }
        );
        var key = (await SealEnrolment.EnrolAsync(token, "kek", TimeProvider.System)).Key;
        (await Vault.CreateAsync(_scene.VaultPath, _scene.Arena, [key])).Dispose();
        var bytes = await File.ReadAllBytesAsync(_scene.VaultPath);
        var wrapped = Vault.List(_scene.VaultPath).Slots[0].Wrapped;
        bytes[bytes.AsSpan().IndexOf(wrapped.Span) + (wrapped.Length / 2)] ^= 1;
        await File.WriteAllBytesAsync(_scene.VaultPath, bytes);

        var refused = await Assert.ThrowsAsync<VaultException>(() => Vault.OpenAsync(_scene.VaultPath, _scene.Arena, key));

        Assert.Equal(VaultFault.WrongKey, refused.Fault);
        Assert.NotEqual(DeviceCondition.Resting, token.State.Condition);
        await key.ProveAsync();
        Assert.Equal(DeviceCondition.Ready, token.State.Condition);
    }

    private static HsmProfile Only(VaultSlotType mechanism) => HsmProfile.Get("softhsm2") with { Mechanisms = [mechanism] };
}
