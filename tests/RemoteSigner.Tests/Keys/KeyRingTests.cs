using System.Security.Cryptography;
using RemoteSigner.Keys;
using RemoteSigner.Native;
using RemoteSigner.Sealing;
using RemoteSigner.Spec;
using RemoteSigner.Tests.Slashing;

namespace RemoteSigner.Tests.Keys;

public sealed class KeyRingTests : IDisposable
{
    private static readonly BlsPublicKey _group = Duties.PublicKey(200);

    private readonly SecretArena _arena = new();
    private readonly KeyRing _ring = new();

    public void Dispose()
    {
        _ring.Dispose();
        _arena.Dispose();
    }

    [Fact]
    public void A_share_is_found_by_its_group_unless_two_are_open()
    {
        var (first, second) = (Open(1, _group), Open(2, _group));
        _ring.Replace([first]);
        Assert.Same(first, _ring.FindByGroup(_group));

        _ring.Replace([Open(1, _group), second]);
        Assert.Null(_ring.FindByGroup(_group));
        Assert.Same(second, _ring.Find(second.PublicKey));
    }

    [Fact]
    public void A_whole_key_is_no_share_of_itself()
    {
        var whole = Duties.PublicKey(1);
        _ring.Replace([Open(1, whole), Open(2, null)]);

        Assert.Null(_ring.FindByGroup(whole));
        Assert.Null(_ring.FindByGroup(Duties.PublicKey(2)));
    }

    [Fact]
    public void What_comes_after_the_start_is_suspect_and_what_was_open_stays_as_it_is()
    {
        var first = Open(1, _group);
        _ring.Replace([first]);
        var later = Open(2, null);
        _ring.Replace([Open(1, _group), later]);

        Assert.Same(first, _ring.Find(first.PublicKey));
        Assert.False(first.IsSuspect);
        Assert.True(later.IsSuspect);
    }

    [Fact]
    public void A_share_that_is_given_once_more_stays_open_and_trusted()
    {
        var (first, gone) = (Open(1, _group), Open(3, null));
        _ring.Replace([first, gone]);

        _ring.Replace([first, Open(2, null)]);

        Assert.Same(first, _ring.Find(first.PublicKey));
        Assert.False(first.IsSuspect);
        Assert.Equal(2, _ring.Count);
        Assert.True(first.IsSameAs(new VaultListing.Share(first.PublicKey, _group, null, "")));
        Assert.False(first.IsSameAs(new VaultListing.Share(first.PublicKey, null, null, "")));
        Assert.False(first.IsSameAs(new VaultListing.Share(first.PublicKey, _group, null, "other")));
    }

    [Fact]
    public void Shares_that_come_one_by_one_are_found_as_if_they_had_come_at_once()
    {
        var first = Open(Key(0), Key(9000));
        _ring.Replace([first]);
        List<KeyShare> late = [];
        for (var number = 1; number <= 1200; number++)
        {
            // Every hundredth is a second one of its validator, which may have come long before.
            late.Add(Open(Key(number), Key(number % 100 == 0 ? 9000 + number - 99 : 9000 + number)));
            _ring.Add([late[^1]]);
        }

        Assert.Equal(1201, _ring.Count);
        Assert.Equal([first, .. late], _ring.Shares.OrderBy(share => share.PublicKey.ToString(), StringComparer.Ordinal));
        Assert.All(late, share => Assert.Same(share, _ring.Find(share.PublicKey)));
        Assert.All(late, share => Assert.True(share.IsSuspect));
        Assert.False(first.IsSuspect);
        Assert.All(late, share =>
            Assert.Same(late.Count(other => other.GroupKey == share.GroupKey) == 1 ? share : null, _ring.FindByGroup(share.GroupKey!.Value))
        );
        Assert.Throws<ArgumentException>(() => _ring.Add([Open(Key(7), null)]));

        _ring.Replace(late);
        Assert.Null(_ring.Find(first.PublicKey));
        Assert.Same(late[5], _ring.Find(late[5].PublicKey));
    }

    [Fact]
    public void A_request_names_a_share_by_its_key_by_its_group_or_as_a_share_of_one()
    {
        var (share, whole, bare) = (Open(1, _group), Open(2, Duties.PublicKey(2)), Open(3, null));
        _ring.Replace([share, whole, bare]);

        Assert.Same(share, _ring.Find(share.PublicKey, NamedKey.Share));
        Assert.Same(share, _ring.Find(_group, NamedKey.Group));
        Assert.Same(share, _ring.Find(share.PublicKey, NamedKey.ShareOfGroup));
        Assert.Null(_ring.Find(share.PublicKey, NamedKey.Group));
        Assert.All((KeyShare[])[whole, bare], other => Assert.Null(_ring.Find(other.PublicKey, NamedKey.ShareOfGroup)));
        Assert.Same(whole, _ring.Find(whole.PublicKey, NamedKey.Share));
    }

    [Fact]
    public async Task Whoever_finds_the_ring_open_before_he_looks_finds_what_is_in_it()
    {
        var share = Open(1, _group);
        for (var round = 0; round < 300; round++)
        {
            using var ring = new KeyRing();
            Assert.False(ring.AreOpen);
            using var ready = new Barrier(2);
            var filling = Task.Run(() =>
            {
                ready.SignalAndWait();
                ring.Replace([share]);
            });
            ready.SignalAndWait();
            while (!ring.AreOpen)
            {
                Thread.SpinWait(1);
            }

            Assert.Same(share, ring.Find(share.PublicKey));
            Assert.Same(share, ring.FindByGroup(_group));
            await filling;
            share = Open(1, _group);
        }
    }

    [Fact]
    public void A_ring_that_was_given_up_does_not_know_any_more_what_there_is()
    {
        _ring.Replace([Open(1, _group)]);
        Assert.True(_ring.AreOpen);
        _ring.Dispose();

        Assert.False(_ring.AreOpen);
    }

    private KeyShare Open(int number, BlsPublicKey? group) => Open(Duties.PublicKey(number), group);

    private KeyShare Open(BlsPublicKey key, BlsPublicKey? group) =>
        new(BlsSecretKey.Generate(_arena, RandomNumberGenerator.GetBytes(32)), key, group, null);

    // In the order of their numbers.
    private static BlsPublicKey Key(int number)
    {
        Span<byte> bytes = stackalloc byte[BlsPublicKey.Length];
        System.Buffers.Binary.BinaryPrimitives.WriteInt32BigEndian(bytes, number);
        return new BlsPublicKey(bytes);
    }
}
