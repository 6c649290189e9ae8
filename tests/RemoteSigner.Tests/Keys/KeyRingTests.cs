using System.Security.Cryptography;
using RemoteSigner.Consensus.Spec;
using RemoteSigner.Keys;
using RemoteSigner.Native;
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

    private KeyShare Open(int number, BlsPublicKey? group) =>
        new(BlsSecretKey.Generate(_arena, RandomNumberGenerator.GetBytes(32)), Duties.PublicKey(number), group, null);
}
