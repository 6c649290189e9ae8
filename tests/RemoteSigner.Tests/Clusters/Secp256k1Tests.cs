using RemoteSigner.Clusters;
using RemoteSigner.Spec;

namespace RemoteSigner.Tests.Clusters;

public sealed class Secp256k1Tests
{
    private const string Order = "fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141";

    private static readonly byte[] _digest = Keccak256.Hash("a message"u8.ToArray());

    [Fact]
    public void Keccak_of_nothing_is_Ethereums() =>
        Assert.Equal("c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470", Convert.ToHexStringLower(Keccak256.Hash([])));

    /// <summary>The account of secret key 1, known from its many thefts.</summary>
    [Fact]
    public void A_signature_gives_the_account_that_made_it() =>
        Assert.Equal(
            ExecutionAddress.Parse("0x7e5f4552091a69125d5dfcb7b8c2659029395bdf"),
            Secp256k1.Address(Secp256k1.Recover(_digest, Signed())!)
        );

    [Fact]
    public void Wallets_and_nodes_may_write_the_recovery_id_each_in_their_way()
    {
        var signature = Signed();
        var key = Secp256k1.Recover(_digest, signature);
        signature[64] += 27;

        Assert.Equal(key, Secp256k1.Recover(_digest, signature));
        signature[64] = 2;
        Assert.Null(Secp256k1.Recover(_digest, signature));
    }

    [Fact]
    public void The_second_form_of_a_signature_does_not_count()
    {
        var signature = Signed();
        var s = new Org.BouncyCastle.Math.BigInteger(1, signature.AsSpan(32, 32));
        byte[] high = Convert.FromHexString(new Org.BouncyCastle.Math.BigInteger(Order, 16).Subtract(s).ToString(16).PadLeft(64, '0'));
        byte[] other = [.. signature.AsSpan(0, 32), .. high, (byte)(1 - signature[64])];
        var key = Secp256k1.Recover(_digest, signature)!;

        Assert.True(Secp256k1.Verify(key, _digest, signature.AsSpan(0, 64)));
        Assert.False(Secp256k1.Verify(key, _digest, other.AsSpan(0, 64)));
        Assert.Null(Secp256k1.Recover(_digest, other));
    }

    [Theory]
    [InlineData("0000000000000000000000000000000000000000000000000000000000000000")]
    [InlineData(Order)]
    [InlineData("ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff")]
    public void Numbers_outside_the_group_are_no_signatures(string number)
    {
        var signature = Signed();
        byte[] one = [.. signature.AsSpan(0, 32), .. Convert.FromHexString(number), 0];
        byte[] two = [.. Convert.FromHexString(number), .. signature.AsSpan(32, 32), 0];

        Assert.Null(Secp256k1.Recover(_digest, one));
        Assert.Null(Secp256k1.Recover(_digest, two));
    }

    [Fact]
    public void Other_lengths_are_no_signatures()
    {
        Assert.Null(Secp256k1.Recover(_digest, new byte[64]));
        Assert.False(Secp256k1.Verify(new byte[33], _digest, new byte[64]));
        Assert.False(Secp256k1.IsPublicKey(new byte[65]));
    }

    private static byte[] Signed() => [.. LockForge.Sign(Org.BouncyCastle.Math.BigInteger.One, _digest)];
}
