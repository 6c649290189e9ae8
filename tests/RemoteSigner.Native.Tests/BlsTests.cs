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
        byte[] publicKey = new byte[48],
            otherPublicKey = new byte[48],
            signature = new byte[96],
            message = RandomNumberGenerator.GetBytes(32);
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
    public void One_signature_stands_for_many_of_the_same_message_and_for_no_other_set_of_keys()
    {
        var message = RandomNumberGenerator.GetBytes(32);
        var signers = Enumerable.Range(0, 3).Select(_ => SignedBy(message)).ToList();
        List<byte[]> keys = [.. signers.Select(signer => signer.PublicKey)];
        var sum = new byte[96];
        Bls.Combine([.. signers.Select(signer => signer.Signature)], [.. keys.Select(_ => BlsScalar.FromIndex(1))], sum);

        Assert.True(Bls.FastAggregateVerify(keys, message, sum));
        Assert.False(Bls.FastAggregateVerify(keys[..2], message, sum));
        Assert.False(Bls.FastAggregateVerify([], message, sum));
        Assert.False(Bls.FastAggregateVerify([.. keys, new byte[48]], message, sum));
        Assert.False(Bls.FastAggregateVerify(keys, message, new byte[96]));
        message[0] ^= 1;
        Assert.False(Bls.FastAggregateVerify(keys, message, sum));
    }

    [Fact]
    public void Public_keys_combine_and_may_cancel_out_to_infinity()
    {
        var key = SignedBy(new byte[32]).PublicKey;
        var negative = (byte[])key.Clone();
        negative[0] ^= 0x20;
        var sum = new byte[48];
        Bls.CombinePublicKeys([key, negative], [BlsScalar.FromIndex(5), BlsScalar.FromIndex(5)], sum);

        Assert.Equal([0xc0, .. new byte[47]], sum);
        Bls.CombinePublicKeys([key, negative], [BlsScalar.FromIndex(6), BlsScalar.FromIndex(5)], sum);
        Assert.Equal(key, sum);
        Assert.Throws<ArgumentException>(() => Bls.CombinePublicKeys([new byte[48]], [BlsScalar.FromIndex(1)], new byte[48]));
        Assert.Throws<ArgumentException>(() => Bls.CombinePublicKeys([key], [], new byte[48]));
    }

    private (byte[] PublicKey, byte[] Signature) SignedBy(byte[] message)
    {
        using var key = BlsSecretKey.Generate(_arena, RandomNumberGenerator.GetBytes(32));
        byte[] publicKey = new byte[48],
            signature = new byte[96];
        key.WritePublicKey(publicKey);
        key.Sign(message, signature);
        return (publicKey, signature);
    }

    [Fact]
    public void A_key_survives_the_way_out_and_back()
    {
        using var key = BlsSecretKey.Generate(_arena, RandomNumberGenerator.GetBytes(32));
        using var bytes = _arena.Allocate(32);
        key.WriteBigEndian(bytes);
        using var again = BlsSecretKey.FromBigEndian(_arena, bytes.Span);
        byte[] first = new byte[48],
            second = new byte[48];
        key.WritePublicKey(first);
        again.WritePublicKey(second);

        Assert.Equal(first, second);
    }
}
