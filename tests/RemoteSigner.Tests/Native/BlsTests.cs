using System.Security.Cryptography;
using RemoteSigner.Native;

namespace RemoteSigner.Tests.Native;

public sealed class BlsTests : IDisposable
{
    private const string GroupOrder = "73eda753299d7d483339d80809a1d80553bda402fffe5bfeffffffff00000001";

    private readonly SecretArena _arena = new();

    public void Dispose() => _arena.Dispose();

    [Fact]
    public void The_library_passes_its_known_answer_test() => Bls.SelfTest(_arena);

    [Theory]
    [InlineData("0000000000000000000000000000000000000000000000000000000000000000")]
    [InlineData(GroupOrder)]
    [InlineData("ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff")]
    public void Refuses_a_scalar_outside_the_group(string hex) =>
        Assert.Throws<ArgumentException>(() => BlsSecretKey.FromBigEndian(_arena, Convert.FromHexString(hex)));

    [Fact]
    public void A_signature_verifies_under_its_own_key_and_message_only()
    {
        using var key = BlsSecretKey.Generate(_arena, RandomNumberGenerator.GetBytes(32));
        using var other = BlsSecretKey.Generate(_arena, RandomNumberGenerator.GetBytes(32));
        byte[] publicKey = new byte[48], otherPublicKey = new byte[48], signature = new byte[96], message = RandomNumberGenerator.GetBytes(32);
        key.WritePublicKey(publicKey);
        other.WritePublicKey(otherPublicKey);
        key.Sign(message, signature);

        Assert.True(Bls.Verify(publicKey, message, signature));
        Assert.False(Bls.Verify(otherPublicKey, message, signature));
        message[0] ^= 1;
        Assert.False(Bls.Verify(publicKey, message, signature));
    }

    [Fact]
    public void Infinity_and_points_off_the_subgroup_are_no_public_keys()
    {
        var infinity = new byte[48];
        infinity[0] = 0xc0;
        Assert.False(Bls.IsPublicKey(infinity));

        // x = 4 is on the curve but outside the subgroup of order r.
        var outside = new byte[48];
        outside[0] = 0x80;
        outside[47] = 4;
        Assert.False(Bls.IsPublicKey(outside));
        Assert.False(Bls.IsPublicKey(new byte[47]));
    }

    [Fact]
    public void A_key_survives_the_way_out_and_back()
    {
        using var key = BlsSecretKey.Generate(_arena, RandomNumberGenerator.GetBytes(32));
        using var bytes = _arena.Allocate(32);
        key.WriteBigEndian(bytes);
        using var again = BlsSecretKey.FromBigEndian(_arena, bytes.Span);
        byte[] first = new byte[48], second = new byte[48];
        key.WritePublicKey(first);
        again.WritePublicKey(second);

        Assert.Equal(first, second);
    }
}
