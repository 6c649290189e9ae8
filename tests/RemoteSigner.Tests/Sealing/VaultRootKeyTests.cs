using System.Security.Cryptography;
using RemoteSigner.Sealing;
using RemoteSigner.Tests.Clusters.Ssv;

namespace RemoteSigner.Tests.Sealing;

/// <summary>Another root key for a vault: what it opens, what the one before opens, and what there is in between.</summary>
public sealed class VaultRootKeyTests : IDisposable
{
    private static readonly Func<VaultSlot, CancellationToken, Task<IKeyEncryptionKey?>> Nothing = (_, _) =>
        Task.FromResult<IKeyEncryptionKey?>(null);

    private readonly VaultScene _scene = new();

    [Fact]
    public async Task Shares_and_slots_are_the_same_under_another_root_key()
    {
        var shares = await _scene.MakeAsync(5);
        using (var vault = _scene.Open())
        {
            using var next = await vault.PrepareRootKeyAsync(await Reach().FindAsync([.. vault.Contents.Slots], CancellationToken.None));
            vault.Put(next);
            Assert.Equal((1u, 3ul, false), (vault.Contents.Epoch, vault.Contents.Generation, vault.IsFollowed));
            _scene.AssertHolds(vault, shares);
        }

        using var again = _scene.Open();
        _scene.AssertHolds(again, shares);
        Assert.Equal(1u, again.Contents.Epoch);
    }

    [Fact]
    public async Task The_root_key_before_opens_nothing_of_the_file()
    {
        await _scene.MakeAsync(1);
        using var former = await RootKeyAsync();
        await RekeyAsync();
        using (var vault = _scene.Open())
        {
            vault.Add([_scene.NewShare()]);
        }

        var file = VaultFile.Parse(await File.ReadAllBytesAsync(_scene.VaultPath));

        Assert.False(file.Mac.Span.SequenceEqual(former.Authenticate(file.Header.Span)));
        using var room = former.Room();
        Assert.All(file.Records, record => Assert.Throws<VaultException>(() => former.Open(record, room)));
    }

    [Fact]
    public async Task What_is_beside_the_vault_opens_with_the_former_one_that_was_kept_until_it_follows()
    {
        await _scene.MakeAsync(1);
        using var key = OperatorKeyTests.Operator(_scene.Arena, 0);
        ReadOnlyMemory<byte> former;
        using (var vault = _scene.Open())
        {
            await File.WriteAllBytesAsync(vault.OperatorKeyPath, vault.SealOperatorKey(vault.OperatorKeyPath, key));
        }

        former = await RekeyAsync();

        using var again = _scene.Open();
        Assert.Equal(
            VaultFault.WrongOperatorKey,
            Assert.Throws<VaultException>(() => again.OpenOperatorKey(again.OperatorKeyPath, _scene.Arena)).Fault
        );
        Assert.False(again.Recall(RandomNumberGenerator.GetBytes(former.Length)));
        Assert.True(again.Recall(former.Span));
        await File.WriteAllBytesAsync(again.OperatorKeyPath, again.ReSealOperatorKey(again.OperatorKeyPath)!);
        again.ForgetFormer();
        using var opened = again.OpenOperatorKey(again.OperatorKeyPath, _scene.Arena);
        Assert.Equal(key.PublicKey, opened!.PublicKey);
        Assert.Null(again.ReSealOperatorKey(again.OperatorKeyPath));
    }

    [Fact]
    public async Task A_slot_whose_device_is_not_here_is_named_and_nothing_is_changed()
    {
        await _scene.MakeAsync(1);
        using var vault = _scene.Open();
        var absent = new Administration.ModelKey("absent");
        await vault.AddSlotAsync(absent);
        var id = Convert.ToHexStringLower(absent.Id.Span);

        var refusal = await Assert.ThrowsAsync<VaultException>(() => Reach().FindAsync([.. vault.Contents.Slots], CancellationToken.None));

        Assert.Equal(VaultFault.OutOfReach, refusal.Fault);
        Assert.Contains(id, refusal.Message, StringComparison.Ordinal);
        Assert.Contains("--drop", refusal.Hint, StringComparison.Ordinal);
        Assert.Equal(
            VaultFault.LastSlot,
            (
                await Assert.ThrowsAsync<VaultException>(async () =>
                    await vault.PrepareRootKeyAsync(await Reach(id).FindAsync([.. vault.Contents.Slots], CancellationToken.None))
                )
            ).Fault
        );
        Assert.Equal(
            VaultFault.Unknown,
            (await Assert.ThrowsAsync<VaultException>(() => Reach("00").FindAsync([.. vault.Contents.Slots], CancellationToken.None))).Fault
        );
    }

    [Fact]
    public async Task A_vault_of_version_2_gets_public_halves_with_its_next_root_key()
    {
        var shares = await _scene.MakeAsync(2);
        using (var present = await RootKeyAsync())
        {
            await File.WriteAllBytesAsync(_scene.VaultPath, AsVersion2(await File.ReadAllBytesAsync(_scene.VaultPath), present));
        }

        using (var vault = _scene.Open())
        {
            _scene.AssertHolds(vault, shares);
            Assert.Equal(
                VaultFault.OutOfReach,
                (
                    await Assert.ThrowsAsync<VaultException>(() =>
                        new SlotReach([], Nothing, []).FindAsync([.. vault.Contents.Slots], CancellationToken.None)
                    )
                ).Fault
            );
        }

        await RekeyAsync();
        using var again = _scene.Open();
        _scene.AssertHolds(again, shares);
        _ = Assert.Single(await new SlotReach([], Nothing, []).FindAsync([.. again.Contents.Slots], CancellationToken.None));
    }

    public void Dispose() => _scene.Dispose();

    private SlotReach Reach(params string[] dropped) =>
        new([_scene.PublicRecovery, new Administration.ModelKey("present")], Nothing, dropped);

    private async Task<ReadOnlyMemory<byte>> RekeyAsync()
    {
        using var vault = _scene.Open();
        using var next = await vault.PrepareRootKeyAsync(await Reach().FindAsync([.. vault.Contents.Slots], CancellationToken.None));
        vault.Put(next);
        return next.Former;
    }

    private async Task<VaultRootKey> RootKeyAsync()
    {
        var file = VaultFile.Parse(await File.ReadAllBytesAsync(_scene.VaultPath));
        var slot = file.Slots.Single(slot => slot.Type == VaultSlotType.Recovery);
        return new VaultRootKey(
            _scene.Arena,
            await _scene.PrivateRecovery.UnwrapAsync(
                slot.Wrapped,
                VaultRootKey.ContextOf(slot.Type, file.Id),
                _scene.Arena,
                CancellationToken.None
            ),
            file.Id,
            file.Epoch
        );
    }

    // As README.md of the room has it: without the number of the root key, and without public halves.
    private static byte[] AsVersion2(byte[] bytes, VaultRootKey key)
    {
        var file = VaultFile.Parse(bytes);
        var slot = file.Slots.Single();
        byte[] header = [.. bytes[..8], 0, 2, .. bytes[10..34], 1, .. Slot(slot), .. file.Header.Span[^36..]];
        return [.. header, .. key.Authenticate(header), .. bytes[(file.Header.Length + 32)..]];

        static byte[] Slot(VaultSlot slot)
        {
            var label = System.Text.Encoding.UTF8.GetBytes(slot.Label);
            return
            [
                (byte)slot.Type,
                (byte)slot.KeyId.Length,
                .. slot.KeyId.Span,
                (byte)label.Length,
                .. label,
                (byte)(slot.Wrapped.Length >> 8),
                (byte)(slot.Wrapped.Length & 0xFF),
                .. slot.Wrapped.Span,
            ];
        }
    }
}
