using CsCheck;
using RemoteSigner.Sealing;
using RemoteSigner.Spec;

namespace RemoteSigner.Tests.Sealing;

[Trait("Speed", "slow")]
public sealed class VaultTests : IDisposable
{
    private readonly VaultScene _scene = new();

    public void Dispose() => _scene.Dispose();

    [Fact]
    public async Task Shares_are_added_and_removed_and_each_change_raises_the_generation()
    {
        var shares = await _scene.MakeAsync(3);
        using (var vault = await _scene.OpenAsync())
        {
            vault.Remove(shares[1].ShareKey);
        }

        using var again = await _scene.OpenAsync();
        _scene.AssertHolds(again, [shares[0], shares[2]]);
        Assert.Equal(3UL, again.Contents.Generation);
        Assert.True(again.Contents.Authenticated);
    }

    [Fact]
    public async Task Lists_without_a_key_and_says_that_nothing_is_proven()
    {
        var shares = await _scene.MakeAsync(2);

        var listing = Vault.List(_scene.VaultPath);

        Assert.False(listing.Authenticated);
        Assert.Equal(shares.Select(share => share.ShareKey), listing.Shares.Select(share => share.ShareKey));
        Assert.Equal(VaultSlotType.Recovery, Assert.Single(listing.Slots).Type);
    }

    [Fact]
    public async Task A_change_leaves_every_byte_of_the_other_records_and_shows_what_the_file_says()
    {
        var shares = await _scene.MakeAsync(3);
        var before = await File.ReadAllBytesAsync(_scene.VaultPath);
        using var vault = await _scene.OpenAsync();
        var listed = vault.Contents;
        Assert.Same(listed, vault.Contents);

        var added = _scene.NewShare(label: "added");
        vault.Exchange([shares[0].ShareKey], vault.Seal([added]));

        var after = await File.ReadAllBytesAsync(_scene.VaultPath);
        var file = VaultFile.Parse(after);
        Assert.Equal([shares[1].ShareKey, shares[2].ShareKey, added.ShareKey], file.Records.Select(record => record.ShareKey));
        Assert.Equal(VaultFile.Parse(before).Records.Skip(1).Select(BytesOf), file.Records.SkipLast(1).Select(BytesOf));
        Assert.Equal(VaultListing.Of(file, authenticated: true).Shares, vault.Contents.Shares);
        Assert.Equal((listed.Generation + 1, file.Generation), (vault.Contents.Generation, vault.Contents.Generation));
        Assert.True(file.Mac.Span.SequenceEqual(VaultFile.MacOf(after)));
        _scene.AssertHolds(vault, [shares[1], shares[2], added]);

        static string BytesOf(VaultRecord record) => Convert.ToHexString(record.Bytes.Span);
    }

    /// <summary>Whoever keeps what he read must see every change behind his back, whatever its length and time stamp say.</summary>
    [Fact]
    public async Task What_was_read_before_is_believed_only_while_every_byte_is_as_it_was()
    {
        await _scene.MakeAsync(2);
        using var first = await _scene.OpenAsync();
        var (good, written) = (await File.ReadAllBytesAsync(_scene.VaultPath), File.GetLastWriteTimeUtc(_scene.VaultPath));
        for (var at = 0; at < good.Length; at++)
        {
            var bad = (byte[])good.Clone();
            bad[at] ^= (byte)(1 << (at % 8));
            await using (var file = File.OpenWrite(_scene.VaultPath))
            {
                await file.WriteAsync(bad);
            }

            File.SetLastWriteTimeUtc(_scene.VaultPath, written);
            await Assert.ThrowsAsync<VaultException>(_scene.OpenAsync);
        }

        await File.WriteAllBytesAsync(_scene.VaultPath, good);
        using var mended = await _scene.OpenAsync();
        Assert.Equal(first.Contents.Shares, mended.Contents.Shares);
        using var again = await _scene.OpenAsync();
        Assert.Same(mended.Records, again.Records);
        Assert.Empty(again.ChangesSince(mended.Records)!);
        Assert.Null(again.ChangesSince(first.Records));
    }

    [Fact]
    public async Task A_change_that_was_not_written_leaves_nothing_in_those_that_come_after()
    {
        var shares = await _scene.MakeAsync(2);
        VaultShare[] more = [_scene.NewShare(label: "lost"), _scene.NewShare(label: "kept")];
        using var vault = await _scene.OpenAsync();
        using (new FileStream(_scene.VaultPath + ".lock", FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None))
        {
            Assert.Equal(VaultFault.Busy, Assert.Throws<VaultException>(() => vault.Add([more[0]])).Fault);
        }

        Assert.Null(vault.Find(more[0].ShareKey));
        vault.Renew();
        vault.Add([more[1]]);
        vault.Add([_scene.NewShare(label: "last")]);

        using var other = await Vault.OpenAsync(_scene.VaultPath, _scene.Arena, _scene.PrivateRecovery);
        Assert.Equal(["test", "test", "kept", "last"], other.Contents.Shares.Select(share => share.Label));
        Assert.Equal(other.Contents.Shares, vault.Contents.Shares);
        Assert.Equal(shares[1].ShareKey, vault.Find(shares[1].ShareKey)!.ShareKey);
        other.OpenShares().ToList().ForEach(share => share.Dispose());
    }

    /// <summary>More than one part of what is kept in memory: records are gone on with, begun anew and closed up.</summary>
    [Fact]
    public async Task Shares_that_come_one_by_one_and_go_are_in_the_file_in_their_order()
    {
        await _scene.MakeAsync(0);
        List<VaultShare> expected = [];
        using var vault = await _scene.OpenAsync();
        for (var i = 0; i < 60; i++)
        {
            VaultShare[] coming =
            [
                .. Enumerable.Range(0, 1 + (i % 20)).Select(n => _scene.NewShare(label: $"{i}.{n} {new string('x', 50)}")),
            ];
            BlsPublicKey[] going = i % 7 == 6 ? [expected[i % expected.Count].ShareKey] : [];
            vault.Exchange(going, vault.Seal(coming));
            expected.RemoveAll(share => going.Contains(share.ShareKey));
            expected.AddRange(coming);
        }

        Assert.Equal(expected.Select(share => share.Listed), Vault.List(_scene.VaultPath).Shares);
        Assert.Equal(expected.Select(share => share.Listed), vault.Contents.Shares);
        Assert.All(expected, share => Assert.Equal(share.Listed, vault.Find(share.ShareKey)));
        _scene.AssertHolds(vault, expected);
    }

    [Fact]
    public async Task A_batch_with_a_share_that_is_there_already_adds_none()
    {
        var shares = await _scene.MakeAsync(2);
        var before = await File.ReadAllBytesAsync(_scene.VaultPath);
        using var vault = await _scene.OpenAsync();

        Assert.Equal(VaultFault.Duplicate, Assert.Throws<VaultException>(() => vault.Add([_scene.NewShare(), shares[1]])).Fault);

        Assert.Equal(before, await File.ReadAllBytesAsync(_scene.VaultPath));
    }

    [Fact]
    public async Task A_share_under_the_wrong_public_key_is_refused_at_opening()
    {
        await _scene.MakeAsync(0);
        var first = _scene.NewShare();
        using var vault = await _scene.OpenAsync();
        vault.Add([first with { ShareKey = _scene.NewShare().ShareKey }, _scene.NewShare(), _scene.NewShare()]);

        Assert.Equal(VaultFault.WrongShare, Assert.Throws<VaultException>(() => vault.OpenShares()).Fault);
    }

    /// <summary>All offsets of a small vault: header, slots, hash, code and records.</summary>
    [Fact]
    public async Task A_change_of_any_byte_is_refused()
    {
        await _scene.MakeAsync(2);
        var good = await File.ReadAllBytesAsync(_scene.VaultPath);
        var key = _scene.PrivateRecovery;
        for (var at = 0; at < good.Length; at++)
        {
            var bad = (byte[])good.Clone();
            bad[at] ^= (byte)(1 << (at % 8));
            await File.WriteAllBytesAsync(_scene.VaultPath, bad);

            await Assert.ThrowsAsync<VaultException>(() => Vault.OpenAsync(_scene.VaultPath, _scene.Arena, key));
        }
    }

    [Fact]
    public async Task A_vault_that_is_cut_off_anywhere_is_refused()
    {
        await _scene.MakeAsync(1);
        var good = await File.ReadAllBytesAsync(_scene.VaultPath);
        var key = _scene.PrivateRecovery;
        for (var length = 0; length < good.Length; length++)
        {
            await File.WriteAllBytesAsync(_scene.VaultPath, good[..length]);

            await Assert.ThrowsAsync<VaultException>(() => Vault.OpenAsync(_scene.VaultPath, _scene.Arena, key));
        }
    }

    [Fact]
    public async Task Faults_are_told_apart()
    {
        await _scene.MakeAsync(1);
        var good = await File.ReadAllBytesAsync(_scene.VaultPath);

        Assert.Equal(VaultFault.NotAVault, await FaultOf(Set(good, 0, (byte)'X')));
        Assert.Equal(VaultFault.UnsupportedVersion, await FaultOf(Set(good, 9, 4)));
        Assert.Equal(VaultFault.Truncated, await FaultOf(good[..^1]));
        Assert.Equal(VaultFault.Malformed, await FaultOf([.. good, 0]));
        Assert.Equal(VaultFault.MacMismatch, await FaultOf(Set(good, 33, 99)));
        Assert.Equal(VaultFault.RecordsMismatch, await FaultOf(Set(good, good.Length - 1, (byte)(good[^1] ^ 1))));
        File.Delete(_scene.VaultPath);
        Assert.Equal(VaultFault.Missing, (await Assert.ThrowsAsync<VaultException>(_scene.OpenAsync)).Fault);
    }

    [Fact]
    public async Task Any_bytes_are_a_vault_or_a_named_fault()
    {
        await _scene.MakeAsync(2);
        var good = await File.ReadAllBytesAsync(_scene.VaultPath);
        var mutated = Gen.Select(Gen.Int[0, good.Length - 1], Gen.Byte.Array[1, 8], Gen.Int[0, 2 * good.Length], (at, bytes, length) =>
        {
            var changed = (byte[])good.Clone();
            bytes.AsSpan(0, Math.Min(bytes.Length, changed.Length - at)).CopyTo(changed.AsSpan(at));
            return changed[..Math.Min(length, changed.Length)];
        });
        Gen.OneOf(mutated, Gen.Byte.Array[0, 300].Select(tail => (byte[])[.. VaultFile.Magic, 0, (byte)(1 + (tail.Length % 2)), .. tail]))
            .Sample(
                bytes =>
                {
                    var before = GC.GetAllocatedBytesForCurrentThread();
                    try
                    {
                        Assert.NotEmpty(VaultFile.Parse(bytes).Slots);
                    }
                    catch (VaultException e)
                    {
                        Assert.NotEmpty(e.Hint);
                    }

                    Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 64 * 1024);
                },
                iter: 50_000
            );
    }

    [Fact]
    public async Task A_crash_before_the_rename_leaves_the_old_vault()
    {
        var shares = await _scene.MakeAsync(1);
        await File.WriteAllBytesAsync(_scene.VaultPath + ".new", (await File.ReadAllBytesAsync(_scene.VaultPath))[..100]);

        using (var vault = await _scene.OpenAsync())
        {
            _scene.AssertHolds(vault, shares);
            vault.Add([_scene.NewShare()]);
        }

        Assert.False(File.Exists(_scene.VaultPath + ".new"));
        Assert.Equal(2, Vault.List(_scene.VaultPath).Shares.Count);
    }

    [Fact]
    public async Task A_write_that_fails_leaves_the_vault_as_it_was()
    {
        var shares = await _scene.MakeAsync(1);
        Directory.CreateDirectory(_scene.VaultPath + ".new");
        using var vault = await _scene.OpenAsync();

        Assert.Equal(VaultFault.Unwritable, Assert.Throws<VaultException>(() => vault.Add([_scene.NewShare()])).Fault);

        Directory.Delete(_scene.VaultPath + ".new");
        _scene.AssertHolds(vault, shares);
        vault.Add([_scene.NewShare()]);
        Assert.Equal(2, Vault.List(_scene.VaultPath).Shares.Count);
    }

    [Fact]
    public async Task Two_processes_never_write_at_once()
    {
        await _scene.MakeAsync(1);
        using var vault = await _scene.OpenAsync();
        using (new FileStream(_scene.VaultPath + ".lock", FileMode.Open, FileAccess.ReadWrite, FileShare.None))
        {
            Assert.Equal(VaultFault.Busy, Assert.Throws<VaultException>(() => vault.Add([_scene.NewShare()])).Fault);
        }

        vault.Add([_scene.NewShare()]);
    }

    [Fact]
    public async Task A_change_by_another_is_never_overwritten()
    {
        await _scene.MakeAsync(1);
        using var slow = await _scene.OpenAsync();
        using (var fast = await _scene.OpenAsync())
        {
            fast.Add([_scene.NewShare()]);
        }

        Assert.Equal(VaultFault.Changed, Assert.Throws<VaultException>(() => slow.Add([_scene.NewShare()])).Fault);
        Assert.Equal(2, Vault.List(_scene.VaultPath).Shares.Count);
    }

    [Fact]
    public async Task Never_overwrites_a_vault_with_a_new_one()
    {
        await _scene.MakeAsync(1);

        var refused = await Assert.ThrowsAsync<VaultException>(() =>
            Vault.CreateAsync(_scene.VaultPath, _scene.Arena, [_scene.PublicRecovery])
        );

        Assert.Equal(VaultFault.Exists, refused.Fault);
    }

    [Fact]
    public async Task The_last_slot_the_signer_can_open_by_itself_stays()
    {
        await _scene.MakeAsync(0);
        using var vault = await _scene.OpenAsync();

        Assert.Equal(
            VaultFault.LastSlot,
            Assert.Throws<VaultException>(() => vault.RemoveSlot(VaultSlotType.Recovery, _scene.PublicRecovery.Id)).Fault
        );
        Assert.Equal(
            VaultFault.Unknown,
            Assert.Throws<VaultException>(() => vault.RemoveSlot(VaultSlotType.Pkcs11AesGcm, new byte[16])).Fault
        );
    }

    [Fact]
    public async Task The_same_key_gets_one_slot_only()
    {
        await _scene.MakeAsync(0);
        using var vault = await _scene.OpenAsync();

        Assert.Equal(
            VaultFault.Duplicate,
            (await Assert.ThrowsAsync<VaultException>(() => vault.AddSlotAsync(_scene.PublicRecovery))).Fault
        );
    }

    [Fact]
    public async Task A_slot_moved_to_another_vault_does_not_open_it()
    {
        await _scene.MakeAsync(0);
        var stolen = VaultFile.Parse(await File.ReadAllBytesAsync(_scene.VaultPath));
        var foreign = stolen with { Id = new byte[16] };
        await File.WriteAllBytesAsync(
            _scene.VaultPath,
            foreign.Finish(_ => new byte[32]).Parts.SelectMany(part => part.ToArray()).ToArray()
        );

        Assert.Equal(VaultFault.WrongKey, (await Assert.ThrowsAsync<VaultException>(_scene.OpenAsync)).Fault);
    }

    [Fact]
    public void A_recovery_key_that_is_weak_or_private_is_refused()
    {
        using var weak = System.Security.Cryptography.RSA.Create(2048);

        Assert.Throws<VaultException>(() => RecoveryKey.FromPublicPem(weak.ExportSubjectPublicKeyInfoPem(), "weak", _scene.Arena));
        Assert.Throws<VaultException>(() => RecoveryKey.FromPublicPem(weak.ExportPkcs8PrivateKeyPem(), "private", _scene.Arena));
        Assert.Throws<VaultException>(() => RecoveryKey.FromPublicPem("no key", "none", _scene.Arena));
    }

    private static byte[] Set(byte[] bytes, int at, byte value)
    {
        var changed = (byte[])bytes.Clone();
        changed[at] = value;
        return changed;
    }

    private async Task<VaultFault> FaultOf(byte[] bytes)
    {
        await File.WriteAllBytesAsync(_scene.VaultPath, bytes);
        return (await Assert.ThrowsAsync<VaultException>(_scene.OpenAsync)).Fault;
    }
}
